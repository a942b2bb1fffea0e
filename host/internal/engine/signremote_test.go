//go:build unix

package engine

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/pinentry"
	"raccordo/host/internal/sim/signing"
	"raccordo/host/internal/sim/signing/vault"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/wire"
)

const signingProfile = `
[signature]
timestamp = "%[1]s/tsa"
trust = [%[2]q]
ca = [%[3]q]
[[signature.remote]]
id = "csc1"
name = "Firma di prova"
kind = "csc"
url = "%[1]s/csc/v1"
authorize = "basic"
[[signature.remote]]
id = "csc2"
name = "Firma di prova con la pagina"
kind = "csc"
url = "%[1]s/csc/v2"
client_id = "raccordo"
[[signature.remote]]
id = "csc-3"
name = "Firma di prova, tre per volta"
kind = "csc"
url = "%[1]s/csc/v1"
authorize = "basic"
limit = 3
pages = 3
[[signature.remote]]
id = "arss"
name = "Altra firma di prova"
kind = "arss"
url = "%[1]s/arss"
otp_domain = "firma.prova"
otp_send = "SMS"
`

var oneRSAKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// remoteDesk is a desk before a simulated provider of remote signatures, whose
// doctor's telephone the person reads.
type remoteDesk struct {
	*desk
	provider *signing.Provider
}

