package morning

import (
	"strings"
	"testing"

	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/pinentry"
)

const (
	wrongPIN  = `^PIN errato\.$`
	finalTry  = `^È l'ultimo tentativo prima del blocco della carta\.$`
	lockedPIN = `^Il PIN della carta è bloccato per troppi tentativi errati\.$`
	shut      = `^La finestra del PIN è stata chiusa\.$`
)

// What a doctor does wrong at the PIN window, in the order in which it gets
// worse. Each attempt costs the card one try and no more.
func TestWrongPIN(t *testing.T) {
	p := openPractice(t, lab.Options{})
	wrong := func(p *practice) { p.person(pinentry.Script{PIN: "99999999"}) }
	tries := func(p *practice, want int) {
		t.Helper()
		if n := p.lab.Card.TriesLeft(); n != want {
			p.t.Errorf("the card has %d tries left, want %d", n, want)
		}
	}
	t.Run("window closed", func(t *testing.T) {
		p := p.on(t)
		p.atRest("#/pazienti")
		p.person(pinentry.Script{Cancel: true})
		p.askLogin()
		p.sees(shut)
		tries(p, 3)
		p.rightPIN()
		loginInChooser(p)
	})
	t.Run("wrong, then right", func(t *testing.T) {
		p := p.on(t)
		p.atRest("#/pazienti")
		wrong(p)
		p.askLogin()
		p.sees(wrongPIN)
		tries(p, 2)
		p.rightPIN()
		loginInChooser(p)
		tries(p, 3)
	})
	t.Run("not a PIN costs nothing", func(t *testing.T) {
		p := p.on(t)
		p.atRest("#/pazienti")
		p.person(pinentry.Script{PIN: "12"})
		p.askLogin()
		p.sees(`^Il PIN inserito ha una lunghezza o dei caratteri non ammessi\.$`)
		tries(p, 3)
		p.rightPIN()
		loginInChooser(p)
	})
	t.Run("until the card is blocked", func(t *testing.T) {
		p := p.on(t)
		p.atRest("#/pazienti")
		wrong(p)
		p.askLogin()
		p.sees(wrongPIN)
		p.state("card")
		p.click("button", "^Collega$")
		p.sees(finalTry)
		tries(p, 1)
		p.state("card")
		p.click("button", "^Collega$")
		p.sees(lockedPIN)
		tries(p, 0)
		all, err := p.lab.Windows()
		p.must(err)
		if last := all[len(all)-1]; !strings.HasPrefix(last.Fault, "Ultimo tentativo") {
			t.Errorf("the window before the last try warns of nothing: %q", last.Fault)
		}
		p.state("card")
		p.click("button", "^Collega$")
		p.sees(lockedPIN)
		if n := p.windows(); n != len(all) {
			t.Error("a blocked card is still asked for its PIN")
		}
	})
	t.Run("unblocked", func(t *testing.T) {
		p := p.on(t)
		p.lab.Card.Unblock()
		p.lab.Card.Remove()
		p.visit("#/pazienti")
		p.sees("^Non collegato$")
		p.atRest("#/pazienti")
		p.askLogin()
		p.connected()
	})
}
