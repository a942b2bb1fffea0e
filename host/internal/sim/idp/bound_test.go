package idp_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/rs/zerolog"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/idp"
	"raccordo/host/internal/sim/idp/dpop"
	"raccordo/host/internal/sim/region"
)

// bound is a login with tokens of one kind, and the cloud that takes them.
type bound struct {
	*party
	region *region.Region
	client *http.Client
	token  string // token endpoint
	key    *ecdsa.PrivateKey
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func startBound(t *testing.T, tokens string, certs ...tls.Certificate) *bound {
	t.Helper()
	s := start(t, func(o *idp.Options) { o.Tokens = tokens })
	r, err := region.New(region.Options{ServerCA: s.servers, CardCA: s.cards, Introspector: s.Provider, Tokens: tokens, Now: s.now, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return &bound{party: s.party(t), region: r, client: s.agent(t, certs...), token: s.Issuer() + "/token", key: newKey(t)}
}

// proof is made for a request, and for the token if there is one.
func (b *bound) proof(method, address, token string) string {
	b.t.Helper()
	claims := map[string]any{"jti": rand.Text(), "htm": method, "htu": address, "iat": b.stage.now().Unix()}
	if token != "" {
		claims["ath"] = dpop.Hash(token)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: b.key}, (&jose.SignerOptions{EmbedJWK: true}).WithType("dpop+jwt"))
	if err != nil {
		b.t.Fatal(err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		b.t.Fatal(err)
	}
	signed, err := signer.Sign(body)
	if err != nil {
		b.t.Fatal(err)
	}
	compact, err := signed.CompactSerialize()
	if err != nil {
		b.t.Fatal(err)
	}
	return compact
}

type answer struct {
	status    int
	challenge string
	body      map[string]any
}

func (b *bound) send(c *http.Client, method, address, form string, header ...string) answer {
	b.t.Helper()
	q, err := http.NewRequest(method, address, strings.NewReader(form))
	if err != nil {
		b.t.Fatal(err)
	}
	if form != "" {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		q.Header.Add(header[i], header[i+1])
	}
	got, err := c.Do(q)
	if err != nil {
		b.t.Fatal(err)
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	a := answer{status: got.StatusCode, challenge: got.Header.Get("WWW-Authenticate")}
	_ = json.Unmarshal(raw, &a.body) // some have none
	return a
}

func (b *bound) code(extra ...string) url.Values {
	b.t.Helper()
	query := b.query()
	if len(extra) > 0 {
		query += "&" + extra[0]
	}
	back := b.returned(b.agent.Post(b.stage.url("/authorize/spid", query), "application/x-www-form-urlencoded", b.stage.form(url.Values{"medico": {b.stage.doctor(0)}})))
	return url.Values{"grant_type": {"authorization_code"}, "code": {back.Get("code")}, "redirect_uri": {redirect}, "code_verifier": {b.verifier}, "client_id": {"raccordo"}}
}

func renewal(a answer) url.Values {
	refresh, _ := a.body["refresh_token"].(string)
	return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}, "client_id": {"raccordo"}}
}

func (b *bound) is(got answer, status int, member, value string) {
	b.t.Helper()
	if got.status != status || got.body[member] != value {
		b.t.Errorf("%d %q %v, want %d %s", got.status, got.challenge, got.body, status, value)
	}
}

func TestDPoP(t *testing.T) {
	b := startBound(t, idp.TokensDPoP)
	b.is(b.send(b.client, "POST", b.token, b.code().Encode()), 400, "error", "invalid_dpop_proof")
	b.is(b.send(b.client, "POST", b.token, b.code().Encode(), "DPoP", b.proof("POST", b.token+"/x", "")), 400, "error", "invalid_dpop_proof")
	form, once := b.code().Encode(), b.proof("POST", b.token, "")
	got := b.send(b.client, "POST", b.token, form, "DPoP", once)
	b.is(got, 200, "token_type", "DPoP")
	access, _ := got.body["access_token"].(string)
	if a, err := b.stage.Introspect(access); err != nil || a.JKT == "" || a.X5T != "" {
		t.Fatalf("%+v %v", a, err)
	}
	b.is(b.send(b.client, "POST", b.token, renewal(got).Encode(), "DPoP", once), 400, "error", "invalid_dpop_proof") // shown before
	session := b.region.CloudURL() + "/sessione/v1"
	fresh := b.proof("POST", session, access)
	stranger := &bound{party: b.party, key: newKey(t)}
	const algs = `, algs="ES256 ES384 EdDSA PS256 RS256"`
	for _, row := range []struct {
		name      string
		header    []string
		code      string
		challenge string
	}{
		{"no token", []string{"DPoP", b.proof("POST", session, "")}, "token-assente", `DPoP algs="ES256 ES384 EdDSA PS256 RS256"`},
		{"as a bearer", []string{"Authorization", "Bearer " + access}, "token-non-valido", `DPoP error="invalid_token"` + algs},
		{"as a bearer, with a proof", []string{"Authorization", "Bearer " + access, "DPoP", b.proof("POST", session, access)}, "token-non-valido", `DPoP error="invalid_token"` + algs},
		{"made up", []string{"Authorization", "DPoP x", "DPoP", b.proof("POST", session, "x")}, "token-non-valido", `DPoP error="invalid_token"` + algs},
		{"no proof", []string{"Authorization", "DPoP " + access}, "prova-non-valida", `DPoP error="invalid_dpop_proof"` + algs},
		{"another's proof", []string{"Authorization", "DPoP " + access, "DPoP", stranger.proof("POST", session, access)}, "prova-non-valida", `DPoP error="invalid_dpop_proof"` + algs},
		{"proof of another call", []string{"Authorization", "DPoP " + access, "DPoP", b.proof("GET", session, access)}, "prova-non-valida", `DPoP error="invalid_dpop_proof"` + algs},
		{"proof of another address", []string{"Authorization", "DPoP " + access, "DPoP", b.proof("POST", b.token, access)}, "prova-non-valida", `DPoP error="invalid_dpop_proof"` + algs},
		{"proof of another token", []string{"Authorization", "DPoP " + access, "DPoP", b.proof("POST", session, "x")}, "prova-non-valida", `DPoP error="invalid_dpop_proof"` + algs},
		{"right", []string{"Authorization", "DPoP " + access, "DPoP", fresh}, "", ""},
		{"again", []string{"Authorization", "DPoP " + access, "DPoP", fresh}, "prova-non-valida", `DPoP error="invalid_dpop_proof"` + algs},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := b.send(b.client, "POST", session, "", row.header...)
			if row.code == "" && got.status != http.StatusCreated || row.code != "" && (got.status != 401 || got.body["codice"] != row.code || got.challenge != row.challenge) {
				t.Errorf("%d %q %v", got.status, got.challenge, got.body)
			}
		})
	}
	b.is(b.send(b.client, "POST", b.token, renewal(got).Encode(), "DPoP", stranger.proof("POST", b.token, "")), 400, "error", "invalid_grant")
	b.stage.ExpireTokens()
	patient := b.region.CloudURL() + "/anagrafe/v1/assistiti/" + anagrafe.Patients()[0].CF
	b.is(b.send(b.client, "GET", patient, "", "Authorization", "DPoP "+access, "DPoP", b.proof("GET", patient, access)), 401, "codice", "token-scaduto")
	got = b.send(b.client, "POST", b.token, renewal(got).Encode(), "DPoP", b.proof("POST", b.token, ""))
	b.is(got, 200, "token_type", "DPoP")
	access, _ = got.body["access_token"].(string)
	b.is(b.send(b.client, "GET", patient, "", "Authorization", "DPoP "+access, "DPoP", b.proof("GET", patient, access)), 200, "cognome", "BIANCHI")
	userinfo := b.stage.Issuer() + "/userinfo"
	b.is(b.send(b.client, "GET", userinfo, "", "Authorization", "DPoP "+access, "DPoP", b.proof("GET", userinfo, access)), 200, "given_name", "GIULIA")
	if got := b.send(b.client, "GET", userinfo, "", "Authorization", "Bearer "+access); got.status != 401 || !strings.Contains(got.challenge, "invalid_token") {
		t.Errorf("userinfo as a bearer: %d %q", got.status, got.challenge)
	}
}

