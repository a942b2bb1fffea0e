package oidc_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/region/oidc"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/op"
	"raccordo/host/internal/wire"
)

// peer starts oidc-provider and a client of it.
func (p *place) peer(o op.Options, change ...func(*oidc.Config)) (*op.Provider, *oidc.Provider) {
	p.t.Helper()
	o.ServerCA, o.Log = p.servers, p.t.Output()
	peer, err := op.Start(context.Background(), p.t.TempDir(), o)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		if err := peer.Close(); err != nil {
			p.t.Errorf("oidc-provider: %v", err)
		}
	})
	cfg := oidc.Config{Issuer: peer.Issuer(), ClientID: "raccordo", Scopes: []string{"openid", "profile"}, Tokens: o.Tokens, Resource: o.Resource}
	for _, c := range change {
		c(&cfg)
	}
	return peer, p.client(cfg)
}

var formAction = regexp.MustCompile(`action="([^"]+)"`)

// typeIn goes through the provider's own pages: who it is, then consent.
func (p *place) typeIn(f *oidc.Flow, cf string) string {
	p.t.Helper()
	browser := p.browser()
	answer, err := browser.Get(f.URL)
	for _, form := range []url.Values{{"prompt": {"login"}, "login": {cf}, "password": {"qualsiasi"}}, {"prompt": {"consent"}}} {
		if err != nil {
			p.t.Fatal(err)
		}
		body, err2 := io.ReadAll(answer.Body)
		answer.Body.Close()
		found := formAction.FindSubmatch(body)
		if err2 != nil || found == nil {
			p.t.Fatalf("no form on the page: %d %v %s", answer.StatusCode, err2, body)
		}
		answer, err = browser.PostForm(html.UnescapeString(string(found[1])), form)
	}
	return back(p.t, answer, err)
}

// The whole life of a login at a provider that nobody here wrote.
func TestPeerLife(t *testing.T) {
	doctor := anagrafe.Doctors()[1]
	for _, row := range []struct {
		name    string
		options op.Options
	}{
		{"bearer", op.Options{Tokens: oidc.Bearer}},
		{"bearer, claims in the ID token", op.Options{Tokens: oidc.Bearer, ClaimsInIDToken: true}},
		{"dpop", op.Options{Tokens: oidc.DPoP}},
		{"dpop with nonces", op.Options{Tokens: oidc.DPoP, Nonces: true}},
		{"mtls", op.Options{Tokens: oidc.MTLS}},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := newPlace(t)
			peer, client := p.peer(row.options)
			f := begin(t, client)
			if err := client.UseCard(f, p.card(p.cards, 0)); err != nil {
				t.Fatal(err)
			}
			tokens, err := client.Redeem(t.Context(), f, parse(t, p.typeIn(f, doctor.CF)))
			if err != nil {
				t.Fatal(err)
			}
			if who := tokens.Identity; who.CF != doctor.CF || who.Surname != "DOTTORE" || who.Name != "PROVA" {
				t.Errorf("who: %+v", who)
			}
			plain, userinfo := p.line(nil, nil), peer.Issuer()+"/me"
			line := plain
			if tokens.Line() != nil {
				line = tokens.Line()
			}
			if got := authorised(t.Context(), t, line, tokens, userinfo); got != http.StatusOK {
				t.Fatalf("userinfo %d", got)
			}
			for range 2 {
				if err := tokens.Refresh(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if got := authorised(t.Context(), t, line, tokens, userinfo); got != http.StatusOK {
				t.Fatalf("userinfo after renewal %d", got)
			}
			stolen := thief(t, tokens, userinfo)
			// oidc-provider calls a bound token without its proof a bad request.
			if answer, err := plain.Do(t.Context(), exchange.Request{Method: http.MethodGet, URL: userinfo, Authorise: stolen}); err != nil || (answer.Status == http.StatusOK) != (row.options.Tokens == oidc.Bearer) {
				t.Errorf("a stolen token: %d %v", answer.Status, err)
			}
			if err := tokens.End(t.Context()); err != nil {
				t.Fatal(err)
			}
			if answer, err := line.Do(t.Context(), exchange.Request{Method: http.MethodGet, URL: userinfo, Authorise: stolen}); err != nil || answer.Status < 400 {
				t.Errorf("the access token after the end: %d %v", answer.Status, err)
			}
		})
	}
}

