package morning

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/sim/pinentry"
	"raccordo/host/internal/sim/signing/vault"
	"raccordo/host/internal/sim/vcard"
	"raccordo/host/internal/wire"
)

const fifty = 50

// TestFifty has fifty documents signed from the command line, with one consent
// and one PIN by the card, and with one consent and one OTP remotely. openssl
// verifies each of them.
func TestFifty(t *testing.T) {
	l := openLab(t)
	page := relay(t, l) // starts the agent
	if err := l.Insert(t.Context()); err != nil {
		t.Fatal(err)
	}
	page.cards("card", func(c wire.CardList) bool { return inReader(c, 0) != nil })
	n := newNotary(t, l.Signing.Vault.CA())
	var files []string
	for i := range fifty {
		files = append(files, n.write(fmt.Sprintf("referto-%02d.txt", i), fmt.Appendf(nil, "Referto di prova numero %d.\n", i)))
	}
	sign := func(way string) string {
		out := t.TempDir()
		text, err := l.Command(t.Context(), "raccordo", slices.Concat([]string{"sign", "--format", "cades", way, "--out", out}, files)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", way, err, text)
		}
		return out
	}
	windows := func() (labels []string) {
		all, err := l.Windows()
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range all {
			labels = append(labels, strings.TrimSpace(w.Kind+" "+w.Label))
		}
		return labels
	}
	person := func(s pinentry.Script) {
		if err := l.Person(s); err != nil {
			t.Fatal(err)
		}
	}

	person(pinentry.Script{Answers: map[string]string{"PIN di firma": vcard.DefaultSignPIN}})
	before := l.Card.Signatures()
	n.all(sign("--card"))
	if got := strings.Join(windows(), "; "); got != cardWindows {
		t.Errorf("windows with the card: %s", got)
	}
	if got := l.Card.Signatures() - before; got != fifty {
		t.Errorf("%d signatures of the card", got)
	}

	answers := map[string]string{"Nome utente": l.Doctor.CF, "Password": vault.Password, "PIN": vault.PIN}
	person(pinentry.Script{Answers: answers, HoldLabel: "OTP"})
	signed, seen := l.Signing.Vault.Signed(), len(windows())
	done := make(chan string)
	go func() { done <- sign("--remote=csc1") }()
	for limit := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if all := windows(); len(all) > seen && strings.Contains(all[len(all)-1], "OTP") {
			break
		}
		if time.Now().After(limit) {
			t.Fatalf("no window for the OTP: %q", windows())
		}
	}
	code, ok := l.Signing.Vault.LastOTP(l.Doctor.CF)
	if !ok {
		t.Fatal("no code was sent")
	}
	answers["OTP"] = code.Code
	person(pinentry.Script{Answers: answers})
	n.all(<-done)
	const remoteWindows = "GETPIN Nome utente:; GETPIN Password:; CONFIRM; GETPIN PIN di firma (solo cifre):; GETPIN Codice OTP:"
	if got := strings.Join(windows()[seen:], "; "); got != remoteWindows {
		t.Errorf("windows remotely: %s", got)
	}
	if got := l.Signing.Vault.Signed() - signed; got != fifty {
		t.Errorf("%d signatures of the service", got)
	}
}

// all has openssl verify the fifty envelopes of a folder.
func (n *notary) all(folder string) {
	n.t.Helper()
	list, err := filepath.Glob(filepath.Join(folder, "*.p7m"))
	if err != nil || len(list) != fifty {
		n.t.Fatalf("%d files, %v", len(list), err)
	}
	for _, file := range list {
		n.run("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", file, "-CAfile", n.ca, "-purpose", "any", "-out", os.DevNull)
	}
}
