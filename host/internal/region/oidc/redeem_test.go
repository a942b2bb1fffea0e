package oidc_test

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"raccordo/host/internal/region/oidc"
	"raccordo/host/internal/wire"
)

func TestAuthorizationRequest(t *testing.T) {
	p := newPlace(t)
	v := newVillain(p)
	v.discovery = func(d map[string]any) { d["authorization_endpoint"] = v.server.URL + "/auth?realm=%2Fmedici" }
	cfg := v.config()
	cfg.Scopes, cfg.Resource = []string{"openid", "profile"}, "https://sar.invalid"
	cfg.Parameters = map[string]string{"acr_values": "https://www.spid.gov.it/SpidL2"}
	client := p.client(cfg)
	f := begin(t, client)
	u, err := url.Parse(f.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for name, value := range map[string]string{
		"realm": "/medici", "response_type": "code", "client_id": "raccordo", "redirect_uri": loopback, "scope": "openid profile", "state": f.State,
		"code_challenge_method": "S256", "resource": "https://sar.invalid", "acr_values": "https://www.spid.gov.it/SpidL2",
	} {
		if q.Get(name) != value || len(q[name]) != 1 {
			t.Errorf("%s = %q, want %q", name, q[name], value)
		}
	}
	if len(q.Get("nonce")) < 32 || len(f.State) < 32 || q.Get("nonce") == f.State {
		t.Errorf("nonce %q, state %q", q.Get("nonce"), f.State)
	}
	other, err := url.Parse(begin(t, client).URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"nonce", "state", "code_challenge"} {
		if q.Get(name) == other.Query().Get(name) {
			t.Errorf("two logins have the same %s", name)
		}
	}
	v.show(f)
	if _, err := client.Redeem(t.Context(), f, oidc.Answer{State: f.State, Code: "c", Iss: v.server.URL}); err != nil {
		t.Fatal(err)
	}
	form := v.form(0)
	if got := oauth2.S256ChallengeFromVerifier(form.Get("code_verifier")); got != q.Get("code_challenge") {
		t.Errorf("the verifier belongs to %q, not to %q", got, q.Get("code_challenge"))
	}
	if form.Get("redirect_uri") != loopback || form.Get("client_id") != "raccordo" || form.Get("resource") != "https://sar.invalid" || form.Has("client_secret") {
		t.Errorf("token request: %v", form)
	}
}

func TestParametersOfOurs(t *testing.T) {
	p := newPlace(t)
	cfg := newVillain(p).config()
	cfg.Parameters = map[string]string{"code_challenge_method": "plain"}
	_, err := p.client(cfg).Begin(t.Context(), loopback)
	want(t, err, wire.ErrRegionConfig)
}

func TestRedirectURI(t *testing.T) {
	extension := "https://" + strings.Repeat("a", 32) + ".chromiumapp.org/"
	for _, row := range []struct {
		uri             string
		any, onLoopback bool // allowed with redirect = extension, with loopback
	}{
		{loopback, true, true},
		{"http://[::1]:9/x", true, true},
		{extension, true, false},
		{"https://" + strings.Repeat("0", 40) + ".extensions.allizom.org/r", true, false},
		{"http://127.0.0.1/mozoauth2/" + strings.Repeat("0", 40), true, true},
		{"http://localhost:4711/", false, false},
		{"http://127.0.0.1.altrove.invalid/", false, false},
		{"http://127.0.0.1@altrove.invalid/", false, false},
		{"https://altrove.invalid/", false, false},
		{"https://chromiumapp.org/", false, false},
		{"https://x.chromiumapp.org:8443/", false, false},
		{"https://x.chromiumapp.org.altrove.invalid/", false, false},
		{extension + "#x", false, false},
		{extension + "#", false, false},
		{loopback + "?x=1", false, false},
		{loopback + "?", false, false},
		{"raccordo://ritorno", false, false},
		{"http:127.0.0.1", false, false},
		{"javascript:alert(1)", false, false},
		{"", false, false},
		{"://", false, false},
	} {
		t.Run(row.uri, func(t *testing.T) {
			p := newPlace(t)
			v := newVillain(p)
			for redirect, allowed := range map[string]bool{"": row.any, "extension": row.any, "loopback": row.onLoopback} {
				cfg := v.config()
				cfg.Redirect = redirect
				_, err := p.client(cfg).Begin(t.Context(), row.uri)
				if got := code(t, err); (got == "") != allowed || !allowed && got != wire.ErrRedirect {
					t.Errorf("redirect = %q: %v", redirect, err)
				}
			}
		})
	}
}

func TestAnswer(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*villain, *place, *oidc.Answer)
		want   wire.ErrorCode
	}{
		{"all right", func(*villain, *place, *oidc.Answer) {}, ""},
		{"state forged", func(_ *villain, _ *place, a *oidc.Answer) { a.State = rand.Text() + rand.Text() }, wire.ErrLoginState},
		{"state cut short", func(_ *villain, _ *place, a *oidc.Answer) { a.State = a.State[:20] }, wire.ErrLoginState},
		{"no state", func(_ *villain, _ *place, a *oidc.Answer) { a.State = "" }, wire.ErrLoginState},
		{"forged error", func(_ *villain, _ *place, a *oidc.Answer) { *a = oidc.Answer{Error: "access_denied"} }, wire.ErrLoginState},
		{"iss of another", func(_ *villain, _ *place, a *oidc.Answer) { a.Iss = "https://altrove.invalid" }, wire.ErrIdentity},
		{"iss with a slash more", func(_ *villain, _ *place, a *oidc.Answer) { a.Iss += "/" }, wire.ErrIdentity},
		{"no iss where announced", func(_ *villain, _ *place, a *oidc.Answer) { a.Iss = "" }, wire.ErrIdentity},
		{"no iss where not announced", func(v *villain, _ *place, a *oidc.Answer) { a.Iss = "" }, ""},
		{"error with another iss", func(_ *villain, _ *place, a *oidc.Answer) {
			a.Iss, a.Error = "https://altrove.invalid", "access_denied"
		}, wire.ErrIdentity},
		{"cancelled", func(_ *villain, _ *place, a *oidc.Answer) { a.Error = "access_denied" }, wire.ErrLoginCancel},
		{"busy", func(_ *villain, _ *place, a *oidc.Answer) { a.Error = "temporarily_unavailable" }, wire.ErrRegionBusy},
		{"broken", func(_ *villain, _ *place, a *oidc.Answer) { a.Error = "server_error" }, wire.ErrRegionBusy},
		{"refused", func(_ *villain, _ *place, a *oidc.Answer) { a.Error = "invalid_scope" }, wire.ErrLoginRefused},
		{"an error and a code", func(_ *villain, _ *place, a *oidc.Answer) { a.Error = "<b>" + a.Code }, wire.ErrLoginRefused},
		{"no code", func(_ *villain, _ *place, a *oidc.Answer) { a.Code = "" }, wire.ErrLoginRefused},
		{"just in time", func(_ *villain, p *place, _ *oidc.Answer) { p.advance(4*time.Minute + 50*time.Second) }, ""},
		{"too late", func(_ *villain, p *place, _ *oidc.Answer) { p.advance(5*time.Minute + time.Second) }, wire.ErrLoginTime},
		{"clock set back", func(_ *villain, p *place, _ *oidc.Answer) { p.advance(-6 * time.Minute) }, wire.ErrLoginTime},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := newPlace(t)
			v := newVillain(p)
			announced := row.name != "no iss where not announced"
			v.discovery = func(d map[string]any) { d["authorization_response_iss_parameter_supported"] = announced }
			client := p.client(v.config())
			f, a, err := v.login(client)
			if err != nil {
				t.Fatal(err)
			}
			secret := a.Code
			row.change(v, p, &a)
			_, err = client.Redeem(t.Context(), f, a)
			want(t, err, row.want)
			if err != nil {
				holds(t, "error", err.Error(), secret, f.State)
			}
			if asked := v.called("/token"); (asked == 1) != (row.want == "") {
				t.Errorf("%d token requests", asked)
			}
		})
	}
}

