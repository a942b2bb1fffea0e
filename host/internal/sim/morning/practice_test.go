package morning

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/sim/browser"
	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/pinentry"
)

// patience bounds one wait; nothing that works takes a third of it.
const patience = 20 * time.Second

// practice is a lab with a browser on the clinic's page. What it does fails
// the test when it does not come true in time.
type practice struct {
	t   *testing.T
	bin string
	dir string // for screenshots
	lab *lab.Lab
	day *Day
	ids []string // of the prescriptions that are under way
}

// openPractice starts everything; the card is not inserted.
func openPractice(t *testing.T, opt lab.Options) *practice {
	t.Helper()
	return openPracticeIn(t, opt, func(*lab.Lab) error { return nil })
}

// openPracticeIn starts everything in a lab that is changed before anything of
// the product has read its configuration.
func openPracticeIn(t *testing.T, opt lab.Options, change func(*lab.Lab) error) *practice {
	t.Helper()
	p := &practice{t: t, bin: built(t), dir: t.TempDir()}
	opt.Bin = p.bin
	var err error
	if p.lab, err = lab.Start(context.WithoutCancel(t.Context()), opt); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.lab.Close(); err != nil {
			t.Error(err)
		}
	})
	p.must(change(p.lab))
	p.startBrowser()
	t.Cleanup(func() { p.day.Browser.Close() })
	return p
}

// on is the same practice seen from a subtest.
func (p *practice) on(t *testing.T) *practice {
	q := *p
	q.t = t
	return &q
}

func (p *practice) limit() context.Context {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.t.Context()), patience)
	p.t.Cleanup(cancel)
	return ctx
}

func (p *practice) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// startBrowser opens a browser with the lab's profile on the clinic's page.
func (p *practice) startBrowser() {
	p.t.Helper()
	b, err := p.lab.Browser(p.limit(), filepath.Join(p.bin, "extension", "chromium"), true)
	p.must(err)
	day, err := Open(p.limit(), Options{Lab: p.lab, Browser: b, Shots: p.dir})
	if err != nil {
		b.Close()
		p.t.Fatal(err)
	}
	if p.day == nil {
		p.day = day
		return
	}
	*p.day = *day // subtests share the day
}

func (p *practice) page() *browser.Page { return p.day.Page }

// sees waits until the page says text (a regular expression).
func (p *practice) sees(text string) {
	p.t.Helper()
	_, err := p.page().WaitAX(p.limit(), "", text)
	p.must(err)
}

func (p *practice) hidesNow(text string) {
	p.t.Helper()
	all, err := p.page().FindAllAX(p.limit(), "", text)
	p.must(err)
	if len(all) > 0 {
		p.t.Fatalf("the page already says %q", all[0].Name)
	}
}

func (p *practice) click(role, name string) {
	p.t.Helper()
	p.must(p.page().ClickAX(p.limit(), role, name))
}

func (p *practice) connected() {
	p.t.Helper()
	p.must(p.day.connected(p.limit()))
}

// state waits for a state of the badge; unlike its text it can be read while a
// dialog covers it.
func (p *practice) state(name string) {
	p.t.Helper()
	p.must(p.page().WaitFor(p.limit(), fmt.Sprintf(`document.querySelector("raccordo-stato")?.dataset.state === %q`, name)))
}

func (p *practice) seesCard() {
	p.t.Helper()
	p.sees("^Carta: " + regexp.QuoteMeta(p.day.holder()) + "$")
}

// visit opens a place of the clinic afresh: no dialog, menu or message is left.
func (p *practice) visit(hash string) {
	p.t.Helper()
	p.must(p.page().Navigate(p.limit(), p.lab.Clinic.URL+"/"+hash))
	p.must(p.page().Reload(p.limit()))
	p.must(p.page().WaitFor(p.limit(), `!["", "starting"].includes(document.querySelector("raccordo-stato")?.dataset.state ?? "")`))
}

// askLogin goes through menu and chooser up to the PIN window. A menu that is
// still open from before is closed first.
func (p *practice) askLogin() {
	p.t.Helper()
	p.closeMenu()
	p.must(p.day.AskLogin(p.limit()))
}

