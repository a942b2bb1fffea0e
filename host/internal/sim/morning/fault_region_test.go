package morning

import (
	"testing"
	"time"

	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/region"
)

const (
	unreachable = `I sistemi della regione non sono raggiungibili\.`
	unavailable = `I sistemi della regione sono momentaneamente fuori servizio\.`
	tooSlow     = `I sistemi della regione non hanno risposto in tempo\.`
	unconfirmed = `La regione non ha confermato se la ricetta è stata registrata\.`
	notYet      = `Non ancora trasmessa\.`
)

// answerTime is the region's time in these tests, and late what is longer.
const (
	answerTime = 1500 * time.Millisecond
	late       = 2200 * time.Millisecond
)

func down(p *practice) { p.lab.Region.SetDown(true) }

func fault(kind region.FaultKind, s region.Service) func(*practice) {
	return func(p *practice) {
		// Until it is mended: a GET whose answer is lost is asked again at once.
		p.lab.Region.Inject(region.Fault{Kind: kind, Service: s, Delay: late})
	}
}

// The region fails in its ways: the page names it, and when the region is well
// again the next click does what was wanted.
func TestRegion(t *testing.T) {
	p := openPractice(t, lab.Options{Answer: answerTime})
	t.Run("login", func(t *testing.T) { loginFaults(t, p) })
	t.Run("sync", func(t *testing.T) { syncFaults(t, p) })
	t.Run("send", func(t *testing.T) { sendFaults(t, p) })
	t.Run("session revoked", func(t *testing.T) { revoked(t, p) })
	t.Run("session revoked, no new one to be had", func(t *testing.T) { revokedAndDown(t, p) })
}

func loginFaults(t *testing.T, p *practice) {
	for _, row := range []struct {
		name, says string
		happens    func(*practice)
	}{
		{"down", unreachable, down},
		{"503", unavailable, fault(region.Unavailable, region.ServiceSession)},
		{"too slow", tooSlow, fault(region.Slow, region.ServiceSession)},
		{"answer lost", unreachable, fault(region.LostAnswer, region.ServiceSession)},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := p.on(t)
			p.atRest("#/pazienti")
			row.happens(p)
			p.askLogin()
			p.sees("^" + row.says + "$")
			p.lab.Region.ClearFaults()
			loginInChooser(p)
		})
	}
}

func syncFaults(t *testing.T, p *practice) {
	for _, row := range []struct {
		name, says string
		happens    func(*practice)
	}{
		{"down", unreachable, down},
		{"503", unavailable, fault(region.Unavailable, region.ServiceRegistry)},
		{"too slow", tooSlow, fault(region.Slow, region.ServiceRegistry)},
		{"answer lost", unreachable, fault(region.LostAnswer, region.ServiceRegistry)},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := p.on(t)
			p.atWork(patientPage())
			row.happens(p)
			p.clickSync()
			p.sees("^" + row.says + "$")
			p.syncState("failed")
			p.lab.Region.ClearFaults()
			p.syncs()
			p.hidesNow(row.says)
		})
	}
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

// Three prescriptions, the first of which meets the fault. Whatever is not
// known to have arrived keeps its number.
func sendFaults(t *testing.T, p *practice) {
	for _, r := range []struct {
		name, says, state string
		happens           func(*practice)
		arrives           bool // the first is carried out all the same
	}{
		{"down", unreachable, "queued", down, false},
		{"503", unconfirmed, "unknown", fault(region.Unavailable, region.ServiceSend), false},
		{"too slow", unconfirmed, "unknown", fault(region.Slow, region.ServiceSend), true},
		{"request lost", unconfirmed, "unknown", fault(region.LostRequest, region.ServiceSend), false},
		{"answer lost", unconfirmed, "unknown", fault(region.LostAnswer, region.ServiceSend), true},
	} {
		t.Run(r.name, func(t *testing.T) {
			p := p.on(t)
			p.atWork("#/ricette")
			p.intents(nil)
			before := p.lab.Region.Prescriptions()
			r.happens(p)
			p.click("button", "^Elabora tutte$")
			p.sees(r.says)
			p.must(p.page().WaitFor(p.limit(), `document.querySelectorAll("#lista .ricetta:not([data-stato=sending])").length === 3`))
			rows := p.rows()
			if rows[0].State != r.state || rows[1].State != "queued" || rows[2].State != "queued" {
				t.Fatalf("rows: %+v", rows)
			}
			p.sees(notYet)
			if r.arrives { // late, or without an answer
				p.until("the prescription arrives", func() bool { return p.lab.Region.Prescriptions() == before+1 })
			}
			p.lab.Region.ClearFaults()
			p.sendAll()
			if n := p.lab.Region.Prescriptions() - before; n != 3 {
				t.Errorf("%d prescriptions at the region, want 3", n)
			}
			if r.state == "unknown" && p.day.nres[0] != rows[0].NRE {
				t.Errorf("sent with the number %q, then with %q", rows[0].NRE, p.day.nres[0])
			}
		})
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
	p.sees("^" + unavailable + "$")
	p.state("stale")
	p.lab.Region.ClearFaults()
	p.syncs()
	p.connected()
	if n := p.windows(); n != windows {
		t.Errorf("%d PIN windows", n-windows)
	}
}

func (p *practice) revoke() {
	p.t.Helper()
	p.lab.Region.RevokeSessions()
}
