package morning

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/browser"
	"raccordo/host/internal/sim/clinic"
	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/testca"
)

// site serves the clinic, with another doctor signed in, under a host name of
// its own; the browser trusts its key.
func (p *practice) site(host string) (url, spki string) {
	p.t.Helper()
	ca, err := testca.LoadOrNew(filepath.Join(p.lab.Dir, "keys"), "server-ca", "")
	p.must(err)
	pair, err := ca.Server(host)
	p.must(err)
	app, err := clinic.New(clinic.Options{Doctor: anagrafe.Doctors()[1]})
	p.must(err)
	server := httptest.NewUnstartedServer(app)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	p.t.Cleanup(server.Close)
	return fmt.Sprintf("https://%s:%d", host, server.Listener.Addr().(*net.TCPAddr).Port), browser.SPKI(pair.Leaf)
}

// recorder keeps in the page what is posted to it.
const recorder = `(() => { window.heard = []; window.addEventListener("message", (e) => window.heard.push(JSON.stringify(e.data))); })()`

// ask posts a request as any script of the page can, without anybody's click,
// and gives the code of the answer.
func (p *practice) ask(page evaluator, method, params string) (code string) {
	p.t.Helper()
	js := fmt.Sprintf(`new Promise((resolve) => {
		const id = crypto.randomUUID();
		window.addEventListener("message", (e) => { if (e.data?.kind === "response" && e.data.id === id) resolve(e.data.error?.data.code ?? "ok"); });
		window.postMessage({ raccordo: 1, kind: "request", id, method: %q, params: %s, origin: %q, user_gesture: true, gesture: true }, location.origin);
	})`, method, params, p.lab.Clinic.URL)
	p.must(page.Eval(p.limit(), js, &code))
	return code
}

// Pages that must not use Raccordo, and scripts that must not either.
func TestOrigin(t *testing.T) {
	p := openPractice(t, lab.Options{})
	other, otherKey := p.site("altro-programma.localhost")
	unlisted, unlistedKey := p.site("clinica-demo.localhost")
	p.reopenTrusting(otherKey, unlistedKey)
	t.Run("site without a profile", func(t *testing.T) { withoutProfile(p.on(t), other) })
	t.Run("origin that is not allowed", func(t *testing.T) { notAllowed(p.on(t), unlisted) })
	t.Run("scripts of an allowed page", func(t *testing.T) { scripts(p.on(t)) })
}

// reopenTrusting starts the browser again so that it trusts further keys.
func (p *practice) reopenTrusting(spki ...string) {
	p.t.Helper()
	p.must(p.day.Browser.Close())
	b, err := browser.Start(p.limit(), browser.Options{
		UserDataDir: p.lab.UserData(), Headless: true, Env: p.lab.Env(), Extension: filepath.Join(p.bin, "extension", "chromium"),
		TrustSPKI: append(spki, browser.SPKI(p.lab.Clinic.Certificate)),
	})
	p.must(err)
	day, err := Open(p.limit(), Options{Lab: p.lab, Browser: b, Shots: p.dir})
	p.must(err)
	*p.day = *day
}

func withoutProfile(p *practice, url string) {
	page, err := p.day.Browser.Open(p.limit(), url+"/"+patientPage())
	p.must(err)
	defer page.Close(p.limit())
	_, err = page.WaitAX(p.limit(), "", "Raccordo non è presente in questo browser")
	p.must(err)
	var ours int
	p.must(page.Eval(p.limit(), `[...document.querySelectorAll("*")].filter((e) => e.localName.startsWith("raccordo-")).length`, &ours))
	if ours != 0 {
		p.t.Errorf("%d elements of Raccordo in a page of no profile", ours)
	}
}

