package morning

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/pinentry"
	"raccordo/host/internal/sim/region"
)

// victim is a part of the chain that dies.
type victim struct {
	name string
	kill func(*practice)
	// recover brings back what does not come back by itself.
	recover func(*practice)
}

var victims = []victim{
	{"card worker", func(p *practice) { p.killAll(p.lab.WorkerPIDs()) }, nil},
	{"pcscd", func(p *practice) { p.must(p.lab.PCSC.Kill()) }, func(p *practice) { p.must(p.lab.PCSC.Restart(p.limit())) }},
	{"agent", func(p *practice) {
		pid, err := p.lab.AgentPID()
		p.killAll([]int{pid}, err)
	}, nil},
	{"relay", func(p *practice) { p.killAll(p.lab.RelayPIDs()) }, nil},
	{"service worker", func(p *practice) { p.must(p.day.Browser.StopServiceWorker(p.limit())) }, nil},
	{"browser", func(p *practice) { p.day.Browser.Kill() }, (*practice).startBrowser},
}

func (p *practice) killAll(pids []int, err error) {
	p.t.Helper()
	p.must(err)
	if len(pids) == 0 || pids[0] == 0 {
		p.t.Fatal("nothing there to kill")
	}
	for _, pid := range pids {
		p.must(lab.KillProcess(pid))
	}
}

// moment is a point of the morning.
type moment struct {
	name  string
	reach func(*practice) // up to the middle of the step
	// says is what the page must tell, by victim; a victim that is not named
	// changes nothing that the doctor could notice.
	says map[string]string
	// ends by victim, else by "": how the doctor gets what was wanted.
	ends map[string]func(*practice)
	// session: there is one, which only the ends of card and agent end.
	session bool
}

const (
	lost     = `^Il connettore Raccordo si è interrotto\.$`
	noPCSC   = `^Il servizio del PC per le smart card non è attivo\.$`
	crashed  = `^Il driver della carta si è bloccato ed è stato riavviato\.$`
	noAccess = `^Nessun collegamento attivo con la regione\.$`
)

var moments = []moment{
	{
		name:  "before the login",
		reach: func(p *practice) { p.atRest("#/pazienti") },
		says:  map[string]string{"pcscd": noPCSC, "agent": lost, "relay": lost},
		ends:  map[string]func(*practice){"": loginByMenu},
	},
	{
		name: "PIN window open",
		reach: func(p *practice) {
			p.atRest("#/pazienti")
			p.person(pinentry.Script{PIN: p.lab.Doctor.PIN, Hold: true})
			open := p.windows()
			p.askLogin()
			p.until("the PIN window opens", func() bool { return p.windows() > open })
			p.sees("Inserire il PIN nella finestra di Raccordo")
		},
		says: map[string]string{"pcscd": noPCSC, "agent": lost, "relay": lost, "service worker": lost},
		ends: map[string]func(*practice){
			"":            loginInChooser,
			"card worker": func(p *practice) { p.rightPIN(); p.connected() },
			"browser":     loginByMenu,
		},
	},
	{
		name: "card signing",
		reach: func(p *practice) {
			p.atRest("#/pazienti")
			p.lab.Card.SetDelay(1500 * time.Millisecond)
			signing := p.cardSigns()
			p.askLogin()
			p.until("the card signs", signing)
		},
		says: map[string]string{"card worker": crashed, "pcscd": noPCSC, "agent": lost, "relay": lost, "service worker": lost},
		ends: map[string]func(*practice){"": loginInChooser, "browser": loginByMenu},
	},
	{
		name: "connected", session: true,
		reach: func(p *practice) { p.atWork(patientPage()) },
		says:  map[string]string{"pcscd": noPCSC, "agent": lost, "relay": lost},
		ends: map[string]func(*practice){
			"":      func(p *practice) { p.connected(); p.syncsAgain() },
			"agent": func(p *practice) { loginByMenu(p); p.syncsAgain() },
		},
	},
	{
		name: "synchronising", session: true,
		reach: func(p *practice) {
			p.atWork(patientPage())
			asked := p.slow(region.ServiceRegistry)
			p.clickSync()
			p.until("the region is asked", asked)
		},
		says: map[string]string{"pcscd": noPCSC, "agent": lost, "relay": lost, "service worker": lost},
		ends: map[string]func(*practice){
			"":            func(p *practice) { p.connected(); p.syncsAgain() },
			"card worker": func(p *practice) { p.syncState("done") },
			"agent":       func(p *practice) { loginByMenu(p); p.syncsAgain() },
		},
	},
	{
		name: "sending", session: true,
		reach: func(p *practice) {
			p.atWork("#/ricette")
			p.ids = p.intents(nil)
			asked := p.slow(region.ServiceSend)
			p.click("button", "^Elabora tutte$")
			p.until("the region is asked", asked)
		},
		says: map[string]string{"pcscd": noPCSC, "agent": lost, "relay": lost, "service worker": lost},
		ends: map[string]func(*practice){
			"":            func(p *practice) { p.connected(); p.sendAll() },
			"card worker": (*practice).allSent,
			"agent":       func(p *practice) { loginByMenu(p); p.sendAll() },
		},
	},
}

