package oidc_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// claim sets one claim of the ID token, or takes it away with nil.
func claim(name string, value any) func(*villain) {
	return func(v *villain) {
		v.claims = func(c map[string]any) {
			c[name] = value
			if value == nil {
				delete(c, name)
			}
		}
	}
}

func in(d time.Duration) int64 { return time.Now().Add(d).Unix() }

func TestIDToken(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*villain)
		want   wire.ErrorCode
	}{
		{"all right", func(*villain) {}, ""},
		{"ES256", func(v *villain) {
			v.sign = func(b []byte) string { return v.signed(jose.ES256, jose.JSONWebKey{Key: v.ec, KeyID: "e"}, b) }
		}, ""},
		{"PS256", func(v *villain) {
			v.sign = func(b []byte) string { return v.signed(jose.PS256, jose.JSONWebKey{Key: v.rsa, KeyID: "r"}, b) }
		}, ""},
		{"no kid", func(v *villain) { v.sign = func(b []byte) string { return v.signed(jose.ES256, v.ec, b) } }, ""},
		{"alg none", func(v *villain) {
			v.sign = func(b []byte) string {
				return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(b) + "."
			}
		}, wire.ErrIdentity},
		{"HS256 with the public key", func(v *villain) {
			v.sign = func(b []byte) string { return v.signed(jose.HS256, v.publicPEM(), b) }
		}, wire.ErrIdentity},
		{"HS256 with a published secret", func(v *villain) {
			secret := []byte(strings.Repeat("s", 32))
			v.keys = func(s *jose.JSONWebKeySet) {
				s.Keys = append(s.Keys, jose.JSONWebKey{Key: secret, KeyID: "s", Use: "sig"})
			}
			v.sign = func(b []byte) string { return v.signed(jose.HS256, jose.JSONWebKey{Key: secret, KeyID: "s"}, b) }
		}, wire.ErrIdentity},
		{"another key with the kid", func(v *villain) {
			other, err := rsa.GenerateKey(rand.Reader, 2048)
			if err != nil {
				v.t.Fatal(err)
			}
			v.sign = func(b []byte) string { return v.signed(jose.RS256, jose.JSONWebKey{Key: other, KeyID: "r"}, b) }
		}, wire.ErrIdentity},
		{"a key of its own in the header", func(v *villain) {
			v.sign = func(b []byte) string {
				other, err := rsa.GenerateKey(rand.Reader, 2048)
				if err != nil {
					v.t.Error(err)
				}
				signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: other}, &jose.SignerOptions{EmbedJWK: true})
				if err != nil {
					v.t.Error(err)
				}
				jws, err := signer.Sign(b)
				if err != nil {
					v.t.Error(err)
				}
				text, _ := jws.CompactSerialize()
				return text
			}
		}, wire.ErrIdentity},
		{"RSA of 1024 bits", func(v *villain) {
			v.t.Setenv("GODEBUG", "rsa1024min=0")
			short, err := rsa.GenerateKey(rand.Reader, 1024)
			if err != nil {
				v.t.Fatal(err)
			}
			v.keys = func(s *jose.JSONWebKeySet) {
				s.Keys = []jose.JSONWebKey{{Key: short.Public(), KeyID: "r", Use: "sig"}}
			}
			v.sign = func(b []byte) string { return v.signed(jose.RS256, jose.JSONWebKey{Key: short, KeyID: "r"}, b) }
		}, wire.ErrIdentity},
		{"a key for encryption", func(v *villain) {
			v.keys = func(s *jose.JSONWebKeySet) { s.Keys[0].Use = "enc" }
		}, wire.ErrIdentity},
		{"an altered payload", func(v *villain) {
			v.sign = func(b []byte) string {
				parts := strings.Split(v.signed(jose.RS256, jose.JSONWebKey{Key: v.rsa, KeyID: "r"}, b), ".")
				other := strings.Replace(string(b), anagrafe.Doctors()[0].CF, anagrafe.Doctors()[1].CF, 1)
				return parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(other)) + "." + parts[2]
			}
		}, wire.ErrIdentity},
		{"no ID token", func(v *villain) { v.sign = func([]byte) string { return "" } }, wire.ErrIdentity},
		{"not a token", func(v *villain) { v.sign = func([]byte) string { return "a.b.c" } }, wire.ErrIdentity},
		{"another issuer", claim("iss", "https://altrove.invalid"), wire.ErrIdentity},
		{"another audience", claim("aud", "altri"), wire.ErrIdentity},
		{"several audiences without azp", claim("aud", []string{"raccordo", "altri"}), wire.ErrIdentity},
		{"several audiences and azp", func(v *villain) {
			v.claims = func(c map[string]any) { c["aud"], c["azp"] = []string{"raccordo", "altri"}, "raccordo" }
		}, ""},
		{"azp of another", claim("azp", "altri"), wire.ErrIdentity},
		{"nonce swapped", claim("nonce", strings.Repeat("n", 43)), wire.ErrIdentity},
		{"no nonce", claim("nonce", nil), wire.ErrIdentity},
		{"no sub", claim("sub", nil), wire.ErrIdentity},
		{"at_hash of another token", claim("at_hash", base64.RawURLEncoding.EncodeToString(make([]byte, 16))), wire.ErrIdentity},
		{"no at_hash", claim("at_hash", nil), ""},
		{"expired", claim("exp", in(-6*time.Minute)), wire.ErrIdentity},
		{"expired within the tolerance", func(v *villain) {
			v.claims = func(c map[string]any) { c["iat"], c["exp"] = in(-4*time.Minute), in(-time.Minute) }
		}, ""},
		{"expired beyond the tolerance", func(v *villain) {
			v.claims = func(c map[string]any) { c["iat"], c["exp"] = in(-4*time.Minute), in(-3*time.Minute) }
		}, wire.ErrIdentity},
		{"ends before it begins", claim("exp", in(-time.Minute)), wire.ErrIdentity},
		{"no exp", claim("exp", nil), wire.ErrIdentity},
		{"no iat", claim("iat", nil), wire.ErrIdentity},
		{"from the past", claim("iat", in(-6*time.Minute)), wire.ErrClock},
		{"from the future", func(v *villain) {
			v.claims = func(c map[string]any) { c["iat"], c["exp"] = in(6*time.Minute), in(11*time.Minute) }
		}, wire.ErrClock},
		{"plain codice fiscale", claim("fiscal_number", anagrafe.Doctors()[0].CF), ""},
		{"small letters", claim("fiscal_number", strings.ToLower("tinit-"+anagrafe.Doctors()[0].CF)), ""},
		{"codice fiscale with a wrong letter", claim("fiscal_number", "TINIT-RSSMRA80A01H501A"), wire.ErrIdentity},
		{"codice fiscale of another country", claim("fiscal_number", "TINDE-"+anagrafe.Doctors()[0].CF), wire.ErrIdentity},
		{"codice fiscale as a list", claim("fiscal_number", []string{anagrafe.Doctors()[0].CF}), wire.ErrIdentity},
		{"no codice fiscale", claim("fiscal_number", nil), wire.ErrIdentity},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := newPlace(t)
			v := newVillain(p)
			row.change(v)
			client := p.client(v.config())
			f, a, err := v.login(client)
			if err != nil {
				t.Fatal(err)
			}
			tokens, err := client.Redeem(t.Context(), f, a)
			want(t, err, row.want)
			if (tokens == nil) != (row.want != "") {
				t.Errorf("tokens %v", tokens)
			}
			if err != nil {
				holds(t, "error", err.Error(), anagrafe.Doctors()[0].CF, a.Code)
			}
			if row.want == "" && tokens.Identity.CF != anagrafe.Doctors()[0].CF {
				t.Errorf("who: %+v", tokens.Identity)
			}
		})
	}
}

