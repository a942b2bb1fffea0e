package control_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/browser"
	"raccordo/host/internal/sim/control"
	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/sim/signing"
	"raccordo/host/internal/sim/signing/vault"
	"raccordo/host/internal/sim/testca"
)

var oneKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// withSigning is a stand whose panel has a trust service provider too.
func withSigning(t *testing.T) (*stand, *signing.Provider) {
	t.Helper()
	s := start(t)
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	ca, err := testca.New("firma")
	must(err)
	key, err := oneKey()
	must(err)
	p, err := signing.New(signing.Options{ServerCA: ca, CA: ca, RSA: key, Faults: s.region.Plan(), Log: zerolog.Nop()})
	must(err)
	must(p.Start(t.Context()))
	panel, err := control.Start(t.Context(), "", control.Options{Region: s.region, Login: s.login, Signing: p})
	must(err)
	s.url = panel.URL()
	t.Cleanup(func() {
		must(panel.Close())
		must(p.Close())
	})
	return s, p
}

func (s *stand) signingState() (got control.SigningState) {
	s.t.Helper()
	_, _, body := s.call(http.MethodGet, "/v1/firma", "")
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		s.t.Fatal(err)
	}
	return got
}

// TestSigning: settings, orders, credentials and actions, by programs.
func TestSigning(t *testing.T) {
	s, p := withSigning(t)
	doctor := anagrafe.Doctors()[0].CF
	for _, row := range []struct {
		path, body string
		want       int
	}{
		{"impostazioni", `{"sad_secondi":1,"scal":"1","ecdsa_grezza":true}`, 200}, {"impostazioni", `{"sad_secondi":0}`, 422}, {"impostazioni", `{"altro":1}`, 400},
		{"impostazioni", `{"marca_politica":"1.2\nx=y"}`, 422}, {"ordini", `{"cosa":"altro-firmatario","volte":3}`, 201}, {"ordini", `{"cosa":"altro"}`, 422},
		{"ordini", `{"cosa":"rifiuto","stato":200}`, 422}, {"ordini", `{"cosa":"rifiuto","volte":-1}`, 422},
		{"credenziali", `{"medico":"` + doctor + `","tipo":"rsa","certificato":"revoked"}`, 200}, {"credenziali", `{"medico":"x","tipo":"rsa","certificato":"valid"}`, 422},
		{"credenziali", `{"medico":"` + doctor + `","tipo":"rsa","certificato":"perso"}`, 422}, {"azioni", `{"azione":"altra"}`, 422}, {"azioni", `{"azione":"scadenza-sad"}`, 200},
	} {
		if status, body := s.json("/v1/firma/"+row.path, row.body); status != row.want {
			t.Errorf("%s %s: %d %s", row.path, row.body, status, body)
		}
	}
	got := s.signingState()
	if got.Settings.SADSeconds != 1 || got.Settings.SCAL != "1" || !got.Settings.RawECDSA || got.Settings.Multisign != vault.Usual().Multisign || len(got.Orders) != 1 || got.Orders[0].Times != 3 || got.Revoked != 1 {
		t.Errorf("%+v", got)
	}
	pin, wrong := vault.PIN, "0"
	for range vault.MaxWrongOTP {
		p.Vault.Check(doctor, &pin, &wrong)
	}
	if got := s.signingState(); len(got.Locked) != 1 || got.Locked[0] != doctor {
		t.Errorf("%v", got.Locked)
	}
	s.json("/v1/firma/azioni", `{"azione":"sblocca"}`)
	s.json("/v1/firma/azioni", `{"azione":"spegni"}`)
	if p.Vault.Locked(doctor) || !p.Down() {
		t.Error("locked, or on")
	}
	if status, _ := s.json("/v1/guasti", `{"guasto":"errore-503","servizio":"firma-marca","volte":1}`); status != http.StatusCreated {
		t.Errorf("fault: %d", status)
	}
	if list := s.region.Plan().List(); len(list) != 1 || list[0].Service != signing.TSA || list[0].Kind != faults.Unavailable {
		t.Errorf("%v", list)
	}
	if status, _, _ := s.call(http.MethodDelete, "/v1/firma", ""); status != http.StatusNoContent {
		t.Errorf("delete: %d", status)
	}
	if got := s.signingState(); got.Settings != vault.Usual() || len(got.Orders) != 0 || p.Down() {
		t.Errorf("%+v", got)
	}
}

