package idp_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"
	"golang.org/x/oauth2"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/idp"
	"raccordo/host/internal/sim/testca"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const redirect = "http://127.0.0.1:4711/ritorno"

// stage is a running provider with a clock of its own.
type stage struct {
	*idp.Provider
	servers, cards *testca.CA
	clock          atomic.Int64
}

func (s *stage) now() time.Time                    { return time.Unix(0, s.clock.Load()) }
func (s *stage) advance(d time.Duration)           { s.clock.Add(int64(d)) }
func (s *stage) doctor(i int) string               { return anagrafe.Doctors()[i].CF }
func (s *stage) url(path, q string) string         { return s.Issuer() + path + "?" + q }
func (s *stage) form(v url.Values) *strings.Reader { return strings.NewReader(v.Encode()) }

func start(t *testing.T, change ...func(*idp.Options)) *stage {
	t.Helper()
	s := &stage{}
	s.clock.Store(time.Now().UnixNano())
	var err error
	if s.servers, err = testca.New("server"); err != nil {
		t.Fatal(err)
	}
	if s.cards, err = testca.New("carte"); err != nil {
		t.Fatal(err)
	}
	o := idp.Options{ServerCA: s.servers, CardCA: s.cards, Log: zerolog.New(zerolog.NewTestWriter(t)), Now: s.now}
	for _, c := range change {
		c(&o)
	}
	if s.Provider, err = idp.New(o); err != nil {
		t.Fatal(err)
	}
	if err := s.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// agent is a user agent that stops where the provider sends it away.
func (s *stage) agent(t *testing.T, certs ...tls.Certificate) *http.Client {
	t.Helper()
	config := &tls.Config{RootCAs: s.servers.Pool()}
	if len(certs) > 0 { // whatever authorities the server names
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &certs[0], nil }
	}
	transport := &http.Transport{TLSClientConfig: config}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (s *stage) card(t *testing.T, ca *testca.CA, commonName string, change ...func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{Subject: testca.Subject(commonName), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	for _, c := range change {
		c(tmpl)
	}
	der, err := ca.Issue(tmpl, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// party is a relying party made of libraries that nobody here wrote.
type party struct {
	t        *testing.T
	stage    *stage
	ctx      context.Context
	agent    *http.Client
	provider *oidc.Provider
	config   oauth2.Config
	verifier string
	state    string
	nonce    string
}

func (s *stage) party(t *testing.T) *party {
	t.Helper()
	p := &party{t: t, stage: s, agent: s.agent(t), verifier: oauth2.GenerateVerifier(), state: oauth2.GenerateVerifier(), nonce: oauth2.GenerateVerifier()}
	p.ctx = oidc.ClientContext(t.Context(), p.agent)
	var err error
	if p.provider, err = oidc.NewProvider(p.ctx, s.Issuer()); err != nil {
		t.Fatal(err)
	}
	p.config = oauth2.Config{ClientID: "raccordo", Endpoint: p.provider.Endpoint(), RedirectURL: redirect, Scopes: []string{oidc.ScopeOpenID, "profile"}}
	p.config.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	return p
}

func (p *party) authURL() string {
	return p.config.AuthCodeURL(p.state, oidc.Nonce(p.nonce), oauth2.S256ChallengeOption(p.verifier))
}

func (p *party) query() string {
	u, err := url.Parse(p.authURL())
	if err != nil {
		p.t.Fatal(err)
	}
	return u.RawQuery
}

// login goes through the page of a door as a person would and returns what the
// redirect carried.
func (p *party) login(door, cf string) url.Values {
	p.t.Helper()
	answer, err := p.agent.Post(p.stage.url("/authorize/"+door, p.query()), "application/x-www-form-urlencoded", p.stage.form(url.Values{"medico": {cf}}))
	return p.returned(answer, err)
}

// returned reads a redirect to the client.
func (p *party) returned(answer *http.Response, err error) url.Values {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	where := answer.Header.Get("Location")
	before, query, _ := strings.Cut(where, "?")
	if answer.StatusCode != http.StatusSeeOther || before != p.config.RedirectURL {
		body, _ := io.ReadAll(answer.Body)
		p.t.Fatalf("no way back: %d %q %s", answer.StatusCode, where, body)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		p.t.Fatal(err)
	}
	if values.Get("iss") != p.stage.Issuer() {
		p.t.Errorf("iss %q", values.Get("iss"))
	}
	return values
}

func (p *party) exchange(code string) (*oauth2.Token, error) {
	return p.config.Exchange(p.ctx, code, oauth2.VerifierOption(p.verifier))
}

// tokens is a whole login.
func (p *party) tokens(door, cf string) *oauth2.Token {
	p.t.Helper()
	token, err := p.exchange(p.login(door, cf).Get("code"))
	if err != nil {
		p.t.Fatal(err)
	}
	return token
}

func (p *party) refresh(token *oauth2.Token) (*oauth2.Token, error) {
	return p.config.TokenSource(p.ctx, &oauth2.Token{RefreshToken: token.RefreshToken}).Token()
}

// claims verifies the ID token of an answer.
func (p *party) claims(token *oauth2.Token) (*oidc.IDToken, map[string]any) {
	p.t.Helper()
	raw, _ := token.Extra("id_token").(string)
	id, err := p.provider.Verifier(&oidc.Config{ClientID: "raccordo", Now: p.stage.now}).Verify(p.ctx, raw)
	if err != nil {
		p.t.Fatal(err)
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		p.t.Fatal(err)
	}
	if err := id.VerifyAccessToken(token.AccessToken); err != nil {
		p.t.Error(err)
	}
	return id, claims
}

// post sends a form to an endpoint and returns status and body.
func (p *party) post(path string, v url.Values) (int, string) {
	p.t.Helper()
	answer, err := p.agent.PostForm(p.stage.Issuer()+path, v)
	if err != nil {
		p.t.Fatal(err)
	}
	return read(p.t, answer)
}

func (p *party) get(target string) (int, string) {
	p.t.Helper()
	answer, err := p.agent.Get(target)
	if err != nil {
		p.t.Fatal(err)
	}
	return read(p.t, answer)
}

func read(t *testing.T, answer *http.Response) (int, string) {
	t.Helper()
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}
