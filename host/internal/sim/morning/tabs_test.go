package morning

import (
	"testing"

	"raccordo/host/internal/sim/browser"
	"raccordo/host/internal/sim/firefox"
	"raccordo/host/internal/sim/lab"
)

// tabs is how many pages each browser has open here; the bench has more of
// them and a clock.
const tabs = 12

// Many tabs in two browsers: one agent, one relay for each browser, one
// session, which every page shows.
func TestManyTabs(t *testing.T) {
	p := openPractice(t, lab.Options{})
	f := p.openFirefox()
	all := []surface{chromiumTab{p.page()}, firefoxTab{f.tab}}
	for range tabs - 1 {
		var one *browser.Page
		var two *firefox.Page
		var err error
		one, err = p.day.Browser.Open(p.limit(), p.lab.Clinic.URL+"/#/pazienti")
		p.must(err)
		two, err = f.browser.Open(p.limit(), p.lab.Clinic.URL+"/#/ricette")
		p.must(err)
		all = append(all, chromiumTab{one}, firefoxTab{two})
	}
	everywhere := func(state string) {
		t.Helper()
		for _, s := range all {
			p.until("tab shows "+state, func() bool {
				var now string
				p.must(s.Eval(p.limit(), `document.querySelector("raccordo-stato")?.dataset.state ?? ""`, &now))
				return now == state
			})
		}
	}
	everywhere("disconnected")
	agent, err := p.lab.AgentPID()
	p.must(err)
	p.must(p.page().Front(p.limit()))
	p.must(p.lab.Insert(p.limit()))
	everywhere("card")
	p.chromiumDesk().entersByCard()
	everywhere("connected")
	if n := p.lab.Region.LiveSessions(); n != 1 {
		t.Errorf("%d sessions at the region", n)
	}
	f.desk().chooses("Logout Cloud Regionale")
	everywhere("card")
	if n := p.lab.Region.LiveSessions(); n != 0 {
		t.Errorf("%d sessions left at the region", n)
	}
	relays, err := p.lab.RelayPIDs()
	p.must(err)
	if now, err := p.lab.AgentPID(); err != nil || now != agent || agent == 0 || len(relays) != 2 {
		t.Errorf("agent %d, then %d, relays %v: %v", agent, now, relays, err)
	}
}