// TestDPoPCode: a code asked for with dpop_jkt is good for that key only.
func TestDPoPCode(t *testing.T) {
	b := startBound(t, idp.TokensDPoP)
	first := b.send(b.client, "POST", b.token, b.code().Encode(), "DPoP", b.proof("POST", b.token, ""))
	access, _ := first.body["access_token"].(string)
	a, err := b.stage.Introspect(access)
	if err != nil {
		t.Fatal(err)
	}
	form := b.code("dpop_jkt=" + a.JKT).Encode()
	stranger := &bound{party: b.party, key: newKey(t)}
	b.is(b.send(b.client, "POST", b.token, form, "DPoP", stranger.proof("POST", b.token, "")), 400, "error", "invalid_grant")
	b.is(b.send(b.client, "POST", b.token, form, "DPoP", b.proof("POST", b.token, "")), 200, "token_type", "DPoP")
}

// ownCertificate is one that a client makes for itself.
func ownCertificate(t *testing.T, name string) tls.Certificate {
	t.Helper()
	k := newKey(t)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	tmpl.Subject.CommonName = name
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: k}
}

func TestMutualTLS(t *testing.T) {
	own := ownCertificate(t, "raccordo")
	b := startBound(t, idp.TokensMTLS, own)
	bare, stranger := b.stage.agent(t), b.stage.agent(t, ownCertificate(t, "raccordo"))
	var aliases struct {
		Bound   bool              `json:"tls_client_certificate_bound_access_tokens"`
		Aliases map[string]string `json:"mtls_endpoint_aliases"`
	}
	if err := b.provider.Claims(&aliases); err != nil || !aliases.Bound {
		t.Fatalf("%+v %v", aliases, err)
	}
	endpoint := aliases.Aliases["token_endpoint"]
	b.is(b.send(b.client, "POST", b.token, b.code().Encode()), 400, "error", "invalid_request") // nobody asked for the certificate
	b.is(b.send(bare, "POST", endpoint, b.code().Encode()), 400, "error", "invalid_request")
	got := b.send(b.client, "POST", endpoint, b.code().Encode())
	b.is(got, 200, "token_type", "Bearer")
	access, _ := got.body["access_token"].(string)
	sum := sha256.Sum256(own.Certificate[0])
	if a, err := b.stage.Introspect(access); err != nil || a.X5T != base64.RawURLEncoding.EncodeToString(sum[:]) || a.JKT != "" {
		t.Fatalf("%+v %v", a, err)
	}
	session := b.region.CloudURL() + "/sessione/v1"
	for _, c := range []*http.Client{bare, stranger} {
		refused := b.send(c, "POST", session, "", "Authorization", "Bearer "+access)
		if b.is(refused, 401, "codice", "token-non-valido"); refused.challenge != `Bearer error="invalid_token"` {
			t.Errorf("challenge %q", refused.challenge)
		}
	}
	b.is(b.send(b.client, "POST", session, "", "Authorization", "Bearer "+access), 201, "metodo", "SPID L2")
	b.is(b.send(stranger, "POST", endpoint, renewal(got).Encode()), 400, "error", "invalid_grant")
	b.is(b.send(b.client, "POST", endpoint, renewal(got).Encode()), 200, "token_type", "Bearer")
	if got := b.send(stranger, "GET", aliases.Aliases["userinfo_endpoint"], "", "Authorization", "Bearer "+access); got.status != 401 {
		t.Errorf("userinfo of another: %d", got.status)
	}
	b.is(b.send(b.client, "GET", aliases.Aliases["userinfo_endpoint"], "", "Authorization", "Bearer "+access), 200, "given_name", "GIULIA")
	refresh := renewal(got).Get("refresh_token")
	if got := b.send(b.client, "POST", aliases.Aliases["revocation_endpoint"], url.Values{"token": {refresh}, "client_id": {"raccordo"}}.Encode()); got.status != 200 {
		t.Errorf("revocation: %d", got.status)
	}
	b.is(b.send(b.client, "POST", session, "", "Authorization", "Bearer "+access), 401, "codice", "token-scaduto")
}

