package morning

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/sim/pinentry"
	"raccordo/host/internal/sim/signing/vault"
	"raccordo/host/internal/sim/vcard"
)

// signer is a doctor before the documents that wait for a signature.
type signer struct {
	*desk
	shown int // windows before the signing under test
}

// signerAt opens the documents afresh: nothing is signed.
func (d *desk) signerAt(hash string) *signer {
	d.t.Helper()
	d.lab.Signing.Vault.Clear()
	d.must(d.clinic.visit(d.limit(), d.lab.Clinic.URL+"/"+hash))
	d.sees("^Modi di firma disponibili: .*Firma remota simulata")
	s := &signer{desk: d}
	s.shown = s.windows()
	return s
}

const allDocuments = "#/documenti"

// press clicks what is done with the first document of a kind.
func (s *signer) press(act, kind string) {
	s.t.Helper()
	s.must(s.clinic.clickSelector(s.limit(), fmt.Sprintf("[data-documento^=%s] [data-firma=%s]", kind, act)))
}

// signed waits until so many documents are signed and the rest is not.
func (s *signer) signed(n int) {
	s.t.Helper()
	s.until(fmt.Sprintf("%d documents signed", n), func() bool {
		var is, busy int
		s.must(s.clinic.Eval(s.limit(), `document.querySelectorAll("[data-documento][data-stato=signed]").length`, &is))
		s.must(s.clinic.Eval(s.limit(), `document.querySelectorAll(".avanzamento").length`, &busy))
		return is == n && busy == 0
	})
}

// withCard is a doctor who confirms and types the PIN of the signing key.
func (s *signer) withCard() {
	s.t.Helper()
	s.person(pinentry.Script{PIN: vcard.DefaultSignPIN})
}

// secrets of the remote signature, by a word of the window's label.
func (s *signer) secrets(otp string) map[string]string {
	all := map[string]string{"Nome utente": s.lab.Doctor.CF, "Password": vault.Password, "PIN": vault.PIN}
	if otp != "" {
		all["OTP"] = otp
	}
	return all
}

// withPhone is a doctor who signs remotely and looks at the telephone when the
// window for the OTP is there. spoil, if any, is what becomes of the code.
func (s *signer) withPhone(start func(), spoil func(string) string) {
	s.t.Helper()
	s.person(pinentry.Script{Answers: s.secrets(""), HoldLabel: "OTP"})
	start()
	s.until("the window for the OTP", func() bool {
		w := s.asked()
		return len(w) > 0 && strings.Contains(w[len(w)-1].Label, "OTP")
	})
	code := s.telephone()
	if spoil != nil {
		code = spoil(code)
	}
	s.person(pinentry.Script{Answers: s.secrets(code)})
}

// telephone is the last code that has arrived on it.
func (s *signer) telephone() string {
	s.t.Helper()
	q, err := http.NewRequestWithContext(s.limit(), http.MethodGet, s.lab.Signing.URL()+"/otp/last?user="+s.lab.Doctor.CF, nil)
	s.must(err)
	client := s.lab.Signing.Client()
	defer client.CloseIdleConnections()
	answer, err := client.Do(q)
	s.must(err)
	defer answer.Body.Close()
	var last struct {
		Code string `json:"otp"`
	}
	s.must(json.NewDecoder(answer.Body).Decode(&last))
	if last.Code == "" {
		s.t.Fatalf("no OTP was sent (%s)", answer.Status)
	}
	return last.Code
}

// asked are the windows of this signing.
func (s *signer) asked() []pinentry.Window {
	s.t.Helper()
	all, err := s.lab.Windows()
	s.must(err)
	return all[s.shown:]
}

// again forgets the windows so far.
func (s *signer) again() {
	s.t.Helper()
	s.shown = s.windows()
}

// consented checks that the window of consent named the page and parts.
func (s *signer) consented(parts ...string) {
	s.t.Helper()
	all := s.asked()
	i := slices.IndexFunc(all, func(w pinentry.Window) bool { return w.Kind == "CONFIRM" })
	if i < 0 {
		s.t.Fatalf("no consent was asked for: %+v", all)
	}
	said := all[i].Description
	for _, part := range append(parts, s.lab.Clinic.URL) {
		if !strings.Contains(said, part) {
			s.t.Errorf("the window of consent does not say %q: %s", part, said)
		}
	}
}

// labels are the windows of this signing, consent first.
func (s *signer) labels() string {
	s.t.Helper()
	var all []string
	for _, w := range s.asked() {
		all = append(all, strings.TrimSpace(w.Kind+" "+w.Label))
	}
	return strings.Join(all, "; ")
}

// file is a signed document as the page has it.
type file struct{ Name, Via, Data string }

// files fetches the bytes of what is signed from the page.
func (s *signer) files() []file {
	s.t.Helper()
	var all []file
	s.must(s.clinic.Eval(s.limit(), `import("/js/papers.js").then(({ papers }) => Promise.all(papers.filter((p) => p.signed).map(({ signed }) => new Promise((done) => {
		const reader = new FileReader();
		reader.onload = () => done({ Name: signed.name, Via: signed.via, Data: reader.result.split(",")[1] });
		reader.readAsDataURL(signed.blob);
	}))))`, &all))
	return all
}

// save writes a document to a folder.
func (f file) save(t *testing.T, dir string) string {
	t.Helper()
	body, err := base64.StdEncoding.DecodeString(f.Data)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, f.Name)
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// picture keeps what the page shows for somebody who wants to look.
func (s *signer) picture(name string) {
	s.t.Helper()
	if *pictures == "" {
		return
	}
	time.Sleep(200 * time.Millisecond) // what has just been drawn
	s.must(s.clinic.shoot(s.limit(), filepath.Join(*pictures, s.name+"-"+name+".png")))
}
