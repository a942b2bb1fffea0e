package exchange

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// secret stands in every address of these tests: it must be in no error.
const secret = "RSSMRA75C03F839K"

// place is a server with mutual TLS, and what a client of it needs.
type place struct {
	t              *testing.T
	servers, cards *testca.CA
	server         *httptest.Server
	asked          atomic.Int32
	full           atomic.Int32 // handshakes that were not resumed
	conns          atomic.Int32 // handshakes, resumed ones included
}

func newPlace(t *testing.T, handler http.HandlerFunc, change ...func(*tls.Config)) *place {
	t.Helper()
	p := &place{t: t, servers: authority(t, "server"), cards: authority(t, "carte")}
	pair, err := p.servers.Server("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	p.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		handler(w, r)
	}))
	p.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	p.server.TLS = &tls.Config{
		Certificates: []tls.Certificate{pair}, ClientCAs: p.cards.Pool(), ClientAuth: tls.VerifyClientCertIfGiven,
		VerifyConnection: func(s tls.ConnectionState) error {
			p.conns.Add(1)
			if !s.DidResume {
				p.full.Add(1)
			}
			return nil
		},
	}
	for _, c := range change {
		c(p.server.TLS)
	}
	p.server.StartTLS()
	t.Cleanup(p.server.Close)
	return p
}

func authority(t *testing.T, name string) *testca.CA {
	t.Helper()
	ca, err := testca.New(name)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// card makes one that counts its signatures, or fails them.
func (p *place) card(ca *testca.CA) *Credentials {
	p.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		p.t.Fatal(err)
	}
	der, err := ca.Issue(&x509.Certificate{Subject: testca.Subject("PROVA"), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, key.Public())
	if err != nil {
		p.t.Fatal(err)
	}
	return &Credentials{Certificate: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: crypto.Signer(key)}}
}

func (p *place) line(change ...func(*Options)) *Line {
	p.t.Helper()
	opt := Options{
		Log: zerolog.Nop(), Roots: p.servers.Pool(),
		Limits: Limits{Connect: 2 * time.Second, Handshake: 5 * time.Second, Answer: 500 * time.Millisecond, AnswerBytes: 1 << 16},
	}
	for _, c := range change {
		c(&opt)
	}
	l, err := NewLine(opt)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(l.Rest)
	return l
}

func (p *place) get(l *Line) (Answer, error) {
	return l.Do(context.Background(), Request{Method: http.MethodGet, URL: p.server.URL + "/" + secret})
}

func (p *place) post(l *Line) (Answer, error) {
	return l.Do(context.Background(), Request{Method: http.MethodPost, URL: p.server.URL + "/" + secret, Body: []byte("{}")})
}

// want checks code and doubt, and that no address got out.
func want(t *testing.T, err error, code wire.ErrorCode, unknown bool) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Code != code || e.Unknown != unknown {
		t.Fatalf("%v (%+v), want %s %t", err, e, code, unknown)
	}
	if strings.Contains(err.Error(), secret) {
		t.Errorf("an address in %q", err)
	}
	return e
}