// A clock that is ten minutes fast must be called by its name, although every
// ID token looks expired to it.
func TestFastClock(t *testing.T) {
	p := newPlace(t)
	v := newVillain(p)
	p.advance(10 * time.Minute)
	client := p.client(v.config())
	f, a, err := v.login(client)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Redeem(t.Context(), f, a)
	want(t, err, wire.ErrClock)
}

// The provider signs with a new key, which it published after we read its keys.
func TestNewKey(t *testing.T) {
	p := newPlace(t)
	v := newVillain(p)
	client := p.client(v.config())
	redeem := func() error {
		f, a, err := v.login(client)
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Redeem(t.Context(), f, a)
		return err
	}
	want(t, redeem(), "")
	v.keys = func(s *jose.JSONWebKeySet) { s.Keys[0].KeyID = "nuova" }
	v.sign = func(b []byte) string { return v.signed(jose.RS256, jose.JSONWebKey{Key: v.rsa, KeyID: "nuova"}, b) }
	// A kid that is made up must not make us ask for the keys at every login.
	want(t, redeem(), wire.ErrIdentity)
	if got := v.called("/keys"); got != 1 {
		t.Errorf("keys asked for %d times", got)
	}
	p.advance(11 * time.Second)
	want(t, redeem(), "")
	if got := v.called("/keys"); got != 2 {
		t.Errorf("keys asked for %d times", got)
	}
}

