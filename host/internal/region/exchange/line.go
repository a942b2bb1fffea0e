package exchange

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/wire"
)

// Limits bound each step of an exchange.
type Limits struct {
	Connect, Handshake, Answer time.Duration
	AnswerBytes                int64
	Parallel                   int // requests at once, as many connections are kept; less than 2: 2
}

// Credentials are the certificate of a card, whose PrivateKey is a
// crypto.Signer in the card, and the highest TLS version its key can serve (0:
// any).
type Credentials struct {
	Certificate tls.Certificate
	MaxTLS      uint16
}

// Options of a Line.
type Options struct {
	Log    zerolog.Logger
	Roots  *x509.CertPool                        // nil: the system's authorities
	Proxy  func(*http.Request) (*url.URL, error) // nil: none
	Limits Limits
	Card   *Credentials   // nil: no client certificate
	Clock  *Clock         // nil: the system's, and what servers say of it is forgotten
	Jar    http.CookieJar // nil: no cookies
}

// Line is a way to a region's servers. Connections stay open and later ones
// resume the TLS session, so that a card signs once: ten prescriptions are one
// handshake, and a card that was pulled out is not missed until the session is
// over. It is safe for concurrent use.
type Line struct {
	opt       Options
	http      *http.Client
	transport *http.Transport
	signer    *witness

	mu       sync.Mutex
	first    *turn     // makes the handshake that the others resume
	answered time.Time // when the last answer began to come
}

// NewLine makes a line; it connects to nobody yet.
func NewLine(opt Options) (*Line, error) {
	if opt.Clock == nil {
		opt.Clock = &Clock{}
	}
	l := &Line{opt: opt, signer: &witness{}}
	conf := &tls.Config{
		MinVersion: tls.VersionTLS12, RootCAs: opt.Roots, ClientSessionCache: tls.NewLRUClientSessionCache(8), Time: opt.Clock.now,
	}
	if opt.Card != nil {
		signer, ok := opt.Card.Certificate.PrivateKey.(crypto.Signer)
		if !ok {
			return nil, fmt.Errorf("client certificate: key is %T, no signer", opt.Card.Certificate.PrivateKey)
		}
		l.signer.Signer = signer
		cert := opt.Card.Certificate
		cert.PrivateKey = l.signer
		conf.MaxVersion = opt.Card.MaxTLS
		// Given whatever authorities the server lists: its refusal is a better
		// message than an empty certificate.
		conf.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &cert, nil }
	}
	dialer := &net.Dialer{Timeout: opt.Limits.Connect, KeepAlive: 30 * time.Second}
	l.transport = &http.Transport{
		Proxy:               l.proxy(),
		DialContext:         dialer.DialContext,
		TLSHandshakeTimeout: opt.Limits.Handshake,
		IdleConnTimeout:     15 * time.Minute,
		MaxIdleConnsPerHost: max(opt.Limits.Parallel, 2),
		DisableCompression:  true,
		TLSClientConfig:     conf,

		OnProxyConnectResponse: ProxyAnswer,
	}
	l.http = &http.Client{
		Transport: l.transport, Jar: opt.Jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return l, nil
}

// ProxyAnswer names what a proxy answers to CONNECT, for http.Transport.
func ProxyAnswer(_ context.Context, _ *url.URL, _ *http.Request, a *http.Response) error {
	switch a.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusProxyAuthRequired:
		return &Error{Code: wire.ErrProxyAuth}
	}
	return &Error{Code: wire.ErrProxy, Detail: "HTTP " + strconv.Itoa(a.StatusCode)}
}

// proxy names the failure to find one: the way to the region, not the region.
func (l *Line) proxy() func(*http.Request) (*url.URL, error) {
	if l.opt.Proxy == nil {
		return nil
	}
	return func(r *http.Request) (*url.URL, error) {
		u, err := l.opt.Proxy(r)
		if err == nil {
			return u, nil
		}
		if e := (*Error)(nil); errors.As(err, &e) || r.Context().Err() != nil {
			return nil, err
		}
		return nil, &Error{Code: wire.ErrProxy, Err: err}
	}
}

// Rest closes the connections that nobody uses: after a change of network they
// lead nowhere.
func (l *Line) Rest() {
	l.transport.CloseIdleConnections()
	l.heard(time.Time{})
}

// witness remembers why the card did not sign: the TLS 1.3 handshake flattens
// its error to text.
type witness struct {
	crypto.Signer
	mu  sync.Mutex
	err error
}

func (w *witness) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	signature, err := w.Signer.Sign(rand, digest, opts)
	w.mu.Lock()
	w.err = err
	w.mu.Unlock()
	return signature, err
}

// take returns the last failure and forgets it.
func (w *witness) take() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	err := w.err
	w.err = nil
	return err
}
