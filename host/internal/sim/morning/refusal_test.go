package morning

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/wire"
)

// What a page, or whoever talks like one, must not get. TestOrigin has the
// pages of other sites and the scripts that click; the engine's own tests have
// each forged answer for itself.
func TestRefusals(t *testing.T) {
	p := openPractice(t, lab.Options{})
	for _, row := range []struct {
		name string
		do   func(*desk)
	}{
		{"endpoints from a page", (*desk).sendsEndpoints},
		{"login of a page", (*desk).logsInByScript},
		{"scripts beside the region's window", (*desk).clicksByScript},
		{"another doctor, card", (*desk).otherDoctorCard},
		{"another doctor, cloud", (*desk).otherDoctorCloud},
		{"secretary", (*desk).secretary},
		{"forged answer in the region's window", (*desk).forgesState},
		{"answer from elsewhere in the browser", (*desk).forgesElsewhere},
		{"answer used twice", (*desk).replays},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := p.on(t).chromiumDesk()
			d.rests(false)
			row.do(d)
		})
	}
}

// thief is a server that would have the card sign for it (CVE-2026-33875: the
// address came from the page).
func (d *desk) thief() (address string, visits func() int) {
	d.t.Helper()
	ca, err := testca.LoadOrNew(filepath.Join(d.lab.Dir, "keys"), "server-ca", "")
	d.must(err)
	pair, err := ca.Server("127.0.0.1", "localhost")
	d.must(err)
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAnyClientCert})
	d.must(err)
	came := make(chan net.Conn, 64)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			came <- conn
			conn.Close()
		}
	}()
	d.t.Cleanup(func() { listener.Close() })
	return "https://" + listener.Addr().String(), func() int { return len(came) }
}

// sendsEndpoints: whatever a page says of addresses is refused whole; the card,
// unlocked as it is, signs nothing and nobody is called.
func (d *desk) sendsEndpoints() {
	address, visits := d.thief()
	d.rests(true)
	d.entersByCard()
	d.visit(patientPage())
	d.connected("CNS")
	signed, asked := d.lab.Card.Signatures(), fmt.Sprint(d.lab.Region.Stats().Requests)
	d.must(d.page().ClickSelector(d.limit(), "#menu-utente")) // the user is active: no gesture is missing
	where := fmt.Sprintf("%q", address)
	for method, params := range map[string]string{
		"status":              `{"endpoint":` + where + `}`,
		"patient.sync":        fmt.Sprintf(`{"codice_fiscale":%q,"endpoint":%s}`, patient().CF, where),
		"prescription.view":   `{"nre":"0900A0000000001","url":` + where + `}`,
		"prescription.cancel": `{"nre":"0900A0000000001","host":` + where + `}`,
		"prescription.send":   `{"prescriptions":[],"region":` + where + `}`,
	} {
		if code := d.ask(d.page(), method, params); code != string(wire.ErrParams) {
			d.t.Errorf("%s: %s", method, code)
		}
	}
	if code := d.ask(d.page(), "status", `{}`); code != "ok" { // later than all that
		d.t.Errorf("status: %s", code)
	}
	if n := d.lab.Card.Signatures(); n != signed || visits() != 0 {
		d.t.Errorf("the card signed %d times, the page's server was called %d times", n-signed, visits())
	}
	if now := fmt.Sprint(d.lab.Region.Stats().Requests); now != asked {
		d.t.Errorf("requests at the region: %s, before %s", now, asked)
	}
}

// logsInByScript: neither way of a login is open to the page's API, with
// whatever address to return to.
func (d *desk) logsInByScript() {
	d.must(d.page().ClickSelector(d.limit(), "#menu-utente"))
	for method, params := range map[string]string{
		"session.login":    `{"via":"cloud","redirect_uri":"https://altrove.example/raccordo"}`,
		"session.complete": `{"state":"` + strings.Repeat("a", 43) + `","code":"x"}`,
	} {
		if code := d.ask(d.page(), method, params); code != string(wire.ErrOrigin) {
			d.t.Errorf("%s: %s", method, code)
		}
	}
	if s := d.badge(); s != "disconnected" {
		d.t.Errorf("badge: %s", s)
	}
}

func (p *practice) badge() (state string) {
	p.t.Helper()
	p.must(p.page().Eval(p.limit(), `document.querySelector("raccordo-stato")?.dataset.state ?? ""`, &state))
	return state
}

