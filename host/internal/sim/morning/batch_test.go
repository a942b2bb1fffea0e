package morning

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"raccordo/host/internal/sim/kit"
	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/region"
)

// prepared empties the clinic's lists and lets it make a hundred prescriptions,
// of which n stay.
func (p *practice) prepared(n int) {
	p.t.Helper()
	p.must(p.page().Eval(p.limit(), fmt.Sprintf(`(() => {
		const kept = JSON.parse(sessionStorage.getItem(%q));
		sessionStorage.setItem(%q, JSON.stringify({ ...kept, tab: "elaborare", prescriptions: [] }));
	})()`, store, store), nil))
	p.visit("#/ricette")
	p.press("#prepara")
	p.must(p.page().Eval(p.limit(), fmt.Sprintf(`(() => {
		const kept = JSON.parse(sessionStorage.getItem(%q));
		sessionStorage.setItem(%q, JSON.stringify({ ...kept, prescriptions: kept.prescriptions.slice(0, %d) }));
	})()`, store, store, n), nil))
	p.visit("#/ricette")
	p.counts("elaborare", n)
}

// A list of a hundred is much to read for a screen reader: in it things are
// looked for by what they are.

func (p *practice) press(selector string) {
	p.t.Helper()
	p.must(p.page().WaitFor(p.limit(), fmt.Sprintf("document.querySelector(%q) !== null", selector)))
	p.must(p.page().ClickSelector(p.limit(), selector))
}

// counts waits until n prescriptions are in a list.
func (p *practice) counts(list string, n int) {
	p.t.Helper()
	p.must(p.page().WaitFor(p.limit(), fmt.Sprintf(`document.querySelector("#tab-%s .contatore")?.textContent === "%d"`, list, n)))
}

// waitsVisibly waits until the page says of a prescription that it is not sent.
func (p *practice) waitsVisibly() {
	p.t.Helper()
	p.must(p.page().WaitFor(p.limit(), fmt.Sprintf(`[...document.querySelectorAll("#lista .esito .attenzione")].some((r) => /%s/.test(r.textContent))`, notYet)))
}

// exactlyOnce: the page lists n sent prescriptions, each with a number and a code
// of its own, and the region has these and no others beside the had of before.
func (p *practice) exactlyOnce(n, had int) {
	p.t.Helper()
	p.counts("trasmesse", n)
	p.press("#tab-trasmesse")
	var shown [][2]string
	const read = `[...document.querySelectorAll("#lista .ricetta")].map((r) => [r.querySelector(".nre")?.textContent ?? "", r.querySelector(".codice-autenticazione")?.textContent ?? ""])`
	p.must(p.page().Eval(p.limit(), read, &shown))
	live := map[string]string{}
	for _, e := range p.lab.Region.Listing(region.Filter{Live: true}) {
		live[e.NRE] = e.Code
	}
	if len(shown) != n || len(live) != had+n {
		p.t.Errorf("%d on the page, %d at the region, want %d and %d", len(shown), len(live), n, had+n)
	}
	for _, s := range shown {
		if code, ok := live[s[0]]; !ok || code != s[1] || !auth.MatchString(code) {
			p.t.Errorf("%s has code %q on the page, %q at the region", s[0], s[1], code)
		}
		delete(live, s[0]) // a number that is shown twice is missing the second time
	}
}

// A hundred prescriptions by one click, with the card: one PIN, one login, one
// full handshake. Then a hundred more, and in the middle the region goes away and
// comes back.
func TestBatchByCard(t *testing.T) {
	p := openPractice(t, lab.Options{Answer: answerTime, Record: recorded(t)})
	p.atRest("#/ricette")
	windows, before := p.windows(), p.lab.Region.Stats()
	p.askLogin()
	p.connected()
	p.prepared(100)
	p.press("#elabora-tutte")
	p.exactlyOnce(100, 0)
	if n := p.lab.Region.Stats().FullHandshakes - before.FullHandshakes; n != 1 {
		t.Errorf("%d full handshakes", n)
	}
	p.prepared(100)
	p.press("#elabora-tutte")
	p.until("some are sent", func() bool { return p.lab.Region.Prescriptions() >= 130 })
	p.lab.Region.SetDown(true)
	p.waitsVisibly()
	p.lab.Region.ClearFaults()
	p.exactlyOnce(100, 100) // by themselves
	if n := p.windows() - windows; n != 1 {
		t.Errorf("%d PIN windows", n)
	}
	if n := p.lab.Region.LiveSessions(); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

// recorded is the folder of all that goes to the region and comes from it; at
// the end of the test it must be valid.
func recorded(t *testing.T) (folder string) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "record")
	t.Cleanup(func() {
		count, err := kit.Validate(context.Background(), os.Getenv(kit.Variable), folder)
		if err != nil {
			t.Error(err)
		}
		t.Log(count)
	})
	return folder
}

