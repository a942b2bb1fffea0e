package morning

import (
	"testing"
	"time"

	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/region"
)

const (
	unreachable = `I sistemi della regione non sono raggiungibili\.`
	maintenance = `La regione mostra una pagina di avviso al posto della risposta: probabilmente è in manutenzione\.`
	notYet      = `Non ancora trasmessa\.`
)

// answerTime is the region's time in these tests, and late what is longer.
const (
	answerTime = 1500 * time.Millisecond
	late       = 2200 * time.Millisecond
)

func fault(kind region.FaultKind, s region.Service) func(*practice) {
	return func(p *practice) {
		// Until it is mended: a GET whose answer is lost is asked again at once.
		p.lab.Region.Inject(region.Fault{Kind: kind, Service: s, Delay: late})
	}
}

// What takes more than one fault to bring about. TestFaults has each by itself.
func TestRegion(t *testing.T) {
	p := openPractice(t, lab.Options{Answer: answerTime})
	t.Run("down", func(t *testing.T) { sendWhileDown(t, p) })
	t.Run("session revoked", func(t *testing.T) { revoked(t, p) })
	t.Run("session revoked, no new one to be had", func(t *testing.T) { revokedAndDown(t, p) })
}

// row is a prescription as the list shows it.
type row struct{ State, NRE string }

func (p *practice) rows() []row {
	p.t.Helper()
	var found []row
	const read = `[...document.querySelectorAll("#lista .ricetta")].map((r) => ({ state: r.dataset.stato, nre: r.querySelector(".nre")?.textContent ?? "" }))`
	p.must(p.page().Eval(p.limit(), read, &found))
	return found
}

// A region that is down leaves all in the doctor's list, where it says that they
// wait; they go by themselves once it is back.
func sendWhileDown(t *testing.T, p *practice) {
	p = p.on(t)
	p.atWork("#/ricette")
	p.intents(nil)
	p.lab.Region.SetDown(true)
	p.click("button", "^Elabora tutte$")
	p.sees(unreachable)
	p.sees(notYet)
	for _, r := range p.rows() {
		if r.State != "queued" && r.State != "unknown" {
			t.Errorf("%+v", r)
		}
	}
	p.lab.Region.ClearFaults()
	p.allSent()
	if n := p.lab.Region.Prescriptions(); n != 3 {
		t.Errorf("%d prescriptions at the region, want 3", n)
	}
}

// An operator of the region ends the session: the doctor notices nothing.
func revoked(t *testing.T, p *practice) {
	for _, row := range []struct {
		name, hash string
		do         func(*practice)
	}{
		{"sync", patientPage(), (*practice).syncs},
		{"send", "#/ricette", func(p *practice) { p.intents(nil); p.revoke(); p.sendAll() }},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := p.on(t)
			p.atWork(row.hash)
			windows := p.windows()
			p.revoke()
			row.do(p)
			p.connected()
			if n := p.windows(); n != windows {
				t.Errorf("%d PIN windows", n-windows)
			}
			if n := p.lab.Region.LiveSessions(); n != 1 {
				t.Errorf("%d sessions at the region", n)
			}
		})
	}
}

// The region forgets the session and can not make another: the doctor stays
// half-way, keeps the card's login, and is whole again with the region.
func revokedAndDown(t *testing.T, p *practice) {
	p = p.on(t)
	p.atWork(patientPage())
	windows := p.windows()
	p.revoke()
	fault(region.Unavailable, region.ServiceSession)(p)
	p.clickSync()
	p.sees("^" + maintenance + "$")
	p.state("stale")
	p.lab.Region.ClearFaults()
	p.connected() // by itself
	p.syncs()
	if n := p.windows(); n != windows {
		t.Errorf("%d PIN windows", n-windows)
	}
}

func (p *practice) revoke() {
	p.t.Helper()
	p.lab.Region.RevokeSessions()
}