func newRemoteDesk(t *testing.T) *remoteDesk {
	t.Helper()
	servers, err := testca.New("server della firma")
	signers, err2 := testca.New("CA della firma")
	key, err3 := oneRSAKey()
	for _, err := range []error{err, err2, err3} {
		if err != nil {
			t.Fatal(err)
		}
	}
	p, err := signing.New(signing.Options{ServerCA: servers, CA: signers, RSA: key, Log: zerolog.Nop()})
	if err == nil {
		err = p.Start(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	dir := t.TempDir()
	trust, ca := filepath.Join(dir, "ca-firma.pem"), filepath.Join(dir, "server.pem")
	s := raise(t, func(s *stage, serverCA, cipher string) string {
		s.must(os.WriteFile(trust, append(signers.PEM(), pemOf(p.Authority.TSACertificate().Raw)...), 0o600))
		s.must(os.WriteFile(ca, servers.PEM(), 0o600))
		return fmt.Sprintf(cloudProfile, serverCA, cipher, s.login.Issuer(), "extension", s.region.CloudURL()) + fmt.Sprintf(signingProfile, p.URL(), trust, ca)
	})
	d := &remoteDesk{&desk{stage: s, viewed: t.TempDir()}, p}
	d.usual()
	return d
}

// usual is a person who knows the account and the PIN, and waits for the code.
func (d *remoteDesk) usual() {
	d.sits(pinentry.Script{Answers: d.answers(""), HoldLabel: "OTP"})
}

func (d *remoteDesk) answers(otp string) map[string]string {
	a := map[string]string{"Nome utente": d.doctor.CF, "Password": vault.Password, "PIN": vault.PIN}
	if otp != "-" {
		a["OTP"] = otp
	}
	return a
}

// reads waits for the n-th window that wants a code and types one into it.
func (d *remoteDesk) reads(n int, code func(sent string) string) {
	for {
		seen := 0
		for _, w := range d.shown() {
			if strings.Contains(w.Label, "OTP") {
				seen++
			}
		}
		if seen >= n {
			break
		}
		if d.t.Context().Err() != nil {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	sent, _ := d.provider.Vault.LastOTP(d.doctor.CF)
	d.must(pinentry.Set(d.person, pinentry.Script{Answers: d.answers(code(sent.Code))}))
}

func itself(sent string) string { return sent }

// afresh lets the next code be waited for again.
func (d *remoteDesk) afresh() {
	d.must(pinentry.Set(d.person, pinentry.Script{Answers: d.answers(""), HoldLabel: "OTP"}))
}

func pemOf(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func letters(n int, format, level string) wire.SignParams {
	p := wire.SignParams{Via: "remote"}
	for i := range n {
		x := within(fmt.Sprintf("lettera-%d.txt", i+1), format, fmt.Sprint("lettera ", i))
		x.Level = level
		p.Documents = append(p.Documents, x)
	}
	return p
}

func labels(windows []pinentry.Window) (list []string) {
	for _, w := range windows {
		list = append(list, w.Kind+" "+w.Label)
	}
	return list
}

// One consent, one PIN, one code for all; the account is asked for once, and
// kept. A stamped signature is valid for whoever trusts the list.
func TestSignRemotely(t *testing.T) {
	d := newRemoteDesk(t)
	go d.reads(1, itself)
	r, code := d.sign(letters(7, "cades", "T"))
	if code != "" || r.Signed != 7 || r.Via != "remote" || r.Signer.CF != d.doctor.CF {
		t.Fatalf("%q %+v; %v", code, r, labels(d.shown()))
	}
	want := "GETPIN Nome utente:|GETPIN Password:|CONFIRM |GETPIN PIN|GETPIN Codice OTP:"
	if got := strings.Join(labels(d.shown()), "|"); !matches(want, got) {
		t.Errorf("windows %s", got)
	}
	for _, w := range d.shown() {
		if !strings.Contains(w.Description, clinic) {
			t.Errorf("the window does not name the page: %q", w.Description)
		}
	}
	v, code := do[wire.Verification](d.desk, nil, d.caller(), clinic, "document.verify", wire.VerifyDocumentParams{Content: r.Documents[0].Content, Name: "x.p7m"}, nil)
	if code != "" || v.Verdict != wire.VerdictValid || len(v.Signatures) != 1 || v.Signatures[0].Timestamp == nil || !v.Signatures[0].Timestamp.Trusted {
		t.Errorf("%q %+v", code, v)
	}
	d.afresh()
	go d.reads(2, itself)
	if r, code := d.sign(letters(2, "cades", "")); code != "" || r.Signed != 2 || r.Documents[0].Error != nil {
		t.Fatalf("again: %q", code)
	}
	if n := strings.Count(strings.Join(labels(d.shown()), "|"), "Nome utente"); n != 1 {
		t.Errorf("the account was asked for %d times", n)
	}
	if status, code := do[wire.Status](d.desk, nil, d.caller(), clinic, "status", wire.NoParams{}, nil); code != "" || status.Signing.Card || len(status.Signing.Remote) != 4 || status.Signing.Remote[0].ID != "csc1" {
		t.Errorf("%+v", status.Signing)
	}
}

// matches compares rows, of which the wanted ones may leave out the end.
func matches(want, got string) bool {
	w, g := strings.Split(want, "|"), strings.Split(got, "|")
	for i := range w {
		if i >= len(g) || !strings.HasPrefix(g[i], w[i]) {
			return false
		}
	}
	return len(w) == len(g)
}

// The service of a request, by its own windows: a page in the browser, or
// nothing but a code.
func TestSignRemoteServices(t *testing.T) {
	for service, want := range map[string]string{
		"csc2": "CONFIRM |GETPIN PIN|GETPIN Codice OTP:",
		"arss": "GETPIN Nome utente:|GETPIN Password:|CONFIRM |GETPIN Codice OTP:",
	} {
		t.Run(service, func(t *testing.T) {
			d := newRemoteDesk(t)
			d.e.opt.Browse = func(address string) error {
				go func() {
					if err := d.provider.Browse(t.Context(), address, signing.Person{User: d.doctor.CF}); err != nil {
						t.Error(err)
					}
				}()
				return nil
			}
			go d.reads(1, itself)
			p := letters(3, "cades", "")
			p.Service = service
			if r, code := d.sign(p); code != "" || r.Signed != 3 {
				t.Fatalf("%q; %v", code, labels(d.shown()))
			}
			if got := strings.Join(labels(d.shown()), "|"); !matches(want, got) {
				t.Errorf("windows %s", got)
			}
		})
	}
	d := newRemoteDesk(t)
	p := letters(1, "cades", "")
	if p.Service = "none"; second(d.sign(p)) != wire.ErrSignWay {
		t.Error("a service that is not configured")
	}
}

// An empty answer has another code sent, and says so beforehand.
func TestSignRemoteResends(t *testing.T) {
	d := newRemoteDesk(t)
	d.sits(pinentry.Script{Answers: d.answers(""), HoldLabel: "OTP", Empty: 1})
	go d.reads(2, itself)
	r, code := d.sign(letters(1, "cades", ""))
	if code != "" || r.Signed != 1 {
		t.Fatalf("%q; %v", code, labels(d.shown()))
	}
	var first string
	for _, w := range d.shown() {
		if strings.Contains(w.Label, "OTP") {
			first = w.Description
			break
		}
	}
	if !strings.Contains(first, "lasciare vuoto") || len(d.provider.Vault.Messages()) != 2 {
		t.Errorf("%q, %d messages", first, len(d.provider.Vault.Messages()))
	}
}

// A code that is wrong ends everything, and is not typed again.
func TestSignRemoteWrongCode(t *testing.T) {
	d := newRemoteDesk(t)
	go d.reads(1, func(string) string { return "000000" })
	if _, code := d.sign(letters(3, "cades", "")); code != wire.ErrRemoteOTP {
		t.Fatalf("%q", code)
	}
	if _, wrong := d.provider.Vault.Attempts(d.doctor.CF); wrong != 1 || d.provider.Vault.Signed() != 0 {
		t.Errorf("%d attempts, %d signatures", wrong, d.provider.Vault.Signed())
	}
}

// A service that signs three at a time wants a code for each three: one that is
// wrong ends the batch, and the first three stay signed.
func TestSignRemoteWrongCodeLater(t *testing.T) {
	d := newRemoteDesk(t)
	go func() {
		d.reads(1, itself)
		for d.provider.Vault.Signed() < 3 && t.Context().Err() == nil {
			time.Sleep(time.Millisecond)
		}
		d.afresh() // where it is late, the first code is typed again, and is as wrong
		d.reads(2, func(string) string { return "000000" })
	}()
	p := letters(7, "cades", "")
	p.Service = "csc-3"
	r, code := d.sign(p)
	if code != "" || r.Signed != 3 || d.provider.Vault.Signed() != 3 {
		t.Fatalf("%q, %d signed, %d by the service; %v", code, r.Signed, d.provider.Vault.Signed(), labels(d.shown()))
	}
	for i, x := range r.Documents {
		switch {
		case i < 3:
			signedWell(t, bytesOf(t, x))
		case codeIn(x.Error) != wire.ErrRemoteOTP:
			t.Errorf("%d: %+v", i, x.Error)
		}
	}
	if got := strings.Count(strings.Join(labels(d.shown()), "|"), "OTP"); got != 2 {
		t.Errorf("%d windows for a code", got)
	}
}

// A service that gives back somebody else's signature is found out, and nothing
// of it is used.
func TestSignRemoteForeignSignature(t *testing.T) {
	d := newRemoteDesk(t)
	d.provider.Vault.Next(vault.Order{Kind: vault.WrongOwner, Times: 1})
	go d.reads(1, itself)
	if r, code := d.sign(letters(1, "cades", "")); code != wire.ErrRemoteSig {
		t.Errorf("%q %+v", code, r)
	}
}

// Without its authority a time-stamped batch ends with the first document.
func TestSignWithoutTimestamp(t *testing.T) {
	d := newRemoteDesk(t)
	d.provider.Vault.Next(vault.Order{Kind: vault.StampRefused, Times: 9})
	go d.reads(1, itself)
	if r, code := d.sign(letters(4, "cades", "T")); code != wire.ErrTSARefused {
		t.Errorf("%q %+v", code, r)
	}
}

// Another doctor's account does not sign for the one who is connected.
func TestSignRemoteOnlyOneself(t *testing.T) {
	d := newRemoteDesk(t)
	d.connect()
	d.sits(pinentry.Script{Answers: map[string]string{"Nome utente": "VRDGLI75C41X000D", "Password": "x"}})
	if _, code := d.sign(letters(1, "cades", "")); code != wire.ErrRemoteLogin {
		t.Errorf("somebody unknown: %q", code)
	}
	another := anagrafe.Doctors()[1].CF
	d.sits(pinentry.Script{Answers: map[string]string{"Nome utente": another, "Password": vault.Password}})
	if _, code := d.sign(letters(1, "cades", "")); code != wire.ErrWrongDoctor {
		t.Errorf("somebody else: %q", code)
	}
	for _, w := range d.shown() {
		if w.Kind == "CONFIRM" {
			t.Error("consent was asked for")
		}
	}
}

// Nobody configured anything: the answer says so.
func TestSignWithoutAWay(t *testing.T) {
	s := newStage(t, "extension")
	for via, want := range map[string]wire.ErrorCode{"": wire.ErrSignWay, "auto": wire.ErrSignWay, "remote": wire.ErrSignWay} {
		if _, code := put[wire.SignResult](s, s.caller(), clinic, "sign", wire.SignParams{Via: via, Documents: []wire.SignDocument{within("a.txt", "cades", "a")}}); code != want {
			t.Errorf("via %q: %q", via, code)
		}
	}
}