// A forged answer must not spoil the login; a right one is good once.
func TestReplay(t *testing.T) {
	p := newPlace(t)
	v := newVillain(p)
	client := p.client(v.config())
	f, a, err := v.login(client)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Redeem(t.Context(), f, oidc.Answer{State: rand.Text(), Code: "altrui", Iss: a.Iss})
	want(t, err, wire.ErrLoginState)
	if _, err := client.Redeem(t.Context(), f, a); err != nil {
		t.Fatal(err)
	}
	_, err = client.Redeem(t.Context(), f, a)
	want(t, err, wire.ErrLoginState)
	if asked := v.called("/token"); asked != 1 {
		t.Errorf("%d token requests", asked)
	}
}

func TestTokenEndpoint(t *testing.T) {
	fault := func(status int, code string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			reply(w, status, map[string]any{"error": code, "error_description": "Mario Rossi, RSSMRA80A01H501U"})
		}
	}
	text := func(status int, kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	with := func(name string, value any) func(string) map[string]any {
		return func(string) map[string]any { return map[string]any{name: value} }
	}
	for _, row := range []struct {
		name  string
		token http.HandlerFunc
		more  func(string) map[string]any
		want  wire.ErrorCode
	}{
		{"code spent", fault(400, "invalid_grant"), nil, wire.ErrLoginRefused},
		{"client unknown", fault(401, "invalid_client"), nil, wire.ErrRegionConfig},
		{"unknown error", fault(400, "Mario Rossi"), nil, wire.ErrLoginRefused},
		{"error with success", fault(200, "invalid_grant"), nil, wire.ErrLoginRefused},
		{"busy", fault(400, "temporarily_unavailable"), nil, wire.ErrRegionBusy},
		{"broken", fault(500, "server_error"), nil, wire.ErrRegionBusy},
		{"too many", fault(429, "x"), nil, wire.ErrRegionLimit},
		{"401 without a word", text(401, "text/plain", ""), nil, wire.ErrRegionFault},
		{"redirect", func(w http.ResponseWriter, q *http.Request) {
			http.Redirect(w, q, "/altrove", http.StatusTemporaryRedirect)
		}, nil, wire.ErrRegionAnswer},
		{"maintenance", text(200, "text/html", "<html>Manutenzione</html>"), nil, wire.ErrMaintenance},
		{"not JSON", text(200, "application/json", "{"), nil, wire.ErrRegionAnswer},
		{"a list", text(200, "application/json", "[]"), nil, wire.ErrRegionAnswer},
		{"nothing", text(200, "application/json", "{}"), nil, wire.ErrRegionAnswer},
		{"huge", text(200, "application/json", `{"x":"`+strings.Repeat("x", 1<<20)+`"}`), nil, wire.ErrRegionAnswer},
		{"huger", text(200, "application/json", strings.Repeat(" ", 3<<20)), nil, wire.ErrRegionAnswer},
		{"DPoP unasked", nil, with("token_type", "DPoP"), wire.ErrRegionAnswer},
		{"no token_type", nil, with("token_type", ""), wire.ErrRegionAnswer},
		{"mac", nil, with("token_type", "mac"), wire.ErrRegionAnswer},
		{"bearer in small letters", nil, with("token_type", "bearer"), ""},
		{"a line break in the token", nil, with("access_token", "a\r\nX-Admin: 1"), wire.ErrRegionAnswer},
		{"a token of 100 kB", nil, with("refresh_token", strings.Repeat("x", 100<<10)), wire.ErrRegionAnswer},
		{"expires_in in quotes", nil, with("expires_in", "300"), ""},
		{"expires_in absent", nil, with("expires_in", nil), ""},
		{"expires_in negative", nil, with("expires_in", -1), wire.ErrRegionAnswer},
		{"expires_in a word", nil, with("expires_in", "soon"), wire.ErrRegionAnswer},
		{"expires_in without end", nil, with("expires_in", 1e300), ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := newPlace(t)
			v := newVillain(p)
			v.token, v.answer = row.token, row.more
			if strings.HasPrefix(row.name, "bearer") || strings.HasPrefix(row.name, "expires_in") {
				claim("at_hash", nil)(v)
			}
			client := p.client(v.config())
			f, a, err := v.login(client)
			if err != nil {
				t.Fatal(err)
			}
			tokens, err := client.Redeem(t.Context(), f, a)
			want(t, err, row.want)
			if err != nil {
				holds(t, "error", err.Error(), "Mario", "RSSMRA80A01H501U")
			}
			if row.want == "" {
				if life := tokens.ExpiresAt().Sub(p.now()); life <= 0 || life > 24*time.Hour {
					t.Errorf("life %s", life)
				}
			}
		})
	}
}
