package oidc

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/wire"
)

// Tokens are those of one login. They are safe for concurrent use.
type Tokens struct {
	Identity Identity

	p      *Provider
	prover *prover        // DPoP
	bound  *exchange.Line // mtls: the line with the certificate

	mu                  sync.Mutex
	access, refresh, id string
	subject, nonce      string // of the login: a renewal must not change them
	expires             time.Time
	closed              bool // by End, or taken up again for End alone
	flight              *flight
}

// flight is a renewal under way, which everybody who wants one waits for: two
// at once would spend the refresh token twice, which a provider takes for a
// theft and answers by ending the login (RFC 9700, section 4.14.2).
type flight struct {
	done chan struct{}
	err  error
}

// String keeps the tokens out of whatever prints them.
func (t *Tokens) String() string { return "oidc.Tokens" }

// GoString likewise.
func (t *Tokens) GoString() string { return t.String() }

// adopt takes what the token endpoint gave.
func (t *Tokens) adopt(g grant, subject string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.access, t.subject, t.expires = g.access, subject, g.asked.Add(g.life)
	t.refresh, t.id = or(g.refresh, t.refresh), or(g.id, t.id)
}

// ExpiresAt is when the access token expires.
func (t *Tokens) ExpiresAt() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.expires
}

// Renewable tells whether Refresh can work at all: there is a refresh token.
func (t *Tokens) Renewable() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.refresh != "" && !t.closed
}

// Line is the line with the card's certificate that the tokens are bound to,
// and that every request with them must take; nil: any line will do.
func (t *Tokens) Line() *exchange.Line { return t.bound }

// Authorise adds the access token to a request, with the proof for this method
// and address. Whether the token still lives is for the server to say.
func (t *Tokens) Authorise(r *http.Request) error {
	t.mu.Lock()
	access, closed := t.access, t.closed
	t.mu.Unlock()
	if closed || access == "" {
		return fail(wire.ErrSessionNone, "")
	}
	if t.prover == nil {
		r.Header.Set("Authorization", "Bearer "+access)
		return nil
	}
	r.Header.Set("Authorization", "DPoP "+access)
	return t.prover.prove(r, access)
}

// Heard takes note of what an answer to an authorised request says of the
// proofs to come. It returns true when the request was not looked at and must
// be sent again (RFC 9449, section 9).
func (t *Tokens) Heard(address string, a exchange.Answer) (again bool) {
	if t.prover == nil {
		return false
	}
	t.prover.heard(address, a.Header)
	return a.Status == http.StatusUnauthorized && a.Header.Get("DPoP-Nonce") != "" &&
		strings.Contains(a.Header.Get("WWW-Authenticate"), "use_dpop_nonce")
}

// Do is line.Do with the tokens.
func (t *Tokens) Do(ctx context.Context, line *exchange.Line, q exchange.Request) (exchange.Answer, error) {
	q.Authorise = t.Authorise
	answer, err := line.Do(ctx, q)
	if err == nil && t.Heard(q.URL, answer) {
		answer, err = line.Do(ctx, q)
	}
	return answer, err
}

// Refresh renews the access token. It fails with ErrLoginNeeded when only a new
// login can help; after any other failure the tokens are as they were, and as
// good as their time.
func (t *Tokens) Refresh(ctx context.Context) error {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return fail(wire.ErrSessionNone, "")
	}
	f := t.flight
	if f == nil {
		f = &flight{done: make(chan struct{})}
		t.flight = f
		// A caller that gives up must not cut it off: the new refresh token would
		// be lost, and the old one is spent.
		go t.fly(context.WithoutCancel(ctx), f)
	}
	t.mu.Unlock()
	return f.wait(ctx)
}

func (f *flight) wait(ctx context.Context) error {
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
		code := wire.ErrRegionTime
		if errors.Is(ctx.Err(), context.Canceled) {
			code = wire.ErrCancelled
		}
		return &exchange.Error{Code: code, Err: ctx.Err()}
	}
}

func (t *Tokens) fly(ctx context.Context, f *flight) {
	f.err = t.renew(ctx)
	t.mu.Lock()
	t.flight = nil
	t.mu.Unlock()
	close(f.done)
}

func (t *Tokens) renew(ctx context.Context) error {
	t.mu.Lock()
	refresh, subject := t.refresh, t.subject
	t.mu.Unlock()
	if refresh == "" {
		return fail(wire.ErrLoginNeeded, "no refresh token")
	}
	g, err := t.ask(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}})
	if err != nil {
		return t.refusedAs(err, wire.ErrLoginNeeded)
	}
	if g.id != "" {
		c, err := t.p.verify(ctx, g, t.nonce, renewal)
		if err == nil && c.subject != subject {
			err = fail(wire.ErrIdentity, "sub")
		}
		var e *exchange.Error
		switch {
		case errors.As(err, &e) && e.Code == wire.ErrIdentity:
			t.abandon(ctx, g)
			return err
		case err != nil:
			// The keys could not be fetched. The old refresh token is spent: what came
			// from the token endpoint over TLS is kept, without the ID token.
			g.id = ""
		}
	}
	t.adopt(g, subject)
	t.p.opt.Log.Debug().Time("expires", t.ExpiresAt()).Msg("tokens renewed")
	return nil
}