func notAllowed(p *practice, url string) {
	page, err := p.day.Browser.Open(p.limit(), url+"/"+patientPage())
	p.must(err)
	defer page.Close(p.limit())
	_, err = page.WaitAX(p.limit(), "", "^Pagina non autorizzata a usare Raccordo$")
	p.must(err)
	for _, each := range []*browser.Page{page, p.page()} {
		p.must(each.Eval(p.limit(), recorder, nil))
	}
	// The allowed page lives through what makes events: card, login, logout.
	p.must(p.page().Front(p.limit()))
	p.must(p.lab.Insert(p.limit()))
	p.seesCard()
	p.rightPIN()
	p.askLogin()
	p.connected()

	p.must(page.Front(p.limit()))
	p.must(page.ClickAX(p.limit(), "button", "^Sincronizza con la regione$"))
	_, err = page.WaitAX(p.limit(), "", `^Questa pagina non è autorizzata a usare Raccordo\.$`)
	p.must(err)
	for _, method := range []string{"status", "prescription.view"} {
		if code := p.ask(page, method, `{}`); code != "origin.denied" {
			p.t.Errorf("%s: %s", method, code)
		}
	}
	if n := p.lab.Region.Stats().Requests[region.ServiceRegistry]; n != 0 {
		p.t.Errorf("%d requests for patients", n)
	}
	shown, err := page.AXText(p.limit())
	p.must(err)
	allowed, foreign := p.heard(p.page()), p.heard(page)
	for _, secret := range []string{p.day.holder(), p.lab.Doctor.CF, "connected"} {
		// Without the control the test could not fail.
		if !holds(allowed, secret) {
			p.t.Errorf("the allowed page was not told %q: %s", secret, allowed)
		}
		if holds(foreign, secret) || holds(shown, secret) {
			p.t.Errorf("the page that is not allowed knows %q:\n%s\n%s", secret, foreign, shown)
		}
	}
}

func (p *practice) heard(page *browser.Page) (all string) {
	p.t.Helper()
	p.must(page.Eval(p.limit(), `window.heard.join("\n")`, &all))
	return all
}

func holds(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// scripts tries what a script of an allowed page could: the API without a
// click of the user, and clicks of its own on our controls.
func scripts(p *practice) {
	p.atWork(patientPage())
	before := p.lab.Region.Stats().Requests
	for method, params := range map[string]string{
		"patient.sync":        fmt.Sprintf(`{"codice_fiscale":%q}`, patient().CF),
		"prescription.send":   `{"prescriptions":[]}`,
		"prescription.cancel": `{"nre":"0900A0000000000"}`,
	} {
		if code := p.ask(p.page(), method, params); code != "gesture.required" {
			p.t.Errorf("%s without a click: %s", method, code)
		}
	}
	for _, method := range []string{"session.logout", "session.login", "card.list", "hello", "constructor"} {
		if code := p.ask(p.page(), method, `{}`); code != "origin.denied" {
			p.t.Errorf("%s: %s", method, code)
		}
	}
	var clicked, open int
	p.must(p.page().ClickSelector(p.limit(), "#menu-utente")) // our entry is there, and the user is active
	p.sees("^Logout Cloud Regionale$")
	p.must(p.page().Eval(p.limit(), `(() => {
		const hosts = [...document.querySelectorAll("*")].filter((e) => e.localName.startsWith("raccordo-"));
		for (const host of hosts) {
			host.click();
			const box = host.getBoundingClientRect();
			for (const type of ["pointerdown", "mousedown", "pointerup", "mouseup", "click"])
				host.dispatchEvent(new MouseEvent(type, { bubbles: true, composed: true, cancelable: true, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 }));
			host.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, composed: true }));
		}
		return hosts.length;
	})()`, &clicked))
	p.must(p.page().Eval(p.limit(), `[...document.querySelectorAll("*")].filter((e) => e.localName.startsWith("raccordo-") && e.shadowRoot).length`, &open))
	if clicked < 3 || open != 0 {
		p.t.Errorf("%d controls of ours clicked by a script, %d open to it", clicked, open)
	}
	// Whatever the clicks had asked for would be answered before this.
	if code := p.ask(p.page(), "status", `{}`); code != "ok" {
		p.t.Errorf("status: %s", code)
	}
	p.connected()
	if n := p.lab.Region.Stats().Requests; fmt.Sprint(n) != fmt.Sprint(before) {
		p.t.Errorf("requests at the region: %v, before %v", n, before)
	}
}
