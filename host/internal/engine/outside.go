package engine

import (
	"context"
	"sync"
	"time"

	"raccordo/host/internal/region"
	"raccordo/host/internal/remotesign"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/timestamp"
	"raccordo/host/internal/signature/trust"
	"raccordo/host/internal/signature/verify"
)

// outside is what signing and verifying have beyond this PC: remote signature
// services, the time-stamping authority, who tells whether a certificate was
// revoked. All addresses are those of the region's profile.
type outside struct {
	mu       sync.Mutex
	asker    *asker
	services map[string]*remotesign.Service // by id, and whose account it is
	stamper  signature.Stamper              // nil: not made yet
	verifier *verify.Verifier
	until    time.Time // when the verifier is made anew
	old      func()    // lets go of the verifier's connections
	closers  []func()
}

// stamper is the profile's time-stamping authority, nil if it has none.
func (e *Engine) stamper() (signature.Stamper, error) {
	at := e.profile.Signature.Timestamp
	if at == "" {
		return nil, nil
	}
	o := &e.outside
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.stamper != nil {
		return o.stamper, nil
	}
	client, err := region.SigningClient(e.profile, region.Options{Log: e.log, Now: e.now, Proxy: e.proxy.For})
	if err != nil {
		return nil, err
	}
	o.closers = append(o.closers, client.CloseIdleConnections)
	o.stamper = timestamp.New(at, client, timestamp.Options{})
	return o.stamper, nil
}

// How long what was read of the trust lists counts, and how soon what could not
// be read is tried again.
const (
	trustTime = time.Hour
	trustLook = time.Minute
)

// verifying checks documents with one memory of what was found out about
// certificates. It is made when first needed: most days nothing is verified.
func (e *Engine) verifying(ctx context.Context) (*verify.Verifier, error) {
	o := &e.outside
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.verifier != nil && e.now().Before(o.until) {
		return o.verifier, nil
	}
	client, err := region.SigningClient(e.profile, region.Options{Log: e.log, Now: e.now, Proxy: e.proxy.For})
	if err != nil {
		return nil, err
	}
	o.until = e.now().Add(trustTime)
	store, err := trust.Load(ctx, trust.Options{Files: e.profile.Signature.Trust, Signers: e.profile.Signature.TrustSigners, Read: e.profile.File})
	if err != nil { // what could be read counts; the rest is checked by nobody
		e.log.Warn().Err(err).Msg("trust list")
		o.until = e.now().Add(trustLook)
	}
	if o.old != nil {
		o.old()
	}
	o.verifier, o.old = verify.New(verify.Options{Trust: store, Client: client, Now: e.now, Log: e.log}), client.CloseIdleConnections
	return o.verifier, nil
}

// end lets go of connections.
func (o *outside) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, f := range o.closers {
		f()
	}
	if o.old != nil {
		o.old()
	}
	o.closers, o.old = nil, nil
}
