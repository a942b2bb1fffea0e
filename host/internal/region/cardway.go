package region

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/wire"
)

// LoginCard opens a session with the card. When the card itself failed, the
// signer's own error is inside the Error.
func (c *Client) LoginCard(ctx context.Context, cr Credentials) (Session, error) {
	if err := c.ready(ViaCard, ""); err != nil {
		return Session{}, err
	}
	made := func() (*exchange.Line, error) { return c.line(&cr, nil) }
	line, err := made()
	if err != nil {
		return Session{}, misconfigured(err)
	}
	var w interface {
		way
		enter(context.Context) (Session, error)
	}
	at := c.profile.Card.Endpoints
	if c.profile.Card.Driver == DriverSAC {
		w = newSACCard(c, cr, line, made)
	} else {
		w = newSARCard(at.Session, line, made)
	}
	s, err := w.enter(ctx)
	if err != nil {
		line.Rest()
		return Session{}, err
	}
	return c.begin(w, at, s), nil
}

// sarCard is mutual TLS with the card at a regional SAR, and the SAR's session
// service: the session id goes with every request.
type sarCard struct {
	service service
	made    func() (*exchange.Line, error)
	line    atomic.Pointer[exchange.Line]
}

func newSARCard(address string, line *exchange.Line, made func() (*exchange.Line, error)) *sarCard {
	w := &sarCard{made: made}
	w.line.Store(line)
	w.service = service{address, w.do}
	return w
}

func (w *sarCard) do(ctx context.Context, s Session, q exchange.Request) (exchange.Answer, error) {
	if s.ID != "" {
		q.Authorise = func(r *http.Request) error {
			r.Header.Set("Authorization", "Bearer "+s.ID)
			return nil
		}
	}
	return w.line.Load().Do(ctx, q)
}

func (w *sarCard) enter(ctx context.Context) (Session, error) {
	s, err := w.service.open(ctx)
	if err != nil {
		return Session{}, w.line.Load().Refusal(ctx, w.service.address, err)
	}
	return s, nil
}

func (w *sarCard) alive(ctx context.Context, s Session) error { return w.service.alive(ctx, s) }

// again asks for a session over the handshake that is there, which costs the
// card nothing. A region that does not accept it any more gets another one.
func (w *sarCard) again(ctx context.Context, old Session, lingering bool) (Session, error) {
	if lingering {
		if err := w.service.end(ctx, old); hasCode(err, wire.ErrRegionDown, wire.ErrCancelled) {
			return Session{}, err
		}
	}
	s, err := w.enter(ctx)
	var e *Error
	if !hasCode(err, wire.ErrSessionEnded, wire.ErrTLS, wire.ErrTLSRefused) || errors.As(err, &e) && e.Detail == "card" {
		return s, err // the card that did not sign is not asked twice
	}
	line, lineErr := w.made()
	if lineErr != nil {
		return Session{}, misconfigured(lineErr)
	}
	w.line.Swap(line).Rest()
	return w.enter(ctx)
}

func (w *sarCard) end(ctx context.Context, s Session) error { return w.service.end(ctx, s) }

// kept: without the card's handshake the region does not listen.
func (w *sarCard) kept() ([]byte, error) { return nil, nil }

func (w *sarCard) rest() { w.line.Load().Rest() }
