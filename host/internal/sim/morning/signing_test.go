package morning

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/pinentry"
	"raccordo/host/internal/sim/vcard"
)

// TestSigning has a doctor sign documents in Chromium: with the card, remotely,
// many at once, and whatever can go wrong. What comes out is verified by others.
func TestSigning(t *testing.T) {
	p := openPractice(t, lab.Options{})
	p.must(p.lab.Insert(p.limit()))
	p.seesCard()
	for _, c := range []struct {
		name string
		do   func(*signer)
	}{
		{"card", (*signer).signsWithCard},
		{"remote", (*signer).signsRemotely},
		{"wrong PIN", (*signer).mistypesPIN},
		{"wrong OTP", (*signer).mistypesOTP},
		{"consent refused", (*signer).refuses},
		{"twelve at once", (*signer).signsAll},
		{"stopped", (*signer).stopsHalfway},
		{"a file of one's own", (*signer).signsFile},
		{"changed afterwards", (*signer).seesChange},
		{"opened", (*signer).opensSigned},
		{"card without a signing key", (*signer).signsWithoutKey},
	} {
		t.Run(c.name, func(t *testing.T) { c.do(p.on(t).chromiumDesk().signerAt(allDocuments)) })
	}
	if problems := p.page().Problems(); len(problems) > 0 {
		t.Errorf("the page complains: %q", problems)
	}
}

// cardWindows are those of a signing with the card, of however many documents.
const cardWindows = "CONFIRM; GETPIN PIN di firma (da 5 a 8 cifre):"

// slowCard is how long a common card takes for a signature.
const slowCard = 600 * time.Millisecond

func (s *signer) notary() *notary { return newNotary(s.t, s.lab.Signing.Vault.CA()) }

func (s *signer) signsWithCard() {
	s.withCard()
	s.press("carta", "profilo")
	s.signed(1)
	s.sees("^1 documento firmato con la carta.$")
	s.sees("^Firmato con la carta da ")
	s.picture("firma-carta")
	s.consented("un documento", "profilo-Bianchi.pdf", "PAdES", s.fingerprint())
	if got := s.labels(); got != cardWindows {
		s.t.Errorf("windows: %s", got)
	}
	all := s.files()
	if len(all) != 1 || all[0].Via != "card" {
		s.t.Fatalf("%d files", len(all))
	}
	s.notary().pdf(all[0].save(s.t, s.t.TempDir()), s.lab.Doctor.CF)
	s.verifies("profilo", "valid")
	s.picture("verifica")
	s.click("button", "^Chiudi$")
}

// fingerprint is the beginning of the digest of the first document.
func (s *signer) fingerprint() string {
	s.t.Helper()
	var text string
	s.must(s.clinic.Eval(s.limit(), `import("/js/papers.js").then(async ({ papers }) => Array.from(new Uint8Array(await papers[0].blob.arrayBuffer()), (b) => String.fromCharCode(b)).join(""))`, &text))
	var body []byte
	for _, r := range text {
		body = append(body, byte(r))
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:4])
}

// verifies opens the verdict on a signed document.
func (s *signer) verifies(kind, verdict string) {
	s.t.Helper()
	s.press("verifica", kind)
	s.until("the verdict "+verdict, func() bool {
		var got string
		s.must(s.clinic.Eval(s.limit(), `document.querySelector("[data-verdetto]")?.dataset.verdetto ?? ""`, &got))
		return got == verdict
	})
}