func (p *practice) closeMenu() {
	p.t.Helper()
	var open bool
	p.must(p.page().Eval(p.limit(), `document.querySelector("#menu-utente").getAttribute("aria-expanded") === "true"`, &open))
	if open {
		p.must(p.page().ClickSelector(p.limit(), "#menu-utente"))
	}
}

// person says how the next PIN windows are answered.
func (p *practice) person(s pinentry.Script) {
	p.t.Helper()
	p.must(p.lab.Person(s))
}

func (p *practice) rightPIN() {
	p.t.Helper()
	p.person(pinentry.Script{PIN: p.lab.Doctor.PIN})
}

func (p *practice) windows() int {
	p.t.Helper()
	all, err := p.lab.Windows()
	p.must(err)
	return len(all)
}

// until waits for something outside the page.
func (p *practice) until(what string, holds func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("never: %s", what)
		}
	}
}

// atRest brings the practice to: card in, not connected, nothing on the page.
func (p *practice) atRest(hash string) {
	p.t.Helper()
	p.rightPIN()
	p.lab.Region.ClearFaults()
	p.lab.Card.SetDelay(0)
	if !p.lab.Card.Inserted() {
		p.must(p.lab.Insert(p.limit()))
	}
	p.visit(hash)
	if out, err := p.lab.Command(p.limit(), "raccordo", "logout").CombinedOutput(); err != nil {
		p.t.Fatalf("%v: %s", err, out)
	}
	p.seesCard()
	p.visit(hash)
	p.seesCard()
}

// atWork is the same, connected.
func (p *practice) atWork(hash string) {
	p.t.Helper()
	p.atRest("#/pazienti")
	p.askLogin()
	p.connected()
	p.visit(hash)
	p.connected()
}

const store = "clinica-demo"

// intents gives the clinic's three prescriptions the names ids, or new ones,
// and puts them back among those to be sent.
func (p *practice) intents(ids []string) []string {
	p.t.Helper()
	body, err := json.Marshal(ids)
	p.must(err)
	js := fmt.Sprintf(`(() => {
		const ids = %s, kept = JSON.parse(sessionStorage.getItem(%q));
		kept.tab = "elaborare";
		kept.prescriptions.forEach((p, i) => {
			Object.assign(p, { list: "elaborare", outcome: null, sending: false, sheet: undefined });
			p.data.client_id = ids?.[i] ?? crypto.randomUUID();
		});
		sessionStorage.setItem(%q, JSON.stringify(kept));
		return kept.prescriptions.map((p) => p.data.client_id);
	})()`, body, store, store)
	var given []string
	p.must(p.page().Eval(p.limit(), js, &given))
	p.visit("#/ricette")
	return given
}

// sendAll sends what waits until all three are with the region.
func (p *practice) sendAll() {
	p.t.Helper()
	p.click("button", "^Elabora tutte$")
	p.allSent()
}

func (p *practice) allSent() {
	p.t.Helper()
	p.click("tab", "^Trasmesse 3$")
	p.must(p.day.readNREs(p.limit()))
	seen := map[string]bool{}
	for _, n := range p.day.nres {
		seen[n] = true
	}
	if len(seen) != 3 {
		p.t.Fatalf("numbers twice: %s", strings.Join(p.day.nres, " "))
	}
}

// syncState is the sync control's own mark: idle, busy, done or failed.
func (p *practice) syncState(state string) {
	p.t.Helper()
	p.must(p.page().WaitFor(p.limit(), fmt.Sprintf(`document.querySelector("raccordo-sincronizza")?.dataset.state === %q`, state)))
}

func (p *practice) clickSync() {
	p.t.Helper()
	p.click("button", "^Sincronizza con la regione$")
}

// syncs synchronises the patient on the page.
func (p *practice) syncs() {
	p.t.Helper()
	p.clickSync()
	p.syncState("done")
	p.sees(`^Data ultima sincronizzazione: \d\d/\d\d/\d{4} \d\d:\d\d$`)
	p.sees("^Dati dalla regione$")
}

func patientPage() string { return "#/pazienti/" + patient().CF }
