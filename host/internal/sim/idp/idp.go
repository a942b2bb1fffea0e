// Package idp is the simulated region's identity provider: an OpenID Connect
// provider with the three doors of a real regional one, SPID, CIE and CNS. It
// owns logins, authorization codes and tokens, and tells the region's cloud
// services to whom an access token belongs.
//
// It stands in for a system of others in tests and demonstrations: it is never
// linked into the product, lets in people who do not exist without asking for a
// secret, and says SIMULATORE on every page.
//
// Sources: OpenID Connect Core 1.0, Discovery 1.0 and RP-Initiated Logout 1.0;
// RFC 6749, 6750, 7009, 7636 (S256 only), 8252 (redirects), 8705 (section 3),
// 9207 (iss) and 9449 (no nonces); the claim fiscal_number and the 32 characters
// of state and nonce as SPID and CIE have them. Every login asks again who is
// there: there is no single sign-on.
package idp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/sim/idp/dpop"
	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/sim/testca"
)

// Options of a simulated identity provider. Both CAs are needed; every other
// zero value works.
type Options struct {
	Addr, CardAddr string            // pages and tokens, mutual TLS; "": 127.0.0.1, any port
	ServerCA       *testca.CA        // issues the certificate of both listeners
	CardCA         *testca.CA        // issues the cards that the mutual TLS listener takes
	ClientID       string            // "": "raccordo"
	RedirectURIs   func(string) bool // nil: NativeRedirect
	AccessLife     time.Duration     // of an access token; 0: 5 minutes
	LoginLife      time.Duration     // of a login with all its refreshes; 0: 8 hours
	Tokens         string            // TokensBearer, TokensDPoP or TokensMTLS; "": bearer
	Algorithm      string            // of ID tokens, RS256 or ES256; "": RS256
	Faults         *faults.Plan      // nil: one of its own
	Log            zerolog.Logger
	Now            func() time.Time
}

// Provider is one running identity provider.
type Provider struct {
	opt    Options
	log    zerolog.Logger
	keys   *keys
	ledger *ledger
	proofs *dpop.Verifier
	stats  *stats
	down   atomic.Bool

	issuer, card string
	leaf         *x509.Certificate
	cancel       context.CancelFunc
	stopped      chan struct{} // closed when the provider stops
	running      sync.WaitGroup
}

// New prepares a provider: its keys are made anew.
func New(o Options) (*Provider, error) {
	if o.ServerCA == nil || o.CardCA == nil {
		return nil, errors.New("identity provider without its authorities")
	}
	if o.ClientID == "" {
		o.ClientID = "raccordo"
	}
	if o.RedirectURIs == nil {
		o.RedirectURIs = NativeRedirect
	}
	if o.AccessLife == 0 {
		o.AccessLife = 5 * time.Minute
	}
	if o.LoginLife == 0 {
		o.LoginLife = 8 * time.Hour
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	switch o.Tokens {
	case "":
		o.Tokens = TokensBearer
	case TokensBearer, TokensDPoP, TokensMTLS:
	default:
		return nil, fmt.Errorf("tokens cannot be %q", o.Tokens)
	}
	if o.Faults == nil {
		o.Faults = faults.NewPlan()
	}
	keys, err := newKeys(o.Algorithm)
	if err != nil {
		return nil, err
	}
	return &Provider{
		opt: o, log: o.Log, keys: keys, ledger: newLedger(o), proofs: dpop.New(o.Now),
		stats: &stats{requests: map[faults.Service]int{}}, stopped: make(chan struct{}),
	}, nil
}

var serverHosts = []string{"localhost", "127.0.0.1", "::1"}

// Start opens both listeners and serves until ctx ends or Close.
func (p *Provider) Start(ctx context.Context) error {
	if p.cancel != nil {
		return errors.New("identity provider already started")
	}
	pair, err := p.opt.ServerCA.Server(serverHosts...)
	if err != nil {
		return err
	}
	pages, err := listen(p.opt.Addr)
	if err != nil {
		return err
	}
	card, err := listen(p.opt.CardAddr)
	if err != nil {
		return errors.Join(err, pages.Close())
	}
	p.leaf, p.issuer, p.card = pair.Leaf, "https://"+pages.Addr().String(), "https://"+card.Addr().String()
	ctx, p.cancel = context.WithCancel(ctx)
	context.AfterFunc(ctx, func() { close(p.stopped) })
	p.serve(ctx, pages, faults.Login, p.pages(), &tls.Config{Certificates: []tls.Certificate{pair}})
	p.serve(ctx, card, faults.LoginCard, p.cardPages(), p.cardTLS(pair))
	p.log.Info().Str("issuer", p.issuer).Str("cns", p.CNSEndpoint()).Msg("simulated identity provider is up")
	return nil
}

// cardTLS asks for a certificate and does not demand one: a browser without a
// card gets a page that says so instead of a broken connection.
func (p *Provider) cardTLS(pair tls.Certificate) *tls.Config {
	if p.opt.Tokens == TokensMTLS { // without naming authorities, since any may do
		return &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequestClientCert, VerifyPeerCertificate: p.cardOrOwn}
	}
	return &tls.Config{
		Certificates: []tls.Certificate{pair}, ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: p.opt.CardCA.Pool(),
		VerifyPeerCertificate: refuseSigningCertificates,
	}
}

