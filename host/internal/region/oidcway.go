package region

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/region/oidc"
	"raccordo/host/internal/wire"
)

const (
	// refreshBefore is how long before its end an access token is renewed: a
	// request that is on its way must arrive with one that lives.
	refreshBefore = 30 * time.Second
	// renewBefore is how near the end of a session asking for it makes another.
	renewBefore = 10 * time.Minute
	// goodbyeFirst is how long the end of the login waits for a region that does
	// not answer: without the tokens its own session could not be ended.
	goodbyeFirst = 10 * time.Minute
)

// oidcWay is a login at the region's OpenID provider, and the region's session
// service where it has one.
type oidcWay struct {
	tokens  *oidc.Tokens
	line    *exchange.Line
	service *service // nil: the tokens are all there is
	now     func() time.Time

	ending atomic.Int64 // when end was called first, Unix nanoseconds
	ended  atomic.Bool  // the tokens authorise nothing any more
}

func newOIDCWay(c *Client, t *oidc.Tokens, address string) *oidcWay {
	w := &oidcWay{tokens: t, line: c.open, now: c.now}
	if bound := t.Line(); bound != nil {
		w.line = bound
	}
	if address != "" {
		w.service = &service{address, w.do}
	}
	return w
}

// do sends one request with an access token that lives.
func (w *oidcWay) do(ctx context.Context, _ Session, q exchange.Request) (exchange.Answer, error) {
	if w.due() {
		if err := w.tokens.Refresh(ctx); err != nil && !w.now().Before(w.tokens.ExpiresAt()) {
			return exchange.Answer{}, notSent(err)
		}
	}
	return w.tokens.Do(ctx, w.line, q)
}

func (w *oidcWay) due() bool { return !w.now().Add(refreshBefore).Before(w.tokens.ExpiresAt()) }

// notSent: what was wanted has not left, whatever became of the renewal.
func notSent(err error) error {
	var e *Error
	if !errors.As(err, &e) || !e.Unknown {
		return err
	}
	known := *e
	known.Unknown = false
	return &known
}

// enter is the session of tokens that have just come.
func (w *oidcWay) enter(ctx context.Context) (Session, error) {
	if w.service == nil {
		return w.fromIdentity(), nil
	}
	s, err := w.service.open(ctx)
	switch {
	case err != nil:
		return Session{}, err
	case s.CF != w.tokens.Identity.CF:
		_ = w.service.end(context.WithoutCancel(ctx), s)
		return Session{}, &Error{Code: wire.ErrIdentity, Detail: "session of another doctor"}
	}
	return s, nil
}

func (w *oidcWay) alive(ctx context.Context, s Session) error {
	switch {
	case w.service != nil:
		return w.service.alive(ctx, s)
	case w.due():
		return w.tokens.Refresh(ctx)
	}
	return nil
}

// again: the tokens are renewed where they must be, the region's session where
// it has ended, is about to, or lingers.
func (w *oidcWay) again(ctx context.Context, old Session, lingering bool) (Session, error) {
	fresh := w.service == nil || w.due()
	if fresh {
		if err := w.tokens.Refresh(ctx); err != nil {
			return Session{}, err
		}
	}
	if w.service == nil {
		s := w.fromIdentity()
		s.Since = old.Since
		return s, nil
	}
	if !lingering && w.now().Add(renewBefore).Before(old.ExpiresAt) {
		if err := w.service.alive(ctx, old); err == nil || !hasCode(err, wire.ErrSessionEnded) {
			return old, err
		}
	}
	if lingering {
		if err := w.service.end(ctx, old); hasCode(err, wire.ErrRegionDown, wire.ErrCancelled) {
			return Session{}, err
		}
	}
	s, err := w.enter(ctx)
	if fresh || !hasCode(err, wire.ErrSessionEnded) {
		return s, toUser(err)
	}
	// The provider has ended the access token before its time.
	if err := w.tokens.Refresh(ctx); err != nil {
		return Session{}, err
	}
	s, err = w.enter(ctx)
	return s, toUser(err)
}

// toUser: tokens that have just come and are not accepted are not mended by
// others of the same login.
func toUser(err error) error {
	if hasCode(err, wire.ErrSessionEnded) {
		return &Error{Code: wire.ErrLoginNeeded, Err: err}
	}
	return err
}

func (w *oidcWay) end(ctx context.Context, s Session) error {
	w.ending.CompareAndSwap(0, w.now().UnixNano())
	if w.service != nil && !w.ended.Load() {
		err := w.service.end(ctx, s)
		if mayHearLater(err) && w.now().Sub(time.Unix(0, w.ending.Load())) < goodbyeFirst {
			return err
		}
	}
	w.ended.Store(true)
	return w.tokens.End(ctx)
}

func (w *oidcWay) kept() ([]byte, error) { return w.tokens.Kept(), nil }

func (w *oidcWay) rest() { w.line.Rest() }