// clicksByScript: while the region's window is open, the page's scripts can use
// neither «Usa la carta inserita» nor «Annulla».
func (d *desk) clicksByScript() {
	d.asksCloud()
	w := d.regionPage()
	d.must(d.lab.Insert(d.limit()))
	d.sees("^Usa la carta inserita$")
	shown := d.windows()
	var clicked int
	d.must(d.page().Eval(d.limit(), `(() => {
		const hosts = [...document.querySelectorAll("*")].filter((e) => e.localName.startsWith("raccordo-"));
		for (const host of hosts) {
			for (const box = host.getBoundingClientRect(), step = 10, y = box.y + box.height / 2; box.x + step * (host.n ??= 1) < box.right; host.n++) {
				const at = { bubbles: true, composed: true, cancelable: true, clientX: box.x + step * host.n, clientY: y };
				(document.elementFromPoint(at.clientX, y) ?? host).dispatchEvent(new MouseEvent("click", at));
			}
			host.click();
		}
		return hosts.length;
	})()`, &clicked))
	if code := d.ask(d.page(), "status", `{}`); code != "ok" || clicked < 2 {
		d.t.Errorf("status: %s after clicks on %d controls", code, clicked)
	}
	d.practice.state("connecting")
	d.shows(shown)
	d.must(w.see(d.limit(), "link", "^Entra con SPID$")) // its window is where it was
	d.click("button", "^Annulla$")
	d.sees(noSession)
}

// names has the page name another doctor than the one of card and account.
func (d *desk) names(other anagrafe.Doctor) {
	d.t.Helper()
	d.must(d.page().Eval(d.limit(), fmt.Sprintf(`(() => {
		const name = () => { const at = document.querySelector("#menu-utente"); if (at.dataset.cf !== %[1]q) at.dataset.cf = %[1]q; };
		new MutationObserver(name).observe(document.body, { subtree: true, childList: true, attributes: true });
		name();
	})()`, other.CF), nil))
}

func (d *desk) otherDoctorCard() {
	d.rests(true)
	shown := d.windows()
	d.names(anagrafe.Doctors()[1])
	d.chooses("Login Cloud regionale") // no card of this doctor's: the region's page it is
	d.sees(waitsForPage)
	hidden, err := d.page().FindAllAX(d.limit(), "button", "^Usa la carta inserita$")
	d.must(err)
	if len(hidden) != 0 {
		d.t.Error("another doctor's card is offered")
	}
	d.click("button", "^Annulla$")
	d.sees(noSession)
	// Whoever asks for the card all the same is refused before any window.
	r := relay(d.t, d.lab)
	fault := r.ask("session.login", fmt.Sprintf(`{"via":"card","doctor":%q}`, anagrafe.Doctors()[1].CF), nil)
	if fault == nil || fault.Data.Code != wire.ErrWrongDoctor {
		d.t.Errorf("%+v", fault)
	}
	d.shows(shown)
}

func (d *desk) otherDoctorCloud() {
	d.names(anagrafe.Doctors()[1])
	d.asksCloud()
	d.passes("SPID") // as the doctor of the account, who is not the page's
	d.sees("^Collegamento non riuscito$")
	d.sees(strings.ReplaceAll("^"+wrongDoctor+"$", ".", `\.`))
	d.sees(noSession)
	d.noSessionLeft()
}

const wrongDoctor = "La carta o l'accesso alla regione sono di un'altra persona."

// secretary: no way in is shown, to whatever state the session comes, and the
// agent refuses a login in that role.
func (d *desk) secretary() {
	d.rests(true)
	p := d.practice
	p.must(p.page().Navigate(p.limit(), p.lab.Clinic.URL+"/?ruolo=segreteria#/pazienti"))
	p.must(p.page().Reload(p.limit()))
	p.seesCard()
	p.must(p.page().ClickSelector(p.limit(), "#menu-utente"))
	p.sees("^Profilo$")
	p.hidesNow("Cloud [Rr]egionale$")
	if code := p.ask(p.page(), "session.login", `{"via":"auto"}`); code != string(wire.ErrOrigin) {
		d.t.Errorf("session.login: %s", code)
	}
	r := relay(d.t, d.lab)
	shown := d.windows()
	for _, role := range []string{"secretary", "nurse"} {
		fault := r.ask("session.login", fmt.Sprintf(`{"via":"card","role":%q}`, role), nil)
		if fault == nil || fault.Data.Code != wire.ErrNotDoctor {
			d.t.Errorf("%s: %+v", role, fault)
		}
	}
	d.shows(shown)
}

// No link can reach the product: it registers no scheme of addresses with any
// system (and listens on no port: see TestNoPort).
func TestNoScheme(t *testing.T) {
	root, read := root(t), 0
	for _, dir := range []string{"installer", "manifests", "host/internal/register", "host/internal/agent", "host/cmd/raccordo", "extension/src"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || strings.HasSuffix(path, "_test.go") {
				return err
			}
			read++
			text, err := os.ReadFile(path)
			for _, word := range []string{"x-scheme-handler", "URL Protocol", "CFBundleURLTypes", "protocol_handlers", "registerProtocolHandler"} {
				if bytes.Contains(text, []byte(word)) {
					t.Errorf("%s: %s", path, word)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 50 {
		t.Errorf("only %d files read", read)
	}
}