// thief has the access token and nothing else.
func thief(t *testing.T, tokens *oidc.Tokens, address string) func(*http.Request) error {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := tokens.Authorise(r); err != nil {
		t.Fatal(err)
	}
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return func(q *http.Request) error {
		q.Header.Set("Authorization", "Bearer "+token)
		return nil
	}
}

// Tokens that were kept over a restart are dead at the provider after End.
func TestPeerKept(t *testing.T) {
	p := newPlace(t)
	_, client := p.peer(op.Options{Tokens: oidc.DPoP})
	f := begin(t, client)
	tokens, err := client.Redeem(t.Context(), f, parse(t, p.typeIn(f, anagrafe.Doctors()[0].CF)))
	if err != nil {
		t.Fatal(err)
	}
	again, err := oidc.Resume(client, tokens.Kept())
	if err != nil {
		t.Fatal(err)
	}
	if err := again.End(t.Context()); err != nil {
		t.Fatal(err)
	}
	want(t, tokens.Refresh(t.Context()), wire.ErrLoginNeeded)
}

// The access token for a resource says whose key it is bound to.
func TestPeerResource(t *testing.T) {
	const resource = "https://sar.invalid"
	p := newPlace(t)
	_, client := p.peer(op.Options{Tokens: oidc.DPoP, Resource: resource, ClaimsInIDToken: true})
	f := begin(t, client)
	tokens, err := client.Redeem(t.Context(), f, parse(t, p.typeIn(f, anagrafe.Doctors()[0].CF)))
	if err != nil {
		t.Fatal(err)
	}
	page, err := url.Parse(f.URL)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second one from a renewal
		r, _ := http.NewRequest(http.MethodGet, resource, nil)
		if err := tokens.Authorise(r); err != nil {
			t.Fatal(err)
		}
		var claims struct {
			Aud string
			Cnf struct{ Jkt string }
		}
		decode(t, strings.Split(r.Header.Get("Authorization"), ".")[1], &claims)
		if claims.Aud != resource || claims.Cnf.Jkt == "" || claims.Cnf.Jkt != page.Query().Get("dpop_jkt") {
			t.Errorf("%+v, want jkt %s", claims, page.Query().Get("dpop_jkt"))
		}
		if err := tokens.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	// A JWT cannot be revoked there, and it says so: that is no failure.
	if err := tokens.End(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestPeerRefuses(t *testing.T) {
	p := newPlace(t)
	_, client := p.peer(op.Options{Tokens: oidc.Bearer})
	f := begin(t, client)
	a := parse(t, p.typeIn(f, anagrafe.Doctors()[0].CF))
	stolen := begin(t, client) // another login, with a verifier of its own
	_, err := client.Redeem(t.Context(), stolen, oidc.Answer{State: stolen.State, Code: a.Code, Iss: a.Iss})
	want(t, err, wire.ErrLoginRefused)
	holds(t, "error", err.Error(), a.Code)

	f = begin(t, client)
	answer, err := p.browser().Get(f.URL)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	browser := p.browser()
	page, err := browser.Get(f.URL)
	if err != nil {
		t.Fatal(err)
	}
	page.Body.Close()
	aborted, err := browser.Get(page.Request.URL.String() + "/abort")
	_, err = client.Redeem(t.Context(), f, parse(t, back(t, aborted, err)))
	want(t, err, wire.ErrLoginCancel)
}

func decode(t *testing.T, part string, into any) {
	t.Helper()
	body, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatal(err)
	}
}
