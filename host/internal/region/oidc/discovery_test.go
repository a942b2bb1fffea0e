package oidc_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/region/oidc"
	"raccordo/host/internal/wire"
)

func TestDiscovery(t *testing.T) {
	set := func(name string, value any) func(map[string]any) {
		return func(d map[string]any) { d[name] = value }
	}
	for _, row := range []struct {
		name   string
		change func(map[string]any)
		want   wire.ErrorCode
	}{
		{"all right", func(map[string]any) {}, ""},
		{"another issuer", set("issuer", "https://altrove.invalid"), wire.ErrRegionConfig},
		{"issuer with a slash more", func(d map[string]any) { d["issuer"] = d["issuer"].(string) + "/" }, wire.ErrRegionConfig},
		{"http authorization", set("authorization_endpoint", "http://127.0.0.1/auth"), wire.ErrRegionAnswer},
		{"http token", set("token_endpoint", "http://127.0.0.1/token"), wire.ErrRegionAnswer},
		{"http keys", set("jwks_uri", "http://127.0.0.1/keys"), wire.ErrRegionAnswer},
		{"http revocation", set("revocation_endpoint", "http://127.0.0.1/revoke"), wire.ErrRegionAnswer},
		{"http logout", set("end_session_endpoint", "http://127.0.0.1/out"), wire.ErrRegionAnswer},
		{"http userinfo", set("userinfo_endpoint", "http://127.0.0.1/userinfo"), wire.ErrRegionAnswer},
		{"no token endpoint", set("token_endpoint", ""), wire.ErrRegionAnswer},
		{"password in an address", set("token_endpoint", "https://a:b@127.0.0.1/token"), wire.ErrRegionAnswer},
		{"fragment in an address", set("token_endpoint", "https://127.0.0.1/token#x"), wire.ErrRegionAnswer},
		{"script for an address", set("authorization_endpoint", "javascript:alert(1)"), wire.ErrRegionAnswer},
		{"number for an address", set("token_endpoint", 7), wire.ErrRegionAnswer},
		{"plain PKCE only", set("code_challenge_methods_supported", []string{"plain"}), wire.ErrRegionAnswer},
		{"silent about PKCE", func(d map[string]any) { delete(d, "code_challenge_methods_supported") }, ""},
		{"huge", set("x", strings.Repeat("x", 1<<20)), wire.ErrRegionAnswer},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := newPlace(t)
			v := newVillain(p)
			v.discovery = row.change
			_, err := p.client(v.config()).Begin(t.Context(), loopback)
			want(t, err, row.want)
		})
	}
}

func TestProfile(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*oidc.Config)
	}{
		{"http issuer", func(c *oidc.Config) { c.Issuer = strings.Replace(c.Issuer, "https", "http", 1) }},
		{"no issuer", func(c *oidc.Config) { c.Issuer = "" }},
		{"no client", func(c *oidc.Config) { c.ClientID = "" }},
		{"unknown tokens", func(c *oidc.Config) { c.Tokens = "cookie" }},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := newPlace(t)
			cfg := newVillain(p).config()
			row.change(&cfg)
			_, err := p.client(cfg).Begin(t.Context(), loopback)
			want(t, err, wire.ErrRegionConfig)
		})
	}
}

func TestDiscoveryIsKeptForAnHour(t *testing.T) {
	p := newPlace(t)
	v := newVillain(p)
	client := p.client(v.config())
	for _, row := range []struct {
		after time.Duration
		asked int
	}{{0, 1}, {59 * time.Minute, 1}, {2 * time.Minute, 2}, {-3 * time.Hour, 3}} {
		p.advance(row.after)
		begin(t, client)
		if got := v.called("/.well-known/openid-configuration"); got != row.asked {
			t.Errorf("after %s asked for %d times, want %d", row.after, got, row.asked)
		}
	}
}

// What failed on the way keeps its name.
func TestDiscoveryUnreachable(t *testing.T) {
	p := newPlace(t)
	v := newVillain(p)
	client := p.client(v.config())
	v.server.Close()
	_, err := client.Begin(t.Context(), loopback)
	want(t, err, wire.ErrRegionDown)

	p = newPlace(t)
	other := newVillain(newPlace(t))
	_, err = p.client(other.config()).Begin(t.Context(), loopback)
	want(t, err, wire.ErrTLSServer)

	v = newVillain(p)
	v.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>Manutenzione</title>"))
	})
	_, err = p.client(v.config()).Begin(t.Context(), loopback)
	want(t, err, wire.ErrMaintenance)
}