// Close stops serving and waits for every goroutine. It is safe to repeat.
func (p *Provider) Close() error {
	if p.cancel != nil {
		p.cancel()
	}
	p.running.Wait()
	return nil
}

// Issuer is the issuer identifier and base address, once started.
func (p *Provider) Issuer() string { return p.issuer }

// CNSEndpoint is the authorization endpoint behind mutual TLS: it takes the
// query of the ordinary one.
func (p *Provider) CNSEndpoint() string { return p.card + pathCNS }

// Certificate is what both listeners show.
func (p *Provider) Certificate() *x509.Certificate { return p.leaf }

// ExpireTokens ages every access token beyond its life; refresh tokens live on.
func (p *Provider) ExpireTokens() { p.ledger.expireAccess() }

// RevokeAll ends every login, as an operator may, and returns how many lived.
func (p *Provider) RevokeAll() int { return p.ledger.endAll() }

// SetDown makes both listeners drop every connection, as if the machines were
// off. Introspect goes on: it stands for a line inside the region.
func (p *Provider) SetDown(down bool) { p.down.Store(down) }

// Down tells whether SetDown is in force.
func (p *Provider) Down() bool { return p.down.Load() }

func listen(addr string) (net.Listener, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	return net.Listen("tcp", addr)
}

func (p *Provider) serve(ctx context.Context, l net.Listener, name faults.Service, h http.Handler, config *tls.Config) {
	config.MinVersion = tls.VersionTLS12
	config.NextProtos = []string{"http/1.1"}
	hello := p.hello(name)
	hello.Disturb(config)
	srv := &http.Server{
		BaseContext: func(net.Listener) context.Context { return ctx },
		// The time is the handshake's as well: a browser asks for the PIN in it.
		Handler: p.upOnly(h), ReadHeaderTimeout: 60 * time.Second, ReadTimeout: 60 * time.Second, IdleTimeout: 5 * time.Minute,
		ErrorLog: quiet(p.log),
	}
	hello.Attach(srv)
	p.running.Go(func() {
		if err := srv.Serve(tls.NewListener(faults.Listener{Listener: l}, config)); !errors.Is(err, http.ErrServerClosed) {
			p.log.Error().Err(err).Msg("identity provider ended")
		}
	})
	p.running.Go(func() {
		<-ctx.Done()
		_ = srv.Close()
	})
}

func (p *Provider) upOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if p.down.Load() {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, q)
	})
}

// refuseSigningCertificates turns away the card's other certificate: a key for
// non-repudiation must not authenticate (CNS rules: keyUsage digitalSignature).
func refuseSigningCertificates(raw [][]byte, _ [][]*x509.Certificate) error {
	if len(raw) == 0 {
		return nil
	}
	leaf, err := x509.ParseCertificate(raw[0])
	if err != nil {
		return err
	}
	if leaf.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
		return fmt.Errorf("client certificate %s is not for authentication", leaf.SerialNumber.Text(16))
	}
	return nil
}