func (s *signer) signsRemotely() {
	s.withPhone(func() { s.press("remota", "profilo") }, nil)
	s.signed(1)
	s.sees("^1 documento firmato con la firma remota.$")
	s.picture("firma-remota")
	s.consented("un documento", "profilo-Bianchi.pdf", s.fingerprint())
	all := s.files()
	if len(all) != 1 || all[0].Via != "remote" {
		s.t.Fatalf("files: %d", len(all))
	}
	s.notary().pdf(all[0].save(s.t, s.t.TempDir()), s.lab.Doctor.CF)
	s.verifies("profilo", "valid")
	s.click("button", "^Chiudi$")
	// the account is known now: what is asked for again is what each signature wants
	s.again()
	s.withPhone(func() { s.press("remota", "certificato") }, nil)
	s.signed(2)
	if got := s.labels(); strings.Contains(got, "Nome utente") || strings.Count(got, "OTP") != 1 {
		s.t.Errorf("windows of the second signature: %s", got)
	}
}

func (s *signer) mistypesPIN() {
	left := s.tries()
	s.person(pinentry.Script{PIN: "13579"})
	s.press("carta", "profilo")
	s.sees("^PIN errato.$")
	s.signed(0)
	s.picture("pin-errato")
	if now := s.tries(); now != left-1 || s.labels() != cardWindows {
		s.t.Errorf("%d tries left of %d; windows: %s", now, left, s.labels())
	}
	s.withCard()
	s.press("carta", "profilo")
	s.signed(1)
	if now := s.tries(); now != left {
		s.t.Errorf("%d tries left after the right PIN, want %d", now, left)
	}
}

// tries are those left for the PIN of the signing key.
func (s *signer) tries() int { return s.lab.Card.SignTriesLeft() }

func (s *signer) mistypesOTP() {
	s.withPhone(func() { s.press("remota", "profilo") }, func(code string) string {
		last := code[len(code)-1]
		return code[:len(code)-1] + string('0'+(last-'0'+1)%10)
	})
	s.sees("^Il codice OTP è errato o scaduto.$")
	s.signed(0)
	s.must(s.clinic.see(s.limit(), "button", "^Firma con la carta$"))
	s.picture("otp-errato")
	if n := strings.Count(s.labels(), "OTP"); n != 1 {
		s.t.Errorf("the OTP was asked for %d times: a refused one is not tried again by itself", n)
	}
	if _, otp := s.lab.Signing.Vault.Attempts(s.lab.Doctor.CF); otp != 1 {
		s.t.Errorf("%d wrong OTPs counted by the service", otp)
	}
	s.again()
	s.withPhone(func() { s.press("remota", "profilo") }, nil)
	s.signed(1)
}

func (s *signer) refuses() {
	s.person(pinentry.Script{Cancel: true})
	s.press("carta", "profilo")
	s.sees("^Autorizzazione non concessa nella finestra di Raccordo.$")
	s.signed(0)
	s.picture("consenso-negato")
	if got := s.labels(); got != "CONFIRM" {
		s.t.Errorf("windows: %s", got)
	}
}

func (s *signer) signsAll() {
	s.withCard()
	s.click("button", `^Firma tutti \(12\)$`)
	s.signed(12)
	s.sees("^12 documenti firmati con la carta.$")
	s.picture("firma-tutti")
	s.consented("12 documenti", "profilo-Bianchi.pdf", "lettera-Rossi.pdf", s.fingerprint())
	if got := s.labels(); got != cardWindows {
		s.t.Errorf("windows: %s", got)
	}
	n, dir := s.notary(), s.t.TempDir()
	all := s.files()
	for _, f := range all {
		n.pdf(f.save(s.t, dir), s.lab.Doctor.CF)
	}
	if len(all) != 12 {
		s.t.Errorf("%d files", len(all))
	}
}

// stopsHalfway keeps what was signed and leaves the rest as it was.
func (s *signer) stopsHalfway() {
	s.lab.Card.SetDelay(slowCard)
	defer s.lab.Card.SetDelay(0)
	s.withCard()
	s.click("button", `^Firma tutti \(12\)$`)
	s.sees("^Firma: 2 di 12$")
	s.picture("firma-in-corso")
	s.click("button", "^Interrompi$")
	s.sees("^Firma interrotta: ")
	s.picture("firma-interrotta")
	all := s.files()
	if len(all) < 2 || len(all) > 11 {
		s.t.Errorf("%d signed of 12, stopped after two", len(all))
	}
	n, dir := s.notary(), s.t.TempDir()
	for _, f := range all {
		n.pdf(f.save(s.t, dir), s.lab.Doctor.CF)
	}
}