// TestMutualTLSCards: a certificate that anybody can make is nobody's card.
func TestMutualTLSCards(t *testing.T) {
	s := start(t, func(o *idp.Options) { o.Tokens = idp.TokensMTLS })
	p := s.party(t)
	name := s.doctor(0) + "/1.x"
	answer, err := p.walk(ownCertificate(t, name))
	if err != nil {
		t.Fatal(err)
	}
	if status, body := read(t, answer); status != http.StatusForbidden || !strings.Contains(body, "Carta non presentata") {
		t.Errorf("self made: %d %s", status, body)
	}
	if back := p.returned(p.walk(s.card(t, s.cards, name))); !back.Has("code") {
		t.Errorf("card: %v", back)
	}
	foreign := s.card(t, s.servers, name)
	signing := s.card(t, s.cards, name, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageContentCommitment })
	for _, c := range []tls.Certificate{foreign, signing} {
		if answer, err := p.walk(c); err == nil {
			answer.Body.Close()
			t.Errorf("let in: %d", answer.StatusCode)
		}
	}
}

func TestTokensOption(t *testing.T) {
	s := start(t)
	if _, err := idp.New(idp.Options{ServerCA: s.servers, CardCA: s.cards, Tokens: "altro"}); err == nil {
		t.Error("taken")
	}
}