// In the cloud: one bad prescription among twenty, stop and continue, and what
// can be done with one that is sent.
func TestBatchInCloud(t *testing.T) {
	p := openPractice(t, lab.Options{Record: recorded(t), FSEDelay: 2 * time.Second})
	d := p.chromiumDesk()
	d.enters("SPID", "SPID L2")
	t.Run("one refused, corrected", func(t *testing.T) { oneRefused(p.on(t)) })
	t.Run("stopped, continued", func(t *testing.T) { stoppedAndContinued(p.on(t)) })
	t.Run("verified, cancelled, duplicated", func(t *testing.T) { oneSent(p.on(t)) })
}

func oneRefused(p *practice) {
	p.prepared(20)
	p.lab.Region.RefuseNext(region.Refusal{Service: region.ServiceSend, Code: "1176", Times: 1})
	p.press("#elabora-tutte")
	p.counts("trasmesse", 19)
	p.counts("errore", 1)
	p.press("#tab-errore")
	p.sees(`\(1176\)`)
	p.click("button", "^Correggi$")
	p.click("button", "^Rimetti in “Da elaborare”$")
	p.counts("elaborare", 1)
	p.press("#tab-elaborare")
	p.click("button", "^Elabora$")
	p.exactlyOnce(20, 0)
}

func stoppedAndContinued(p *practice) {
	had := p.lab.Region.Prescriptions()
	p.prepared(60)
	p.lab.Region.Inject(region.Fault{Kind: region.Slow, Service: region.ServiceSend, Delay: 200 * time.Millisecond})
	p.press("#elabora-tutte")
	p.until("some are sent", func() bool { return p.lab.Region.Prescriptions() >= had+5 })
	p.press("#interrompi")
	p.must(p.page().WaitFor(p.limit(), `document.querySelector("#riprendi") !== null`))
	p.lab.Region.ClearFaults()
	stopped := p.lab.Region.Prescriptions()
	if stopped >= had+60 {
		p.t.Fatal("nothing was left to stop")
	}
	time.Sleep(500 * time.Millisecond) // in which nothing may leave
	if n := p.lab.Region.Prescriptions(); n != stopped {
		p.t.Errorf("%d were sent after the stop", n-stopped)
	}
	p.press("#riprendi")
	p.counts("trasmesse", 60)
	if n := p.lab.Region.Prescriptions(); n != had+60 {
		p.t.Errorf("%d at the region, want %d", n, had+60)
	}
}

// oneSent takes a prescription that is with the region through all that a doctor
// can do with it.
func oneSent(p *practice) {
	p.prepared(1)
	p.click("button", "^Elabora$")
	p.click("tab", "^Trasmesse 1$")
	p.click("button", "^Verifica validità ricetta$")
	p.sees("^La ricetta è valida – stato ")
	p.sees("^Non ancora visibile nel FSE$")
	p.click("button", "^Chiudi$")
	p.until("the FSE shows it", func() bool {
		p.click("button", "^Verifica validità ricetta$")
		p.sees("^La ricetta è valida – stato ")
		seen, err := p.page().FindAllAX(p.limit(), "", "^Visibile nel FSE")
		p.must(err)
		p.click("button", "^Chiudi$")
		return len(seen) > 0
	})
	p.click("button", "^Duplica$")
	p.click("button", "^Annulla ricetta$")
	p.must(p.page().ClickSelector(p.limit(), "#conferma-annullo"))
	p.sees("^Archivio 1$")
	p.click("tab", "^Da elaborare 1$")
	p.click("button", "^Elabora$")
	p.click("tab", "^Trasmesse 1$")
	var sent, gone string
	p.must(p.page().Eval(p.limit(), `document.querySelector("#lista .nre").textContent`, &sent))
	p.click("tab", "^Archivio 1$")
	p.must(p.page().Eval(p.limit(), `document.querySelector("#lista .nre").textContent`, &gone))
	if sent == gone {
		p.t.Errorf("%s is live and cancelled", sent)
	}
	for nre, want := range map[string]string{sent: "3", gone: "4"} {
		if state, _ := p.lab.Region.State(nre); state != want {
			p.t.Errorf("%s is in state %s, want %s", nre, state, want)
		}
	}
}
