package oidc_test

import (
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/region/oidc"
	"raccordo/host/internal/wire"
)

// proof is a DPoP proof as its receiver reads it (RFC 9449, section 4.3).
type proof struct {
	Jti, Htm, Htu, Ath, Nonce string
	Iat                       int64
	thumbprint                string
}

func readProof(t *testing.T, h http.Header) proof {
	t.Helper()
	if len(h.Values("DPoP")) != 1 {
		t.Fatalf("%d proofs", len(h.Values("DPoP")))
	}
	jws, err := jose.ParseSignedCompact(h.Get("DPoP"), []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	header := jws.Signatures[0].Protected
	if header.ExtraHeaders[jose.HeaderType] != "dpop+jwt" || header.JSONWebKey == nil || !header.JSONWebKey.IsPublic() {
		t.Fatalf("header %+v", header)
	}
	body, err := jws.Verify(header.JSONWebKey)
	if err != nil {
		t.Fatal(err)
	}
	var p proof
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatal(err)
	}
	sum, err := header.JSONWebKey.Thumbprint(crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	p.thumbprint = base64.RawURLEncoding.EncodeToString(sum)
	return p
}

// bound is a login at a villain that gives DPoP tokens.
func bound(t *testing.T, change ...func(*villain)) (*place, *villain, *oidc.Tokens, *oidc.Flow, error) {
	t.Helper()
	p := newPlace(t)
	v := newVillain(p)
	v.answer = func(string) map[string]any { return map[string]any{"token_type": "DPoP"} }
	for _, c := range change {
		c(v)
	}
	cfg := v.config()
	cfg.Tokens = oidc.DPoP
	client := p.client(cfg)
	f, a, err := v.login(client)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := client.Redeem(t.Context(), f, a)
	return p, v, tokens, f, err
}

func TestProof(t *testing.T) {
	var atToken http.Header
	_, v, tokens, f, err := bound(t, func(v *villain) {
		v.token = func(w http.ResponseWriter, q *http.Request) {
			atToken = q.Header.Clone()
			v.serveToken(w, q)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	first := readProof(t, atToken)
	if first.Htm != http.MethodPost || first.Htu != v.server.URL+"/token" || first.Ath != "" || first.Jti == "" || time.Since(time.Unix(first.Iat, 0)).Abs() > time.Minute {
		t.Errorf("proof at the token endpoint %+v", first)
	}
	if !strings.Contains(f.URL, "dpop_jkt="+first.thumbprint) {
		t.Error("the code is not bound to the key")
	}
	seen := map[string]bool{first.Jti: true}
	for _, row := range []struct{ method, address, htu string }{
		{"POST", "https://sar.invalid/sessione/v1", "https://sar.invalid/sessione/v1"},
		{"GET", "https://SAR.invalid:443/a%20b?x=1", "https://sar.invalid/a%20b"},
		{"DELETE", "https://sar.invalid:8443", "https://sar.invalid:8443/"},
	} {
		r, err := http.NewRequest(row.method, row.address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := tokens.Authorise(r); err != nil {
			t.Fatal(err)
		}
		got := readProof(t, r.Header)
		access, ok := strings.CutPrefix(r.Header.Get("Authorization"), "DPoP ")
		sum := sha256.Sum256([]byte(access))
		if !ok || got.Ath != base64.RawURLEncoding.EncodeToString(sum[:]) || got.Htm != row.method || got.Htu != row.htu || got.thumbprint != first.thumbprint || seen[got.Jti] || got.Nonce != "" {
			t.Errorf("%s %s: %+v", row.method, row.address, got)
		}
		seen[got.Jti] = true
	}
}

// Each login has a key of its own: two logins cannot be told to be one PC's.
func TestProofKeyIsOfOneLogin(t *testing.T) {
	_, _, _, one, err := bound(t)
	if err != nil {
		t.Fatal(err)
	}
	_, _, _, two, err := bound(t)
	if err != nil {
		t.Fatal(err)
	}
	_, a, _ := strings.Cut(one.URL, "dpop_jkt=")
	_, b, _ := strings.Cut(two.URL, "dpop_jkt=")
	if a[:43] == b[:43] {
		t.Error("the same key twice")
	}
}

// nonced wants its nonce in a proof before it looks at anything else.
func nonced(t *testing.T, refuse func(http.ResponseWriter), next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("DPoP-Nonce", "monouso")
		if readProof(t, q.Header).Nonce != "monouso" {
			refuse(w)
			return
		}
		next(w, q)
	}
}

func TestNonceAtTokenEndpoint(t *testing.T) {
	refuse := func(w http.ResponseWriter) { reply(w, 400, map[string]string{"error": "use_dpop_nonce"}) }
	_, v, tokens, _, err := bound(t, func(v *villain) { v.token = nonced(t, refuse, v.serveToken) })
	if err != nil {
		t.Fatal(err)
	}
	if got := v.called("/token"); got != 2 {
		t.Errorf("%d token requests", got)
	}
	want(t, tokens.Refresh(t.Context()), "")
	if got := v.called("/token"); got != 3 {
		t.Errorf("%d token requests: the nonce was forgotten", got)
	}

	_, v, _, _, err = bound(t, func(v *villain) {
		v.token = func(w http.ResponseWriter, _ *http.Request) { refuse(w) }
	})
	want(t, err, wire.ErrLoginRefused)
	if got := v.called("/token"); got != 2 {
		t.Errorf("%d token requests to a server that is never content", got)
	}
}

func TestNonceAtResource(t *testing.T) {
	p, v, tokens, _, err := bound(t)
	if err != nil {
		t.Fatal(err)
	}
	v.userinfo = nonced(t, func(w http.ResponseWriter) {
		w.Header().Set("WWW-Authenticate", `DPoP error="use_dpop_nonce", error_description="…"`)
		w.WriteHeader(http.StatusUnauthorized)
	}, func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, map[string]string{}) })
	line := p.line(nil, nil)
	for i, calls := range []int{2, 3} {
		if got := authorised(t.Context(), t, line, tokens, v.server.URL+"/userinfo"); got != http.StatusOK {
			t.Errorf("request %d: %d", i, got)
		}
		if got := v.called("/userinfo"); got != calls {
			t.Errorf("after request %d: %d calls, want %d", i, got, calls)
		}
	}
	// Another server's nonce is its own.
	r, _ := http.NewRequest(http.MethodGet, "https://altrove.invalid/", nil)
	if err := tokens.Authorise(r); err != nil {
		t.Fatal(err)
	}
	if got := readProof(t, r.Header).Nonce; got != "" {
		t.Errorf("nonce %q at another server", got)
	}
}

// A 401 that asks for no nonce is the token's, and is not repeated here.
func TestPlain401(t *testing.T) {
	p, v, tokens, _, err := bound(t)
	if err != nil {
		t.Fatal(err)
	}
	v.userinfo = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `DPoP error="invalid_token"`)
		w.WriteHeader(http.StatusUnauthorized)
	}
	answer, err := tokens.Do(t.Context(), p.line(nil, nil), exchange.Request{Method: http.MethodGet, URL: v.server.URL + "/userinfo"})
	if err != nil || answer.Status != http.StatusUnauthorized || v.called("/userinfo") != 1 {
		t.Errorf("%d %v, %d calls", answer.Status, err, v.called("/userinfo"))
	}
}

// A provider that gives bearer tokens where bound ones were asked for would
// let a thief use them.
func TestNoDowngrade(t *testing.T) {
	_, _, _, _, err := bound(t, func(v *villain) { v.answer = nil })
	want(t, err, wire.ErrRegionAnswer)
}

// A proof is refused for its time: whose clock is wrong is told apart.
func TestProofClock(t *testing.T) {
	for name, row := range map[string]struct {
		date string
		want wire.ErrorCode
	}{
		"our clock":     {time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat), wire.ErrClock},
		"not the clock": {time.Now().UTC().Format(http.TimeFormat), wire.ErrLoginRefused},
		"no date":       {"mai", wire.ErrLoginRefused},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, _, _, err := bound(t, func(v *villain) {
				v.token = func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Date", row.date)
					reply(w, 400, map[string]string{"error": "invalid_dpop_proof"})
				}
			})
			want(t, err, row.want)
		})
	}
}
