// Package signing is the simulated trust service provider: remote signature by
// CSC API (v1.0.4 and v2) and by Aruba ARSS, time-stamps, revocation, a trusted
// list, and the telephone on which one-time passwords arrive. All of it is one
// HTTPS listener on the loopback interface.
//
// It stands in for systems of others in tests and demonstrations: it is never
// linked into the product, its signers do not exist, and every page says
// SIMULATORE. What goes wrong on command is the vault's (settings and orders)
// and the plan's of package faults (what any service may suffer).
package signing

import (
	"context"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/sim/signing/arss"
	"raccordo/host/internal/sim/signing/authority"
	"raccordo/host/internal/sim/signing/csc"
	"raccordo/host/internal/sim/signing/vault"
	"raccordo/host/internal/sim/testca"
)

// Options of a simulated provider. Both CAs are needed; every other zero value
// works.
type Options struct {
	Addr     string          // "": 127.0.0.1, any port
	ServerCA *testca.CA      // issues the listener's certificate
	CA       *testca.CA      // issues the signers' certificates: that of the virtual cards
	KeyDir   string          // keeps the signers' keys between runs; empty: fresh ones
	RSA      *rsa.PrivateKey // everybody's RSA key, where making one is too slow; nil: one each
	Faults   *faults.Plan    // nil: one of its own
	Log      zerolog.Logger
	Now      func() time.Time
}

// Provider is one running trust service provider.
type Provider struct {
	Vault     *vault.Vault
	CSC       *csc.Service         // once started
	ARSS      *arss.Service        // once started
	Authority *authority.Authority // once started

	opt     Options
	url     string
	leaf    *x509.Certificate
	down    atomic.Bool
	counts  counts
	cancel  context.CancelFunc
	stopped chan struct{}
	running sync.WaitGroup
}

// New prepares a provider.
func New(o Options) (*Provider, error) {
	if o.ServerCA == nil || o.CA == nil {
		return nil, errors.New("signing provider without its authorities")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Faults == nil {
		o.Faults = faults.NewPlan()
	}
	v, err := vault.New(vault.Options{CA: o.CA, KeyDir: o.KeyDir, RSA: o.RSA, Now: o.Now})
	if err != nil {
		return nil, err
	}
	return &Provider{Vault: v, opt: o, stopped: make(chan struct{})}, nil
}

// Start opens the listener and serves until ctx ends or Close. From then on the
// CA points to it in what it issues.
func (p *Provider) Start(ctx context.Context) error {
	if p.cancel != nil {
		return errors.New("signing provider already started")
	}
	pair, err := p.opt.ServerCA.Server(hosts...)
	if err != nil {
		return err
	}
	addr := p.opt.Addr
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	p.url, p.leaf = "https://"+l.Addr().String(), pair.Leaf
	p.opt.CA.PublishAt(p.url)
	p.CSC = csc.New(csc.Options{Vault: p.Vault, Base: p.url})
	p.ARSS = arss.New(p.Vault)
	if p.Authority, err = authority.New(authority.Options{Vault: p.Vault, Base: p.url, KeyDir: p.opt.KeyDir}); err != nil {
		return errors.Join(err, l.Close())
	}
	ctx, p.cancel = context.WithCancel(ctx)
	context.AfterFunc(ctx, func() { close(p.stopped) })
	p.serve(ctx, l, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
	p.opt.Log.Info().Str("url", p.url).Msg("simulated signing provider is up")
	return nil
}

var hosts = []string{"localhost", "127.0.0.1", "::1"}

func (p *Provider) serve(ctx context.Context, l net.Listener, config *tls.Config) {
	hello := faults.Hello{Plan: p.opt.Faults, CA: p.opt.ServerCA, Hosts: hosts, Names: []faults.Service{Everything}}
	hello.Disturb(config)
	srv := &http.Server{
		BaseContext: func(net.Listener) context.Context { return ctx }, Handler: p.upOnly(p.handler()),
		ReadHeaderTimeout: 60 * time.Second, ReadTimeout: 60 * time.Second, IdleTimeout: 5 * time.Minute,
		ErrorLog: log.New(p.opt.Log.With().Str("server", "signing provider").Logger(), "", 0),
	}
	hello.Attach(srv)
	p.running.Go(func() {
		if err := srv.Serve(tls.NewListener(faults.Listener{Listener: l}, config)); !errors.Is(err, http.ErrServerClosed) {
			p.opt.Log.Error().Err(err).Msg("signing provider ended")
		}
	})
	p.running.Go(func() {
		<-ctx.Done()
		_ = srv.Close()
	})
}

// Close stops serving and waits for every goroutine. It is safe to repeat.
func (p *Provider) Close() error {
	if p.cancel == nil {
		return nil
	}
	p.cancel()
	p.running.Wait()
	return p.Authority.Close()
}

// URL is https://HOST:PORT, once started.
func (p *Provider) URL() string { return p.url }

// Certificate is what the listener shows.
func (p *Provider) Certificate() *x509.Certificate { return p.leaf }

// Plan is the plan of faults.
func (p *Provider) Plan() *faults.Plan { return p.opt.Faults }

// SetDown makes the listener drop every connection, as if the machine were off.
func (p *Provider) SetDown(down bool) { p.down.Store(down) }

// Down tells whether SetDown is in force.
func (p *Provider) Down() bool { return p.down.Load() }

func (p *Provider) upOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if p.down.Load() {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, q)
	})
}

// Client trusts the listener, and nothing else. Its idle connections are the
// caller's to close.
func (p *Provider) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: p.opt.ServerCA.Pool(), MinVersion: tls.VersionTLS12}}}
}

// Clear cancels what was ordered, brings the usual settings back and takes every
// revocation back. The plan of faults may be shared and is left as it is.
func (p *Provider) Clear() {
	p.Vault.Clear()
	p.Authority.Restore()
	p.SetDown(false)
}
