package oidc_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/region/oidc"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/wire"
)

const loopback = "http://127.0.0.1:4711/ritorno"

// place is where a test's login happens: authorities, a clock that moves on
// command, and everything that was logged.
type place struct {
	t              *testing.T
	servers, cards *testca.CA
	ahead          atomic.Int64 // of the real clock, in nanoseconds
	log            *notebook
	limits         exchange.Limits
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{t: t, log: &notebook{}, limits: exchange.Limits{Connect: 10 * time.Second, Handshake: 10 * time.Second, Answer: 20 * time.Second, AnswerBytes: 2 << 20}}
	var err error
	if p.servers, err = testca.New("server"); err != nil {
		t.Fatal(err)
	}
	if p.cards, err = testca.New("carte"); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *place) now() time.Time          { return time.Now().Add(time.Duration(p.ahead.Load())) }
func (p *place) advance(d time.Duration) { p.ahead.Add(int64(d)) }

func (p *place) line(card *exchange.Credentials, jar http.CookieJar) *exchange.Line {
	p.t.Helper()
	line, err := exchange.NewLine(exchange.Options{Log: zerolog.New(p.log), Roots: p.servers.Pool(), Limits: p.limits, Card: card, Jar: jar})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(line.Rest)
	return line
}

// client is the package under test in this place.
func (p *place) client(cfg oidc.Config) *oidc.Provider {
	p.t.Helper()
	return oidc.New(cfg, oidc.Options{
		Line: p.line(nil, nil),
		Lines: func(card exchange.Credentials, jar http.CookieJar) (*exchange.Line, error) {
			return p.line(&card, jar), nil
		},
		Now: p.now, Log: zerolog.New(p.log),
	})
}

// rsaKey is made once: who has which key is nobody's question here.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// card is a doctor's card: a certificate of the given authority and a key that
// only signs.
func (p *place) card(ca *testca.CA, maxTLS uint16) exchange.Credentials {
	p.t.Helper()
	key := rsaKey()
	who := anagrafe.Doctors()[0]
	der, err := ca.Issue(&x509.Certificate{
		Subject: testca.Subject(who.CF + "/0000000000000001.abc="), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, key.Public())
	if err != nil {
		p.t.Fatal(err)
	}
	return exchange.Credentials{Certificate: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: signer{key}}, MaxTLS: maxTLS}
}

// signer hides everything of a key but its signature, as a card does.
type signer struct{ key crypto.Signer }

func (s signer) Public() crypto.PublicKey { return s.key.Public() }
func (s signer) Sign(r io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	return s.key.Sign(r, digest, o)
}

// browser is a user agent that nobody here wrote, which stops on command.
func (p *place) browser() *http.Client {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: p.servers.Pool()}}
	p.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Jar: jar, CheckRedirect: func(q *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(q.URL.String(), loopback+"?") {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

// back returns where an answer of the browser's leads back to.
func back(t *testing.T, answer *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	where := answer.Header.Get("Location")
	if !strings.HasPrefix(where, loopback+"?") {
		t.Fatalf("no way back: %d %s", answer.StatusCode, body)
	}
	return where
}

func begin(t *testing.T, p *oidc.Provider) *oidc.Flow {
	t.Helper()
	f, err := p.Begin(t.Context(), loopback)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func parse(t *testing.T, address string) oidc.Answer {
	t.Helper()
	a, err := oidc.ParseAnswer(loopback, address)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// code returns the code of an error, "" for none.
func code(t *testing.T, err error) wire.ErrorCode {
	t.Helper()
	if err == nil {
		return ""
	}
	var e *exchange.Error
	if !errors.As(err, &e) {
		t.Fatalf("an error without a code: %T %v", err, err)
	}
	return e.Code
}

func want(t *testing.T, err error, code_ wire.ErrorCode) {
	t.Helper()
	if got := code(t, err); got != code_ {
		t.Errorf("got %q (%v), want %q", got, err, code_)
	}
}

// notebook collects what is logged.
type notebook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *notebook) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

func (n *notebook) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

// holds fails when text has one of the secrets.
func holds(t *testing.T, where, text string, secrets ...string) {
	t.Helper()
	for i, s := range secrets {
		if s == "" {
			t.Fatalf("secret %d is empty: nothing is looked for", i)
		}
		if strings.Contains(text, s) || strings.Contains(text, url.QueryEscape(s)) {
			t.Errorf("%s holds secret %d", where, i)
		}
	}
}

// authorised sends a GET with the tokens and returns the status.
func authorised(ctx context.Context, t *testing.T, line *exchange.Line, tokens *oidc.Tokens, address string) int {
	t.Helper()
	answer, err := tokens.Do(ctx, line, exchange.Request{Method: http.MethodGet, URL: address})
	if err != nil {
		t.Fatal(err)
	}
	return answer.Status
}
