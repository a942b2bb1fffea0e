package oidc_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/region/oidc"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// connected is a login at a villain.
func connected(t *testing.T, change ...func(*villain)) (*place, *villain, *oidc.Tokens) {
	t.Helper()
	p := newPlace(t)
	v := newVillain(p)
	for _, c := range change {
		c(v)
	}
	client := p.client(v.config())
	f, a, err := v.login(client)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := client.Redeem(t.Context(), f, a)
	if err != nil {
		t.Fatal(err)
	}
	return p, v, tokens
}

// bearer is the access token that requests carry.
func bearer(t *testing.T, tokens *oidc.Tokens) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, "https://altrove.invalid/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := tokens.Authorise(r); err != nil {
		t.Fatal(err)
	}
	return r.Header.Get("Authorization")
}

func TestRenewal(t *testing.T) {
	for _, row := range []struct {
		name  string
		setup func(*villain)
		later func(*villain) // after the login
		want  wire.ErrorCode
		kept  bool // the access token is the one of the login
	}{
		{"all right", nil, nil, "", false},
		{"no refresh token", func(v *villain) {
			v.answer = func(string) map[string]any { return map[string]any{"refresh_token": ""} }
		}, nil, wire.ErrLoginNeeded, true},
		{"login ended", nil, func(v *villain) {
			v.token = func(w http.ResponseWriter, _ *http.Request) {
				reply(w, 400, map[string]string{"error": "invalid_grant"})
			}
		}, wire.ErrLoginNeeded, true},
		{"busy", nil, func(v *villain) {
			v.token = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }
		}, wire.ErrRegionBusy, true},
		{"maintenance", nil, func(v *villain) {
			v.token = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				_, _ = w.Write([]byte("<html>"))
			}
		}, wire.ErrMaintenance, true},
		{"down", nil, func(v *villain) {
			v.token = func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
		}, wire.ErrRegionDown, true},
		{"no ID token", nil, func(v *villain) {
			v.answer = func(string) map[string]any { return map[string]any{"id_token": nil} }
		}, "", false},
		{"nonce of the login", nil, func(v *villain) {
			v.claims = func(c map[string]any) { c["nonce"] = v.nonce }
		}, "", false},
		{"another nonce", nil, func(v *villain) { claim("nonce", strings.Repeat("n", 43))(v) }, wire.ErrIdentity, false},
		{"another person", nil, func(v *villain) { claim("sub", "altri")(v) }, wire.ErrIdentity, false},
		{"another issuer", nil, func(v *villain) { claim("iss", "https://altrove.invalid")(v) }, wire.ErrIdentity, false},
		{"unsigned", nil, func(v *villain) { v.sign = func([]byte) string { return "e30.e30." } }, wire.ErrIdentity, false},
		{"clock set in between", nil, func(v *villain) { claim("iat", in(-2*time.Hour))(v) }, "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, v, tokens := connected(t, func(v *villain) {
				if row.setup != nil {
					row.setup(v)
				}
			})
			if tokens.Renewable() != (row.name != "no refresh token") {
				t.Errorf("renewable: %t", tokens.Renewable())
			}
			before := bearer(t, tokens)
			if row.later != nil {
				row.later(v)
			}
			want(t, tokens.Refresh(t.Context()), row.want)
			switch {
			case row.want == wire.ErrIdentity:
				r, _ := http.NewRequest(http.MethodGet, v.server.URL, nil)
				want(t, tokens.Authorise(r), wire.ErrSessionNone)
				if tokens.Renewable() {
					t.Error("renewable after its end")
				}
			case (bearer(t, tokens) == before) != row.kept:
				t.Errorf("token kept: %t", !row.kept)
			}
		})
	}
}

// Each renewal spends the refresh token of the one before; a provider that
// gives no new one means the old.
func TestRotation(t *testing.T) {
	_, v, tokens := connected(t)
	for range 2 {
		want(t, tokens.Refresh(t.Context()), "")
	}
	if v.form(1).Get("refresh_token") == v.form(2).Get("refresh_token") {
		t.Error("a spent refresh token was used again")
	}
	v.answer = func(string) map[string]any { return map[string]any{"refresh_token": nil} }
	for range 2 {
		want(t, tokens.Refresh(t.Context()), "")
	}
	if v.form(3).Get("refresh_token") != v.form(4).Get("refresh_token") {
		t.Error("the refresh token was forgotten")
	}
}

// Many that want a renewal at once make one; who gives up does not cut it off.
func TestOneRenewal(t *testing.T) {
	_, v, tokens := connected(t)
	arrived, go_ := make(chan struct{}), make(chan struct{})
	v.token = func(w http.ResponseWriter, q *http.Request) {
		close(arrived) // a second one would panic
		<-go_
		v.serveToken(w, q)
	}
	before := bearer(t, tokens)
	impatient, cancel := context.WithCancel(t.Context())
	gaveUp := make(chan error)
	go func() { gaveUp <- tokens.Refresh(impatient) }()
	<-arrived
	cancel()
	want(t, <-gaveUp, wire.ErrCancelled)
	late, cancelLate := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancelLate()
	want(t, tokens.Refresh(late), wire.ErrRegionTime)
	var all sync.WaitGroup
	var waiting sync.WaitGroup
	for range 20 {
		waiting.Add(1)
		all.Go(func() {
			waiting.Done()
			if err := tokens.Refresh(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	waiting.Wait()
	time.Sleep(50 * time.Millisecond) // for the last of them to be inside
	close(go_)
	all.Wait()
	if bearer(t, tokens) == before {
		t.Error("not renewed")
	}
	if got := v.called("/token"); got != 2 {
		t.Errorf("%d token requests, want the login's and one", got)
	}
}

// The keys have changed and cannot be fetched: the login must not be lost for
// an ID token that says nothing new.
func TestRenewalWithoutKeys(t *testing.T) {
	p, v, tokens := connected(t)
	before := bearer(t, tokens)
	p.advance(61 * time.Minute)
	v.discovery = func(d map[string]any) { d["jwks_uri"] = "https://127.0.0.1:1/keys" }
	want(t, tokens.Refresh(t.Context()), "")
	if bearer(t, tokens) == before {
		t.Error("not renewed")
	}
}

func TestExpiresAt(t *testing.T) {
	p, _, tokens := connected(t)
	if life := tokens.ExpiresAt().Sub(p.now()); life < 4*time.Minute || life > 5*time.Minute {
		t.Errorf("life %s", life)
	}
	p.advance(4 * time.Minute)
	want(t, tokens.Refresh(t.Context()), "")
	if life := tokens.ExpiresAt().Sub(p.now()); life < 4*time.Minute || life > 5*time.Minute {
		t.Errorf("life after renewal %s", life)
	}
}

func TestManyAtOnce(t *testing.T) {
	p, v, tokens := connected(t, func(v *villain) {
		v.discovery = func(d map[string]any) { d["userinfo_endpoint"] = v.server.URL + "/userinfo" }
		v.userinfo = func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, map[string]string{"sub": "soggetto"}) }
	})
	line := p.line(nil, nil)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 10 {
				var err error
				switch i % 3 {
				case 0:
					err = tokens.Refresh(t.Context())
				case 1:
					_, err = tokens.Do(t.Context(), line, exchange.Request{Method: http.MethodGet, URL: v.server.URL + "/userinfo"})
				default:
					if tokens.Kept() == nil || tokens.ExpiresAt().IsZero() || tokens.Identity.CF != anagrafe.Doctors()[0].CF {
						t.Error("no tokens")
					}
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
