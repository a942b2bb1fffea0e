package morning

import (
	"testing"

	"raccordo/host/internal/sim/lab"
)

// Firefox gives and gets Blobs across its wall between page and extension.
func TestSigningInFirefox(t *testing.T) {
	p := openPractice(t, lab.Options{})
	f := p.openFirefox()
	p.must(p.lab.Insert(p.limit()))
	f.sees(f.holder())
	s := f.desk().signerAt(allDocuments)
	s.withCard()
	s.click("button", `^Firma tutti \(12\)$`)
	s.signed(12)
	s.consented("12 documenti", "profilo-Bianchi.pdf")
	if got := s.labels(); got != cardWindows {
		t.Errorf("windows: %s", got)
	}
	s.verifies("profilo", "valid")
	s.picture("verifica")
	s.click("button", "^Chiudi$")
	s = f.desk().signerAt(allDocuments)
	s.withPhone(func() { s.press("remota", "certificato") }, nil)
	s.signed(1)
	s.picture("firma-remota")
	problems, err := f.browser.Problems(f.limit())
	f.must(err)
	if len(problems) > 0 {
		t.Errorf("the extension complains: %q", problems)
	}
}