func TestUserinfo(t *testing.T) {
	doctor := anagrafe.Doctors()[0]
	for _, row := range []struct {
		name string
		doc  map[string]any
		want wire.ErrorCode
	}{
		{"attributes at userinfo", map[string]any{"sub": "soggetto", "fiscal_number": "TINIT-" + doctor.CF, "family_name": "Verdi"}, ""},
		{"of another subject", map[string]any{"sub": "altri", "fiscal_number": "TINIT-" + doctor.CF}, wire.ErrIdentity},
		{"of no subject", map[string]any{"fiscal_number": "TINIT-" + doctor.CF}, wire.ErrIdentity},
		{"without it", map[string]any{"sub": "soggetto"}, wire.ErrIdentity},
		{"refused", nil, wire.ErrIdentity},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := newPlace(t)
			v := newVillain(p)
			v.discovery = func(d map[string]any) { d["userinfo_endpoint"] = v.server.URL + "/userinfo" }
			claim("fiscal_number", nil)(v)
			v.userinfo = func(w http.ResponseWriter, q *http.Request) {
				if row.doc == nil || !strings.HasPrefix(q.Header.Get("Authorization"), "Bearer ") {
					w.WriteHeader(http.StatusForbidden)
					return
				}
				reply(w, http.StatusOK, row.doc)
			}
			client := p.client(v.config())
			f, a, err := v.login(client)
			if err != nil {
				t.Fatal(err)
			}
			tokens, err := client.Redeem(t.Context(), f, a)
			want(t, err, row.want)
			if err == nil && (tokens.Identity.CF != doctor.CF || tokens.Identity.Surname != "Verdi") {
				t.Errorf("who: %+v", tokens.Identity)
			}
		})
	}
}

func TestMethod(t *testing.T) {
	for _, row := range []struct {
		acr           string
		amr           any
		method, level string
	}{
		{"https://www.spid.gov.it/SpidL1", nil, "SPID L1", "LoA2"},
		{"https://www.spid.gov.it/SpidL2", []string{"pwd", "otp"}, "SPID L2", "LoA3"},
		{"https://www.spid.gov.it/SpidL3", []string{"pwd", "otp"}, "SPID L3", "LoA4"},
		{"https://www.spid.gov.it/SpidL3", []string{"pin", "sc"}, "CIE L3", "LoA4"},
		{"https://www.spid.gov.it/SpidL9", nil, "", ""},
		{"urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI", "sc", "CNS", "LoA4"},
		{"urn:oasis:names:tc:SAML:2.0:ac:classes:Password", nil, "", ""},
		{"", nil, "", ""},
	} {
		t.Run(row.acr, func(t *testing.T) {
			p := newPlace(t)
			v := newVillain(p)
			v.claims = func(c map[string]any) { c["acr"], c["amr"], c["auth_time"] = row.acr, row.amr, 1700000000 }
			client := p.client(v.config())
			f, a, err := v.login(client)
			if err != nil {
				t.Fatal(err)
			}
			tokens, err := client.Redeem(t.Context(), f, a)
			if err != nil {
				t.Fatal(err)
			}
			if who := tokens.Identity; who.Method != row.method || who.Level != row.level || !who.AuthTime.Equal(time.Unix(1700000000, 0)) {
				t.Errorf("%+v", who)
			}
		})
	}
}