// signsFile adds a text, which goes into an envelope.
func (s *signer) signsFile() {
	const content = "Relazione clinica, riservata.\n"
	s.add("relazione.txt", fmt.Sprintf("[%q]", content))
	s.withCard()
	s.must(s.clinic.clickSelector(s.limit(), "[data-firma=carta]"))
	s.signed(1)
	s.sees(`^relazione\.txt\.p7m · `)
	s.consented("relazione.txt", "CAdES")
	all := s.files()
	if len(all) != 1 {
		s.t.Fatalf("%d files", len(all))
	}
	s.notary().envelope(all[0].save(s.t, s.t.TempDir()), content)
}

// add hands the page a file as a doctor who picks one; parts are JavaScript.
func (s *signer) add(name, parts string) {
	s.t.Helper()
	s.must(s.clinic.Eval(s.limit(), fmt.Sprintf(`(() => {
		const data = new DataTransfer();
		data.items.add(new File(%s, %q));
		const field = document.querySelector("#aggiungi-documento");
		field.files = data.files;
		field.dispatchEvent(new Event("change", { bubbles: true }));
		return 1;
	})()`, parts, name), nil))
	s.sees("^" + strings.ReplaceAll(name, ".", `\.`) + " · ")
}

// seesChange spoils one byte of a signed document: the verdict says so.
func (s *signer) seesChange() {
	s.withCard()
	s.press("carta", "profilo")
	s.signed(1)
	s.must(s.clinic.Eval(s.limit(), `import("/js/papers.js").then(async ({ papers }) => {
		const bytes = new Uint8Array(await papers[0].signed.blob.arrayBuffer());
		bytes[200] ^= 1;
		papers[0].signed.blob = new Blob([bytes], { type: "application/pdf" });
		return 1;
	})`, nil))
	s.verifies("profilo", "invalid")
	s.picture("verifica-non-valida")
	s.click("button", "^Chiudi$")
}

// opensSigned looks at a signed document: the browser shows the very bytes.
func (s *signer) opensSigned() {
	s.withCard()
	s.press("carta", "profilo")
	s.signed(1)
	s.press("apri", "profilo")
	shown, err := s.window(s.limit(), "blob:"+s.lab.Clinic.URL)
	s.must(err)
	s.t.Cleanup(func() { _ = shown.close(s.limit()) })
	var kind string
	s.must(shown.Eval(s.limit(), "document.contentType", &kind))
	if kind != "application/pdf" {
		s.t.Errorf("opened as %q", kind)
	}
}

// signsWithoutKey has a card that only identifies: the page says so in plain
// words and offers the remote signature, which is not taken unasked.
func (s *signer) signsWithoutKey() {
	s.lab.Card.Remove()
	s.sees("^Non collegato$")
	card, err := vcard.New(vcard.Options{Doctor: s.lab.Doctor, CA: s.lab.Signing.Vault.CA(), AuthOnly: true})
	s.must(err)
	s.t.Cleanup(card.Remove)
	s.must(card.Insert(s.limit(), s.lab.PCSC.Slot(0)))
	s.seesCard()
	s.withCard()
	s.press("carta", "profilo")
	s.sees("^La carta inserita serve a identificarsi e non ha un certificato di firma.$")
	s.signed(0)
	s.picture("senza-chiave")
	if got := s.labels(); got != "" {
		s.t.Errorf("windows: %s", got)
	}
	s.withPhone(func() { s.must(s.clinic.clickSelector(s.limit(), "#altro-modo")) }, nil)
	s.signed(1)
	s.sees("^1 documento firmato con la firma remota.$")
}
