package oidc_test

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/region/oidc"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/idp"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/wire"
)

// simulated starts the simulated identity provider and a client of it.
func (p *place) simulated(change ...func(*oidc.Config)) (*idp.Provider, *oidc.Provider) {
	p.t.Helper()
	var cfg oidc.Config
	for _, c := range change {
		c(&cfg)
	}
	sim, err := idp.New(idp.Options{Tokens: cfg.Tokens, ServerCA: p.servers, CardCA: p.cards, Log: zerolog.Nop(), Now: p.now})
	if err != nil {
		p.t.Fatal(err)
	}
	if err := sim.Start(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = sim.Close() })
	cfg.Issuer, cfg.ClientID, cfg.Scopes, cfg.CNSEndpoint = sim.Issuer(), "raccordo", []string{"openid", "profile"}, sim.CNSEndpoint()
	return sim, p.client(cfg)
}

// enter fills in the page of a door.
func (p *place) enter(f *oidc.Flow, door, cf string) string {
	p.t.Helper()
	page := strings.Replace(f.URL, "/authorize?", "/authorize/"+door+"?", 1)
	answer, err := p.browser().PostForm(page, url.Values{"medico": {cf}})
	return back(p.t, answer, err)
}

func TestSimulatedLogin(t *testing.T) {
	doctor := anagrafe.Doctors()[1]
	for _, row := range []struct{ door, method, level string }{
		{"spid", "SPID L2", "LoA3"},
		{"cie", "CIE L3", "LoA4"},
	} {
		t.Run(row.door, func(t *testing.T) {
			p := newPlace(t)
			sim, client := p.simulated()
			f := begin(t, client)
			tokens, err := client.Redeem(t.Context(), f, parse(t, p.enter(f, row.door, doctor.CF)))
			if err != nil {
				t.Fatal(err)
			}
			who := tokens.Identity
			if who.CF != doctor.CF || who.Method != row.method || who.Level != row.level || who.Surname != doctor.Surname || who.AuthTime.IsZero() {
				t.Errorf("who: %+v", who)
			}
			line, userinfo := p.line(nil, nil), sim.Issuer()+"/userinfo"
			if got := authorised(t.Context(), t, line, tokens, userinfo); got != http.StatusOK {
				t.Fatalf("userinfo %d", got)
			}
			sim.ExpireTokens()
			if got := authorised(t.Context(), t, line, tokens, userinfo); got != http.StatusUnauthorized {
				t.Fatalf("userinfo with an expired token %d", got)
			}
			for range 3 { // each with the refresh token of the one before
				if err := tokens.Refresh(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if got := authorised(t.Context(), t, line, tokens, userinfo); got != http.StatusOK {
				t.Fatalf("userinfo after renewal %d", got)
			}
			if err := tokens.End(t.Context()); err != nil {
				t.Fatal(err)
			}
			if left := sim.RevokeAll(); left != 0 {
				t.Errorf("%d logins live on", left)
			}
			if tokens.Kept() != nil {
				t.Error("something is kept after the end")
			}
			r, _ := http.NewRequest(http.MethodGet, userinfo, nil)
			want(t, tokens.Authorise(r), wire.ErrSessionNone)
			want(t, tokens.Refresh(t.Context()), wire.ErrSessionNone)
		})
	}
}

func TestSimulatedWalk(t *testing.T) {
	p := newPlace(t)
	_, client := p.simulated()
	f := begin(t, client)
	answer, err := client.Walk(t.Context(), f, p.card(p.cards, 0))
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := client.Redeem(t.Context(), f, answer)
	if err != nil {
		t.Fatal(err)
	}
	if who := tokens.Identity; who.CF != anagrafe.Doctors()[0].CF || who.Method != "CNS" || who.Level != "LoA4" {
		t.Errorf("who: %+v", who)
	}
	if err := tokens.End(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Bound tokens are of no use to who has them and not the key or the card.
func TestSimulatedBoundTokens(t *testing.T) {
	for _, kind := range []string{oidc.DPoP, oidc.MTLS} {
		for name, walked := range map[string]bool{"page": false, "card": true} {
			t.Run(kind+"/"+name, func(t *testing.T) {
				p := newPlace(t)
				sim, client := p.simulated(func(c *oidc.Config) { c.Tokens = kind })
				f := begin(t, client)
				var a oidc.Answer
				var err error
				if walked {
					a, err = client.Walk(t.Context(), f, p.card(p.cards, 0))
				} else {
					err = client.UseCard(f, p.card(p.cards, 0))
					a = parse(t, p.enter(f, "spid", anagrafe.Doctors()[0].CF))
				}
				if err != nil {
					t.Fatal(err)
				}
				tokens, err := client.Redeem(t.Context(), f, a)
				if err != nil {
					t.Fatal(err)
				}
				want(t, tokens.Refresh(t.Context()), "")
				plain, userinfo := p.line(nil, nil), sim.Issuer()+"/userinfo"
				line := plain
				if kind == oidc.MTLS {
					line, userinfo = tokens.Line(), strings.TrimSuffix(sim.CNSEndpoint(), "/authorize/cns")+"/userinfo"
				}
				if got := authorised(t.Context(), t, line, tokens, userinfo); got != http.StatusOK {
					t.Errorf("userinfo %d", got)
				}
				answer, err := plain.Do(t.Context(), exchange.Request{Method: http.MethodGet, URL: userinfo, Authorise: thief(t, tokens, userinfo)})
				if err != nil || answer.Status != http.StatusUnauthorized {
					t.Errorf("a stolen token: %d %v", answer.Status, err)
				}
				want(t, tokens.End(t.Context()), "")
				if left := sim.RevokeAll(); left != 0 {
					t.Errorf("%d logins live on", left)
				}
			})
		}
	}
}

// Tokens that must be bound to a card cannot be had without one.
func TestNoCardForBoundTokens(t *testing.T) {
	p := newPlace(t)
	_, client := p.simulated(func(c *oidc.Config) { c.Tokens = oidc.MTLS })
	f := begin(t, client)
	_, err := client.Redeem(t.Context(), f, parse(t, p.enter(f, "spid", anagrafe.Doctors()[0].CF)))
	want(t, err, wire.ErrNoWay)
}

func TestSimulatedWalkRefused(t *testing.T) {
	p := newPlace(t)
	sim, client := p.simulated()
	_, err := client.Walk(t.Context(), begin(t, client), p.card(p.servers, 0))
	want(t, err, wire.ErrTLSRefused)
	sim.SetDown(true)
	_, err = client.Walk(t.Context(), begin(t, client), p.card(p.cards, 0))
	want(t, err, wire.ErrRegionDown)
}

// The region refuses the card's holder: nobody has cancelled anything.
func TestSimulatedWalkOfAStranger(t *testing.T) {
	p := newPlace(t)
	_, client := p.simulated()
	f := begin(t, client)
	card := p.card(p.cards, 0)
	der, err := p.cards.Issue(&x509.Certificate{
		Subject: testca.Subject("non una CNS"), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, rsaKey().Public())
	if err != nil {
		t.Fatal(err)
	}
	card.Certificate.Certificate = [][]byte{der}
	a, err := client.Walk(t.Context(), f, card)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Redeem(t.Context(), f, a)
	want(t, err, wire.ErrLoginRefused)
}

func TestSimulatedCancel(t *testing.T) {
	p := newPlace(t)
	_, client := p.simulated()
	f := begin(t, client)
	answer, err := p.browser().Get(strings.Replace(f.URL, "/authorize?", "/authorize/annulla?", 1))
	_, err = client.Redeem(t.Context(), f, parse(t, back(t, answer, err)))
	want(t, err, wire.ErrLoginCancel)
}

// After a restart nothing can be done with tokens but to end them.
func TestKept(t *testing.T) {
	p := newPlace(t)
	sim, client := p.simulated()
	f := begin(t, client)
	tokens, err := client.Redeem(t.Context(), f, parse(t, p.enter(f, "spid", anagrafe.Doctors()[0].CF)))
	if err != nil {
		t.Fatal(err)
	}
	again, err := oidc.Resume(client, tokens.Kept())
	if err != nil {
		t.Fatal(err)
	}
	r, _ := http.NewRequest(http.MethodGet, sim.Issuer()+"/userinfo", nil)
	want(t, again.Authorise(r), wire.ErrSessionNone)
	want(t, again.Refresh(t.Context()), wire.ErrSessionNone)
	sim.SetDown(true)
	want(t, again.End(t.Context()), wire.ErrRegionDown)
	if again.Kept() == nil {
		t.Fatal("forgotten before the provider knew")
	}
	sim.SetDown(false)
	if err := again.End(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := sim.RevokeAll(); left != 0 {
		t.Errorf("%d logins live on", left)
	}
	other := p.client(oidc.Config{Issuer: "https://altrove.invalid", ClientID: "raccordo"})
	for name, data := range map[string][]byte{"of another provider": tokens.Kept(), "no JSON": []byte("{"), "nothing": nil} {
		if _, err := oidc.Resume(other, data); code(t, err) != wire.ErrSessionNone {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNothingSecretIsPrinted(t *testing.T) {
	p := newPlace(t)
	_, client := p.simulated()
	f := begin(t, client)
	a := parse(t, p.enter(f, "spid", anagrafe.Doctors()[0].CF))
	tokens, err := client.Redeem(t.Context(), f, a)
	if err != nil {
		t.Fatal(err)
	}
	r, _ := http.NewRequest(http.MethodGet, "https://altrove.invalid/", nil)
	if err := tokens.Authorise(r); err != nil {
		t.Fatal(err)
	}
	access := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	secrets := []string{access, a.Code, f.State, anagrafe.Doctors()[0].CF}
	for _, form := range []string{"%v", "%+v", "%s", "%#v"} {
		holds(t, form, fmt.Sprintf(form+form+form+form, f, a, &a, tokens), secrets[:3]...)
	}
	_, again := client.Redeem(t.Context(), f, a)
	holds(t, "error", again.Error(), secrets...)
	if err := tokens.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := tokens.End(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(p.log.String(), "regional login ended") {
		t.Fatal("the log is not the one looked at")
	}
	holds(t, "log", p.log.String(), secrets...)
}