// TestSigningForms: the page works without any script.
func TestSigningForms(t *testing.T) {
	s, p := withSigning(t)
	status, header, body := s.form("/firma/ordini", "cosa=rifiuto&volte=2&operazione=signatures%2FsignHash&stato=503&errore=temporarily_unavailable&spiegazione=poi")
	if status != http.StatusSeeOther || header.Get("Location") != "/firma" {
		t.Errorf("%d %s", status, body)
	}
	want := vault.Order{Kind: vault.Refuse, Operation: "signatures/signHash", Status: 503, Error: "temporarily_unavailable", Description: "poi", Times: 2}
	if got := p.Vault.Ordered(); len(got) != 1 || got[0] != want {
		t.Errorf("%+v", got)
	}
	_, _, page := s.call(http.MethodGet, "/firma", "")
	has(t, page, "Rifiuto · signatures/signHash · temporarily_unavailable · poi · stato 503 · ancora 2", p.URL()+"/otp", "Firma di un&#39;altra persona", `aria-current="page">Firma`)
	form := page[strings.Index(page, `action="/firma/impostazioni"`):]
	for _, field := range []string{"sad_secondi", "scal", "otp", "ecdsa_grezza", "firme_per_consenso", "ritardo_sms_ms"} {
		has(t, form, `name="`+field+`"`)
	}
	if status, _, body := s.form("/firma/impostazioni", "sad_secondi=5&scal=1&otp=offline&ecdsa_grezza=1&solo_oauth=0"); status != http.StatusSeeOther {
		t.Errorf("%d %s", status, body)
	}
	if got := p.Vault.Settings(); got.SADSeconds != 5 || got.SCAL != "1" || got.OTPType != vault.OTPOffline || !got.RawECDSA || got.OAuthOnly {
		t.Errorf("%+v", got)
	}
	doctor := anagrafe.Doctors()[0].CF
	s.form("/firma/credenziali", "medico="+doctor+"&tipo=p256&disabilitata=1&certificato=suspended")
	if c, _ := p.Vault.Credential(doctor, vault.ID(vault.KindEC, doctor)); !c.Disabled || c.Status != vault.Suspended {
		t.Errorf("%+v", c)
	}
	s.form("/firma/azioni", "azione=azzera")
	if c, _ := p.Vault.Credential(doctor, vault.ID(vault.KindEC, doctor)); !c.Usable() || p.Vault.Settings() != vault.Usual() {
		t.Errorf("%+v", c)
	}
	s.json("/v1/firma/ordini", `{"cosa":"firma-guasta"}`)
	if s.call(http.MethodDelete, "/v1/guasti", ""); len(p.Vault.Ordered()) != 0 {
		t.Error("everything is cleared but the orders of the signatures")
	}
}

// TestSigningPage shows the part to a person.
func TestSigningPage(t *testing.T) {
	s, p := withSigning(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	b, err := browser.Start(ctx, browser.Options{Headless: true, UserDataDir: filepath.Join(t.TempDir(), "profilo")})
	must(err)
	defer func() { _ = b.Close() }()
	page, err := b.Open(ctx, s.url+"firma")
	must(err)
	must(page.ClickAX(ctx, "button", "^Comanda$"))
	must(page.WaitFor(ctx, `document.body.textContent.includes("Rifiuto · ancora 1")`))
	for name, size := range map[string]browser.Size{"firma": {Width: 1280, Height: 1500}, "firma-stretta": {Width: 320, Height: 900}} {
		must(page.Resize(ctx, size))
		var wide bool
		must(page.Eval(ctx, "document.documentElement.scrollWidth > innerWidth", &wide))
		if wide {
			t.Errorf("%s scrolls sideways", name)
		}
		if *shots != "" {
			must(page.Screenshot(ctx, filepath.Join(*shots, name+".png")))
		}
	}
	must(page.ClickAX(ctx, "button", "^Azzera tutto$"))
	must(page.WaitFor(ctx, `document.body.textContent.includes("Nessuna risposta comandata.")`))
	if len(p.Vault.Ordered()) != 0 {
		t.Error("still ordered")
	}
	if problems := page.Problems(); len(problems) > 0 {
		t.Errorf("the page complains: %q", problems)
	}
}
