package idp_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/idp"
	"raccordo/host/internal/sim/region/faults"
)

// faulty is a provider with a plan of faults.
func faulty(t *testing.T) (*stage, *faults.Plan) {
	t.Helper()
	plan := faults.NewPlan()
	return start(t, func(o *idp.Options) { o.Faults = plan }), plan
}

func TestFaultsOfServices(t *testing.T) {
	s, plan := faulty(t)
	p := s.party(t)
	for _, row := range []struct {
		name   string
		fault  faults.Fault
		target string
		status int
		text   string
	}{
		{"the page in maintenance", faults.Fault{Kind: faults.Maintenance, Service: idp.ServiceAuthorize, Status: 200}, s.url("/authorize", p.query()), 200, "Servizio in manutenzione"},
		{"the door in maintenance", faults.Fault{Kind: faults.Maintenance, Service: faults.Login}, s.url("/authorize/spid", p.query()), 503, "Servizio in manutenzione"},
		{"no metadata", faults.Fault{Kind: faults.Unavailable, Service: idp.ServiceDiscovery}, s.Issuer() + "/.well-known/openid-configuration", 503, "Unavailable"},
		{"no keys", faults.Fault{Kind: faults.Broken, Service: faults.Provider}, s.Issuer() + "/jwks", 500, "Internal"},
		{"no profile", faults.Fault{Kind: faults.Broken}, s.Issuer() + "/userinfo", 500, "Internal"},
		{"no logout", faults.Fault{Kind: faults.Broken, Service: idp.ServiceLogout}, s.url("/logout", ""), 500, "Internal"},
	} {
		t.Run(row.name, func(t *testing.T) {
			plan.Inject(faults.Fault{Kind: faults.Broken, Service: faults.SAR, Times: 1}) // not ours
			row.fault.Times = 1
			plan.Inject(row.fault)
			if status, body := p.get(row.target); status != row.status || !strings.Contains(body, row.text) {
				t.Errorf("%d %s", status, body)
			}
			if status, _ := p.get(row.target); status == row.status && row.status != 200 {
				t.Errorf("again: %d", status)
			}
			plan.Clear()
		})
	}
}

// TestFaultsOfTokens: a code is spent or not, as the fault says.
func TestFaultsOfTokens(t *testing.T) {
	for _, row := range []struct {
		kind  faults.Kind
		spent bool
	}{{faults.Unavailable, false}, {faults.LostRequest, false}, {faults.LostAnswer, true}, {faults.CutAnswer, true}, {faults.Maintenance, false}} {
		t.Run(string(row.kind), func(t *testing.T) {
			s, plan := faulty(t)
			p := s.party(t)
			code := p.login("spid", s.doctor(0)).Get("code")
			plan.Inject(faults.Fault{Kind: row.kind, Service: idp.ServiceToken, Times: 1})
			if _, err := p.exchange(code); err == nil {
				t.Fatal("tokens came")
			}
			_, err := p.exchange(code)
			var refused *oauth2.RetrieveError
			if row.spent != (errors.As(err, &refused) && refused.ErrorCode == "invalid_grant") || !row.spent && err != nil {
				t.Errorf("second try: %v", err)
			}
		})
	}
}

func TestFaultsOfHandshakes(t *testing.T) {
	s, plan := faulty(t)
	p := s.party(t)
	card := s.card(t, s.cards, s.doctor(0)+"/1.x")
	for _, row := range []struct {
		kind faults.Kind
		want string
	}{
		{faults.HandshakeAlert, "handshake failure"}, {faults.CertificateRefused, "bad certificate"},
		{faults.WrongHost, "SANs"}, {faults.ExpiredCertificate, "expired"}, {faults.UnknownAuthority, "unknown authority"},
	} {
		t.Run(string(row.kind), func(t *testing.T) {
			plan.Inject(faults.Fault{Kind: row.kind, Service: faults.Login, Times: 1})
			plan.Inject(faults.Fault{Kind: row.kind, Service: faults.LoginCard, Times: 1})
			if answer, err := p.agent.Get(s.Issuer() + "/jwks"); err == nil {
				answer.Body.Close()
				t.Errorf("pages: %d", answer.StatusCode)
			} else if !strings.Contains(err.Error(), row.want) {
				t.Errorf("pages: %v", err)
			}
			if answer, err := p.walk(card); err == nil {
				answer.Body.Close()
				t.Errorf("card: %d", answer.StatusCode)
			} else if !strings.Contains(err.Error(), row.want) {
				t.Errorf("card: %v", err)
			}
			if back := p.returned(p.walk(card)); !back.Has("code") || len(plan.List()) != 0 {
				t.Errorf("afterwards: %v, left %v", back, plan.List())
			}
		})
	}
}

// TestClockSkew: an ID token from the future is one that a client may refuse.
func TestClockSkew(t *testing.T) {
	s, plan := faulty(t)
	p := s.party(t)
	code := p.login("cie", s.doctor(0)).Get("code")
	plan.Inject(faults.Fault{Kind: faults.ClockSkew, Service: idp.ServiceToken, Times: 1, Skew: -time.Hour})
	token, err := p.exchange(code)
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := token.Extra("id_token").(string)
	_, err = p.provider.Verifier(&oidc.Config{ClientID: "raccordo", Now: s.now}).Verify(p.ctx, raw)
	var expired *oidc.TokenExpiredError
	if !errors.As(err, &expired) {
		t.Errorf("got %v", err)
	}
	if _, err := s.Introspect(token.AccessToken); err != nil {
		t.Errorf("the token itself: %v", err)
	}
}

// TestClerk: who works for a doctor logs in like anybody, and is turned away by
// the region.
func TestClerk(t *testing.T) {
	s := start(t)
	r := s.cloud(t)
	p := s.party(t)
	clerk := anagrafe.Clerks()[0]
	if _, page := p.get(s.url("/authorize/spid", p.query())); !strings.Contains(page, "Anna Neri (segreteria)") {
		t.Errorf("not offered: %s", page)
	}
	token := p.tokens("spid", clerk.CF)
	if _, claims := p.claims(token); claims["fiscal_number"] != "TINIT-"+clerk.CF || claims["given_name"] != "ANNA" {
		t.Errorf("%v", claims)
	}
	if status, got := p.call(http.MethodPost, r.CloudURL()+"/sessione/v1", token); status != http.StatusForbidden || got["codice"] != "ruolo-non-abilitato" {
		t.Errorf("%d %v", status, got)
	}
}

func TestStats(t *testing.T) {
	s := start(t)
	p := s.party(t)
	p.tokens("spid", s.doctor(0))
	p.tokens("cie", s.doctor(1))
	if got := s.Stats(); got.Logins != 2 || got.Requests[idp.ServiceToken] != 2 || got.Requests[idp.ServiceAuthorize] != 2 || got.Requests[idp.ServiceDiscovery] != 1 {
		t.Errorf("%+v", got)
	}
	s.RevokeAll()
	p.post("/revoke", url.Values{"client_id": {"raccordo"}, "token": {"x"}})
	if got := s.Stats(); got.Logins != 0 || got.Requests[idp.ServiceLogout] != 1 {
		t.Errorf("%+v", got)
	}
}
