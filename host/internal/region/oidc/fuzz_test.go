package oidc

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"raccordo/host/internal/region/exchange"
)

func FuzzParseAnswer(f *testing.F) {
	const redirect = "http://127.0.0.1:4711/ritorno"
	for _, seed := range []string{
		redirect + "?code=c&state=s&iss=https%3A%2F%2Fidp.invalid", redirect + "?error=access_denied&state=s", redirect,
		redirect + "?code=c&code=d", "http://127.0.0.1:4711@altrove.invalid/ritorno?code=c", "//127.0.0.1:4711/ritorno", redirect + "?%zz", "\x00",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		a, err := ParseAnswer(redirect, address)
		if err != nil {
			var e *exchange.Error
			if !errors.As(err, &e) || a != (Answer{}) {
				t.Fatalf("%v %#v", err, a)
			}
			return
		}
		// What is taken must look the same to whoever else reads it.
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" || u.Host != "127.0.0.1:4711" || u.Path != "/ritorno" || u.User != nil {
			t.Fatalf("%q was taken for the redirect URI", address)
		}
		again, err := ParseAnswer(redirect, redirect+"?"+url.Values{"state": {a.State}, "code": {a.Code}, "iss": {a.Iss}, "error": {a.Error}}.Encode())
		if err == nil && again != a {
			t.Fatal("read differently the second time")
		}
	})
}

func FuzzParseGrant(f *testing.F) {
	for _, seed := range []string{
		`{"access_token":"a","token_type":"Bearer","expires_in":300,"refresh_token":"r","id_token":"a.b.c"}`,
		`{"access_token":"a","token_type":"DPoP","expires_in":"300"}`, `{"error":"invalid_grant"}`, `{"access_token":"a\nb"}`, `[]`, `null`, `{"expires_in":1e999}`, ``,
	} {
		f.Add(http.StatusOK, []byte(seed))
		f.Add(http.StatusBadRequest, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		g, err := parseGrant(status, body)
		if err != nil {
			if g != (grant{}) {
				t.Fatal("a grant with an error")
			}
			return
		}
		if status != http.StatusOK || g.access == "" || g.life <= 0 || g.life > maxLife {
			t.Fatalf("%d, life %s", status, g.life)
		}
		for _, token := range []string{g.access, g.refresh, g.id} {
			if strings.ContainsAny(token, " \r\n\t\x00") {
				t.Fatal("a token of several words")
			}
		}
	})
}

func FuzzIDToken(f *testing.F) {
	for _, seed := range []string{"a.b.c", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJSUzI1NiJ9.e30.AAAA", "...", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := (trusted{}).VerifySignature(t.Context(), token); err == nil {
			t.Fatal("verified without a key")
		}
	})
}
