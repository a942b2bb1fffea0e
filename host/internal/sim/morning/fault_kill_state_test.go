package morning

import (
	"context"
	"slices"
	"testing"
	"time"

	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/region"
)

// standing is a state of the session in which something dies. TestKill has
// those that a card alone can bring about.
type standing struct {
	name  string
	reach func(*desk)
	// back is how the doctor is connected again, by victim, else by "".
	back map[string]func(*desk)
}

// terminated is what the page says of a session that its agent did not survive.
func terminated(d *desk) {
	d.sees("^Collegamento con la regione terminato$")
	d.sees(lost)
	d.sees(noSession)
}

func bySPID(d *desk) {
	d.sees("^Non collegato$")
	d.enters("SPID", "SPID L2")
}

func thenBySPID(d *desk) { terminated(d); bySPID(d) }
func thenByCard(d *desk) { terminated(d); d.entersByCard() }

func stillCard(d *desk)  { d.connected("CNS") }
func stillCloud(d *desk) { d.connected("SPID L2") }

// reopened is the one click that a session asks for.
func reopened(d *desk) {
	d.sees("^Collegamento da ripristinare$")
	d.click("button", "^Ricollegati$")
	d.passes("SPID")
	d.connected("SPID L2")
}

var standings = []standing{
	{
		"region's page open",
		func(d *desk) { d.rests(false); d.asksCloud(); d.regionPage() },
		// The window goes with the extension that opened it, and the attempt too.
		map[string]func(*desk){"": func(d *desk) { d.sees(noSession); d.noWindow(); bySPID(d) }},
	},
	{
		"connected through the cloud",
		func(d *desk) { d.rests(false); d.enters("SPID", "SPID L2") },
		map[string]func(*desk){"": stillCloud, "agent": thenBySPID},
	},
	{
		"card session broken, region down",
		func(d *desk) { d.rests(true); d.entersByCard(); d.breaks() },
		map[string]func(*desk){"": func(d *desk) { d.lab.Region.ClearFaults(); stillCard(d) }, "agent": func(d *desk) { d.lab.Region.ClearFaults(); thenByCard(d) }},
	},
	{
		"cloud session broken, region down",
		func(d *desk) { d.rests(false); d.enters("SPID", "SPID L2"); d.breaks() },
		map[string]func(*desk){"": func(d *desk) { d.lab.Region.ClearFaults(); stillCloud(d) }, "agent": func(d *desk) { d.lab.Region.ClearFaults(); thenBySPID(d) }},
	},
	{
		"login to be opened again",
		func(d *desk) {
			d.rests(false)
			d.enters("SPID", "SPID L2")
			d.must(d.clinic.visit(d.limit(), d.lab.Clinic.URL+"/"+patientPage()))
			d.connected("SPID L2")
			d.lab.Login.RevokeAll()
			d.clickSync()
			d.sees("^Collegamento da ripristinare$")
		},
		map[string]func(*desk){"": reopened, "agent": thenBySPID},
	},
	{
		"session being repaired",
		func(d *desk) {
			d.rests(true)
			d.entersByCard()
			d.must(d.clinic.visit(d.limit(), d.lab.Clinic.URL+"/"+patientPage()))
			d.connected("CNS")
			d.lab.Region.RevokeSessions()
			asked := d.slow(region.ServiceSession)
			d.clickSync()
			d.until("the region is asked for a session", asked)
			d.state("reconnecting")
		},
		map[string]func(*desk){"": stillCard, "agent": thenByCard},
	},
}

// breaks has the region end the session and give no other.
func (d *desk) breaks() {
	d.t.Helper()
	d.must(d.clinic.visit(d.limit(), d.lab.Clinic.URL+"/"+patientPage()))
	d.practice.state("connected")
	d.lab.Region.RevokeSessions()
	d.lab.Region.Inject(region.Fault{Kind: region.Unavailable, Service: region.ServiceSession})
	d.clickSync()
	d.syncState("failed")
	d.practice.state("stale")
}

// A kill -9 in any state of the session: what lives on goes on, what died with
// the agent is over here and at the region, and the next click works.
func TestKillInState(t *testing.T) {
	p := openPractice(t, lab.Options{})
	for _, s := range standings {
		for _, v := range victims {
			if !slices.Contains([]string{"agent", "relay", "browser", "service worker"}, v.name) {
				continue // of the card: see TestKill
			}
			t.Run(s.name+"/"+v.name, func(t *testing.T) {
				p := p.on(t)
				s.reach(p.chromiumDesk())
				v.kill(p)
				if v.recover != nil {
					v.recover(p)
				}
				back := s.back[v.name]
				if back == nil {
					back = s.back[""]
				}
				d := p.chromiumDesk()
				back(d)
				d.visit(patientPage())
				d.practice.syncs()
				d.until("the region has one session", func() bool { return d.lab.Region.LiveSessions() == 1 })
			})
		}
	}
}

// noWindow waits until the browser shows no page of the region.
func (d *desk) noWindow() {
	d.t.Helper()
	d.until("the region's window closes", func() bool {
		soon, cancel := context.WithTimeout(d.limit(), 100*time.Millisecond)
		defer cancel()
		_, err := d.window(soon, "/authorize")
		return err != nil
	})
}
