package signing_test

import (
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"raccordo/host/internal/sim/browser"
	"raccordo/host/internal/sim/signing/vault"
)

// -shots keeps pictures of the pages, to be looked at.
var shots = flag.String("shots", "", "folder for screenshots")

// TestPhone looks at the telephone as a person does: a code arrives while the
// page is open, a slow one when its time has come.
func TestPhone(t *testing.T) {
	s := start(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	b, err := browser.Start(ctx, browser.Options{Headless: true, UserDataDir: filepath.Join(t.TempDir(), "profilo"), TrustSPKI: []string{browser.SPKI(s.Certificate())}})
	s.must(err)
	defer func() { _ = b.Close() }()
	page, err := b.Open(ctx, s.URL()+"/otp")
	s.must(err)
	s.must(page.WaitFor(ctx, `document.title === "Telefono del medico – SIMULATORE" && !document.getElementById("nessuno").hidden`))
	code := s.otp()
	s.must(page.WaitFor(ctx, `document.querySelector("#messaggi .codice")?.textContent === "`+code+`" && document.getElementById("nessuno").hidden`))
	s.Vault.Change(func(set *vault.Settings) { set.SMSDelayMS = 1500 })
	slow := s.otp()
	if m, _ := s.Vault.LastOTP(s.doctor.CF); m.Code != code {
		t.Errorf("the slow code %s has arrived at once", slow)
	}
	s.must(page.WaitFor(ctx, `document.querySelector("#messaggi .codice").textContent === "`+slow+`" && document.querySelectorAll("#messaggi li").length === 2`))
	s.Vault.Change(func(set *vault.Settings) { set.SMSDelayMS = 0 })
	s.Vault.Ask(s.doctor.CF, "Confermare la firma di 2 documenti?")
	s.must(page.WaitFor(ctx, `!document.getElementById("conferme").hidden`))
	shoot := func(name string, size browser.Size) {
		s.must(page.Resize(ctx, size))
		var wide bool
		s.must(page.Eval(ctx, "document.documentElement.scrollWidth > innerWidth", &wide))
		if wide {
			t.Errorf("%s scrolls sideways", name)
		}
		if *shots != "" {
			s.must(page.Screenshot(ctx, filepath.Join(*shots, name+".png")))
		}
	}
	shoot("telefono", browser.Size{Width: 900, Height: 900})
	shoot("telefono-stretto", browser.Size{Width: 320, Height: 700})
	s.must(page.ClickAX(ctx, "button", "^Conferma$"))
	s.must(page.WaitFor(ctx, `document.getElementById("conferme").hidden`))
	if len(s.Vault.Approvals()) != 0 {
		t.Error("not confirmed")
	}
	s.consentPage(ctx, page, shoot)
	if problems := page.Problems(); len(problems) > 0 {
		t.Errorf("the pages complain: %q", problems)
	}
}

// consentPage authorises a signature by mouse and keyboard.
func (s *stand) consentPage(ctx context.Context, page *browser.Page, shoot func(string, browser.Size)) {
	s.Helper()
	redirect, came := s.waiting()
	s.must(page.Navigate(ctx, s.authorize(credentialTerms(s, redirect))))
	s.must(page.ClickAX(ctx, "button", "^Invia il codice per SMS$"))
	s.must(page.WaitFor(ctx, `document.querySelector("[role=status]") !== null`))
	shoot("consenso", browser.Size{Width: 900, Height: 900})
	shoot("consenso-stretto", browser.Size{Width: 320, Height: 700})
	s.must(page.Eval(ctx, `document.getElementById("pin").value = "`+vault.PIN+`"; document.getElementById("otp").value = "999999x"; true`, new(bool)))
	s.must(page.ClickAX(ctx, "button", "^Autorizza$"))
	s.must(page.WaitFor(ctx, `document.querySelector("[role=alert]")?.textContent === "Codice errato o scaduto."`))
	s.must(page.Eval(ctx, `document.getElementById("pin").focus(); true`, new(bool)))
	s.must(page.Eval(ctx, `document.getElementById("pin").value = "`+vault.PIN+`"; document.getElementById("otp").value = "`+s.otp()+`"; true`, new(bool)))
	s.must(page.ClickAX(ctx, "button", "^Autorizza$"))
	if back := came(); back.Get("code") == "" {
		s.Errorf("came back with %v", back)
	}
}

// TestPhoneIsLocal: no foreign name, and what tests read.
func TestPhoneIsLocal(t *testing.T) {
	s := start(t)
	code := s.otp()
	_, _, text := s.get("/otp/last?user=" + s.doctor.CF)
	var last map[string]string
	s.must(json.Unmarshal([]byte(text), &last))
	if last["otp"] != code || len(last["app"]) != 6 {
		t.Errorf("%v, sent %s", last, code)
	}
	for _, path := range []string{"/otp", "/otp/messaggi", "/otp/last"} {
		q := s.request(http.MethodGet, path, "", nil)
		q.Host = "telefono.example"
		if status, _, _ := s.do(q); status != http.StatusForbidden {
			t.Errorf("%s under a foreign name: %d", path, status)
		}
	}
}
