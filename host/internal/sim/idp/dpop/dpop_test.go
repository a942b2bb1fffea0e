package dpop_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"raccordo/host/internal/sim/idp/dpop"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const (
	address = "https://127.0.0.1:8448/token"
	token   = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU" // RFC 9449, section 7.1
)

func key(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// sign makes a proof; header may replace typ and jwk.
func sign(t testing.TB, algorithm jose.SignatureAlgorithm, k any, header map[jose.HeaderKey]any, claims map[string]any) string {
	t.Helper()
	o := (&jose.SignerOptions{EmbedJWK: true}).WithType("dpop+jwt")
	if _, replaced := header["jwk"]; replaced {
		o.EmbedJWK = false
	}
	for name, value := range header {
		o = o.WithHeader(name, value)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: k}, o)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(body)
	if err != nil {
		t.Fatal(err)
	}
	compact, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return compact
}

func thumbprint(t testing.TB, public any) string {
	t.Helper()
	print, err := (&jose.JSONWebKey{Key: public}).Thumbprint(crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(print)
}

// with is a right proof's claims with some changed; nil takes one away.
func with(changes map[string]any) map[string]any {
	c := map[string]any{"jti": rand.Text(), "htm": "POST", "htu": address, "iat": noon.Unix(), "ath": dpop.Hash(token)}
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

func TestVerify(t *testing.T) {
	own, other := key(t), key(t)
	weak, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	of := func(claims map[string]any) []string { return []string{sign(t, jose.ES256, own, nil, claims)} }
	right := of(with(nil))[0]
	for _, row := range []struct {
		name   string
		proofs []string
		wrong  string // "": right
	}{
		{"right", of(with(nil)), ""},
		{"RSA", []string{sign(t, jose.PS256, weak, nil, with(nil))}, ""},
		{"query and fragment", of(with(map[string]any{"htu": address + "?a=b#c"})), ""},
		{"letters of the host", of(with(map[string]any{"htu": "HTTPS://127.0.0.1:8448/token"})), ""},
		{"a minute old", of(with(map[string]any{"iat": noon.Add(-time.Minute).Unix()})), ""},
		{"none", nil, "exactly one"},
		{"two", []string{right, right}, "exactly one"},
		{"no JWT", []string{"abc"}, "not a JWT"},
		{"symmetric", []string{sign(t, jose.HS256, []byte(strings.Repeat("k", 32)), nil, with(nil))}, "not a JWT"},
		{"unsigned", []string{unsigned(t, own)}, "not a JWT"},
		{"another type", []string{sign(t, jose.ES256, own, map[jose.HeaderKey]any{jose.HeaderType: "JWT"}, with(nil))}, "typ"},
		{"no key", []string{sign(t, jose.ES256, own, map[jose.HeaderKey]any{"jwk": nil}, with(nil))}, "jwk"},
		{"private key", []string{sign(t, jose.ES256, own, map[jose.HeaderKey]any{"jwk": jose.JSONWebKey{Key: own}}, with(nil))}, "not a JWT"},
		{"another's key", []string{sign(t, jose.ES256, own, map[jose.HeaderKey]any{"jwk": jose.JSONWebKey{Key: other.Public()}}, with(nil))}, "signature"},
		{"changed", []string{tampered(right)}, "signature"},
		{"no jti", of(with(map[string]any{"jti": nil})), "jti"},
		{"another method", of(with(map[string]any{"htm": "GET"})), "htm"},
		{"no method", of(with(map[string]any{"htm": nil})), "htm"},
		{"another path", of(with(map[string]any{"htu": address + "/x"})), "htu"},
		{"another port", of(with(map[string]any{"htu": "https://127.0.0.1:8447/token"})), "htu"},
		{"another scheme", of(with(map[string]any{"htu": "http://127.0.0.1:8448/token"})), "htu"},
		{"path only", of(with(map[string]any{"htu": "/token"})), "htu"},
		{"no address", of(with(map[string]any{"htu": nil})), "htu"},
		{"old", of(with(map[string]any{"iat": noon.Add(-61 * time.Second).Unix()})), "iat"},
		{"early", of(with(map[string]any{"iat": noon.Add(61 * time.Second).Unix()})), "iat"},
		{"no time", of(with(map[string]any{"iat": nil})), "iat"},
		{"a word for a time", of(with(map[string]any{"iat": "ora"})), "unreadable"},
		{"another token", of(with(map[string]any{"ath": dpop.Hash("altro")})), "ath"},
		{"no token", of(with(map[string]any{"ath": nil})), "ath"},
	} {
		t.Run(row.name, func(t *testing.T) {
			v := dpop.New(func() time.Time { return noon })
			got, err := v.Verify(http.Header{"Dpop": row.proofs}, dpop.Want{Method: "POST", URL: address, Token: token})
			var why dpop.Error
			switch {
			case row.wrong == "" && (err != nil || row.name != "RSA" && got != thumbprint(t, own.Public())):
				t.Errorf("%q %v", got, err)
			case row.wrong != "" && (!errors.As(err, &why) || !strings.Contains(why.Error(), row.wrong) || got != ""):
				t.Errorf("%q %v, want %q", got, err, row.wrong)
			}
		})
	}
}

// TestKnownHash is the example of RFC 9449, section 7.1.
func TestKnownHash(t *testing.T) {
	if got := dpop.Hash(token); got != "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo" {
		t.Error(got)
	}
}

func TestOtherKey(t *testing.T) {
	own, other := key(t), key(t)
	v := dpop.New(func() time.Time { return noon })
	want := dpop.Want{Method: "POST", URL: address, Token: token, Thumbprint: thumbprint(t, own.Public())}
	if _, err := v.Verify(http.Header{"Dpop": {sign(t, jose.ES256, other, nil, with(nil))}}, want); err == nil {
		t.Error("another key was taken")
	}
	if _, err := v.Verify(http.Header{"Dpop": {sign(t, jose.ES256, own, nil, with(nil))}}, want); err != nil {
		t.Error(err)
	}
}

// TestReplay: a proof counts once, and is forgotten when it is too old to count.
func TestReplay(t *testing.T) {
	own, now := key(t), noon
	v := dpop.New(func() time.Time { return now })
	header := http.Header{"Dpop": {sign(t, jose.ES256, own, nil, with(map[string]any{"iat": noon.Add(time.Minute).Unix()}))}}
	want := dpop.Want{Method: "POST", URL: address}
	for i, right := range []bool{true, false} {
		if _, err := v.Verify(header, want); (err == nil) != right {
			t.Errorf("%d: %v", i, err)
		}
	}
	now = noon.Add(2 * time.Minute) // the last moment at which it is young enough
	if _, err := v.Verify(header, want); err == nil || !strings.Contains(err.Error(), "shown before") {
		t.Errorf("late replay: %v", err)
	}
}

func unsigned(t *testing.T, k *ecdsa.PrivateKey) string {
	t.Helper()
	parts := strings.Split(sign(t, jose.ES256, k, nil, with(nil)), ".")
	parts[0] = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"dpop+jwt"}`))
	return parts[0] + "." + parts[1] + "."
}

func tampered(proof string) string {
	parts := strings.Split(proof, ".")
	body, _ := base64.RawURLEncoding.DecodeString(parts[1])
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(body), `"POST"`, `"POSR"`, 1)))
	return strings.Join(parts, ".")
}

func FuzzVerify(f *testing.F) {
	f.Add(sign(f, jose.ES256, key(f), nil, with(nil)))
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, proof string) {
		v := dpop.New(func() time.Time { return noon })
		// Whoever finds a right proof knows no key: the seed's jwk is its own.
		if print, err := v.Verify(http.Header{"Dpop": {proof}}, dpop.Want{Method: "GET", URL: address}); err == nil {
			t.Errorf("a proof for POST was taken for GET: %s", print)
		}
	})
}