// A kill -9 of any part at any point: the page says the right thing, the next
// click works, and what was to be sent is sent once.
func TestKill(t *testing.T) {
	p := openPractice(t, lab.Options{})
	sent := 0
	for _, m := range moments {
		for _, v := range victims {
			t.Run(m.name+"/"+v.name, func(t *testing.T) {
				p := p.on(t)
				m.reach(p)
				p.dies(m, v)
				p.state("connected")
				if n := p.lab.Region.LiveSessions(); n != 1 {
					t.Errorf("%d sessions at the region", n)
				}
				if m.name == "sending" {
					sent += 3
				}
				if n := p.lab.Region.Prescriptions(); n != sent {
					t.Errorf("%d prescriptions at the region, want %d", n, sent)
				}
			})
		}
	}
}

func (p *practice) dies(m moment, v victim) {
	p.t.Helper()
	text, end := m.says[v.name], m.ends[v.name]
	if end == nil {
		end = m.ends[""]
	}
	if text != "" {
		p.hidesNow(text)
	}
	asked := p.windows()
	v.kill(p)
	if text != "" {
		p.sees(text)
	}
	if v.name != "browser" {
		p.hidesNow("carta è stata estratta")
	}
	if m.session && v.name == "agent" {
		p.sees("^Collegamento con la regione terminato$")
		p.sees(lost)
	}
	if v.name != "card worker" {
		p.until("the PIN window closes", func() bool { pids, err := p.lab.PromptPIDs(); return err == nil && len(pids) == 0 })
	}
	if v.recover != nil {
		v.recover(p)
	}
	p.rightPIN()
	p.lab.Card.SetDelay(0)
	if v.name == "browser" && m.name == "sending" {
		p.intents(p.ids)
	}
	end(p)
	if !m.session {
		return
	}
	want := asked
	if v.name == "agent" || v.name == "pcscd" {
		want++
	}
	if n := p.windows(); n != want {
		p.t.Errorf("%d PIN windows, want %d", n-asked, want-asked)
	}
}

// loginByMenu waits until the card is there and goes all the way.
func loginByMenu(p *practice) {
	p.t.Helper()
	p.seesCard()
	p.askLogin()
	p.connected()
}

// loginInChooser is the next click in the chooser that is still open.
func loginInChooser(p *practice) {
	p.t.Helper()
	p.state("card")
	p.click("button", "^Collega$")
	p.connected()
}

func (p *practice) syncsAgain() {
	p.t.Helper()
	var there bool
	p.must(p.page().Eval(p.limit(), fmt.Sprintf("location.hash === %q", patientPage()), &there))
	if !there { // a browser that was started again
		p.visit(patientPage())
	}
	p.syncs()
}

// cardSigns tells when the card has begun an RSA operation.
func (p *practice) cardSigns() func() bool {
	const performSecurityOperation = 0x2A
	var mu sync.Mutex
	begun := false
	p.lab.Card.Hook(func(apdu []byte) ([]byte, bool) {
		if len(apdu) > 1 && apdu[1] == performSecurityOperation {
			mu.Lock()
			defer mu.Unlock()
			begun = true
		}
		return nil, false
	})
	p.t.Cleanup(func() { p.lab.Card.Hook(nil) })
	return func() bool {
		mu.Lock()
		defer mu.Unlock()
		return begun
	}
}

// slow makes the region take its time over the next request of a service; the
// answer tells when that has come in.
func (p *practice) slow(s region.Service) func() bool {
	before := p.lab.Region.Stats().Requests[s]
	p.lab.Region.Inject(region.Fault{Kind: region.Slow, Service: s, Times: 1, Delay: 1500 * time.Millisecond})
	return func() bool { return p.lab.Region.Stats().Requests[s] > before }
}
