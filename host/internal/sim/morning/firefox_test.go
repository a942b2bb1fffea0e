package morning

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"raccordo/host/internal/sim/firefox"
	"raccordo/host/internal/sim/lab"
)

// fox is a practice whose doctor works in Firefox.
type fox struct {
	*practice
	browser *firefox.Browser
	tab     *firefox.Page
}

// openFirefox starts Firefox beside what the practice has, on the clinic's page.
func (p *practice) openFirefox() *fox {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 3*patience) // a new profile on a busy machine
	defer cancel()
	b, err := p.lab.Firefox(ctx, filepath.Join(p.bin, "extension", "firefox"), true)
	p.must(err)
	p.t.Cleanup(func() { b.Close() })
	tab, err := b.Open(p.limit(), p.lab.Clinic.URL+"/#/pazienti")
	p.must(err)
	return &fox{p, b, tab}
}

// A morning in Firefox, with Chromium open at its side: both show the one
// session. Then what Firefox does otherwise than Chromium.
func TestMorningInFirefox(t *testing.T) {
	p := openPractice(t, lab.Options{})
	f := p.openFirefox()
	f.arrives()
	f.logsIn()
	f.works()
	f.refusesScripts()
	f.staysAwake()
	f.wakesAgain()
	f.missesConnector()
	f.logsOut()
	problems, err := f.browser.Problems(f.limit())
	f.must(err)
	if len(problems) > 0 {
		t.Errorf("the extension complains: %q", problems)
	}
}

func (f *fox) sees(text string) {
	f.t.Helper()
	_, err := f.tab.Wait(f.limit(), "", text)
	f.must(err)
}

func (f *fox) click(role, name string) {
	f.t.Helper()
	f.must(f.tab.Click(f.limit(), role, name))
}

func (f *fox) menu() {
	f.t.Helper()
	f.must(f.tab.ClickSelector(f.limit(), "#menu-utente"))
}

func (f *fox) holder() string {
	return "^Carta: " + regexp.QuoteMeta(f.day.holder()) + "$"
}

func (f *fox) connected() {
	f.t.Helper()
	f.sees(`^Collegato – ` + regexp.QuoteMeta(f.day.holder()) + ` · CNS · dalle \d\d:\d\d$`)
}

// visit opens a place of the clinic afresh.
func (f *fox) visit(hash string) {
	f.t.Helper()
	f.must(f.tab.Navigate(f.limit(), f.lab.Clinic.URL+"/"+hash))
	f.must(f.tab.Reload(f.limit()))
}

func (f *fox) arrives() {
	f.t.Helper()
	f.sees("^Non collegato$")
	f.must(f.lab.Insert(f.limit()))
	f.sees(f.holder())
	f.seesCard()
}

func (f *fox) logsIn() {
	f.t.Helper()
	f.rightPIN()
	f.menu()
	f.click("menuitem", "^Login Cloud regionale$")
	f.click("button", "^Collega$")
	f.connected()
	f.practice.connected()
	f.must(f.day.pinWindow(0, f.lab.Clinic.URL))
}

// works synchronises the patient and sends the three prescriptions.
func (f *fox) works() {
	f.t.Helper()
	f.visit(patientPage())
	f.click("button", "^Sincronizza con la regione$")
	f.sees(synchronised)
	f.sees("^Dati dalla regione$")
	f.visit("#/ricette")
	f.click("button", "^Elabora tutte$")
	f.click("tab", "^Trasmesse 3$")
	if n := f.lab.Region.Prescriptions(); n != 3 {
		f.t.Errorf("%d prescriptions at the region, want 3", n)
	}
}

const synchronised = `^Data ultima sincronizzazione: \d\d/\d\d/\d{4} \d\d:\d\d$`

// refusesScripts tries what a script of the page could, nobody having clicked.
func (f *fox) refusesScripts() {
	f.t.Helper()
	f.visit(patientPage())
	f.connected()
	if code := f.ask(f.tab, "patient.sync", fmt.Sprintf(`{"codice_fiscale":%q}`, patient().CF)); code != "gesture.required" {
		f.t.Errorf("patient.sync without a click: %s", code)
	}
	if code := f.ask(f.tab, "session.logout", `{}`); code != "origin.denied" {
		f.t.Errorf("session.logout: %s", code)
	}
	var clicked, open int
	f.must(f.tab.Eval(f.limit(), `(() => {
		const hosts = [...document.querySelectorAll("*")].filter((e) => e.localName.startsWith("raccordo-"));
		for (const host of hosts) host.click();
		return hosts.length;
	})()`, &clicked))
	f.must(f.tab.Eval(f.limit(), `[...document.querySelectorAll("*")].filter((e) => e.localName.startsWith("raccordo-") && e.shadowRoot).length`, &open))
	if clicked < 3 || open != 0 {
		f.t.Errorf("%d controls of ours clicked by a script, %d open to it", clicked, open)
	}
	if code := f.ask(f.tab, "status", `{}`); code != "ok" { // later than whatever the clicks had asked for
		f.t.Errorf("status: %s", code)
	}
	f.connected()
}

// staysAwake waits for longer than the browser lets an event page idle: the
// port to the connector keeps it, and with it the relay.
func (f *fox) staysAwake() {
	f.t.Helper()
	before := f.relays()
	time.Sleep(2 * firefox.IdleTime)
	if after := f.relays(); len(before) != 2 || !slices.Equal(before, after) { // one for each browser
		f.t.Errorf("relays %v, after a pause %v", before, after)
	}
}

func (f *fox) relays() []int {
	f.t.Helper()
	all, err := f.lab.RelayPIDs()
	f.must(err)
	slices.Sort(all)
	return all
}

// wakesAgain has the browser end the event page: the open page finds the way
// back, and the time of the synchronisation was not lost with it.
func (f *fox) wakesAgain() {
	f.t.Helper()
	before := f.relays()
	f.must(f.browser.StopBackground(f.limit()))
	f.until("another relay", func() bool { after := f.relays(); return len(after) == 2 && !slices.Equal(before, after) })
	f.connected()
	f.click("button", "^Sincronizza con la regione$")
	f.sees("^Dati dalla regione$")
	f.must(f.browser.StopBackground(f.limit()))
	f.visit(patientPage())
	f.sees(synchronised)
	popup, err := f.browser.OpenOwn(f.limit(), "popup.html")
	f.must(err)
	_, err = popup.Wait(f.limit(), "", "^Regione simulata$")
	f.must(err)
	f.must(popup.Close(f.limit()))
}

// missesConnector takes the connector's registration away and gives it back.
func (f *fox) missesConnector() {
	f.t.Helper()
	hosts := filepath.Join(f.lab.Dir, "home", ".mozilla", "native-messaging-hosts")
	f.must(os.Rename(hosts, hosts+".via"))
	f.killAll(f.lab.RelayPIDs())
	f.sees("^Raccordo assente$")
	f.must(os.Rename(hosts+".via", hosts))
	f.connected()
}

func (f *fox) logsOut() {
	f.t.Helper()
	f.menu()
	f.click("menuitem", "^Logout Cloud Regionale$")
	f.sees(f.holder())
	f.seesCard()
	if n := f.lab.Region.LiveSessions(); n != 0 {
		f.t.Errorf("%d sessions left at the region", n)
	}
	if n := f.windows(); n != 1 {
		f.t.Errorf("%d PIN windows, want one", n)
	}
}

// evaluator is a page of either browser.
type evaluator interface {
	Eval(ctx context.Context, js string, out any) error
}
