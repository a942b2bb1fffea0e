package engine

import (
	"context"
	"errors"

	"raccordo/host/internal/region"
	"raccordo/host/internal/wire"
)

// errNotConnected is the answer of everything that needs a session.
var errNotConnected = wire.NewError(wire.ErrSessionNone, "")

func (e *Engine) current() (*link, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.live == nil {
		return nil, errNotConnected
	}
	return e.live, nil
}

// withRegion runs one request in the session. When the region says that the
// session is over, it is made anew with the card, which is still unlocked, and
// the request, which the region did not process, is repeated once.
func (e *Engine) withRegion(ctx context.Context, do func(*link) error) error {
	l, err := e.current()
	if err != nil {
		return err
	}
	id := e.sessionOf(l).ID
	if e.session.Snapshot().State == wire.Stale {
		err = staleSession
	} else {
		err = do(l)
	}
	if !sessionOver(err) {
		return err
	}
	if err := e.renew(ctx, l, id, wire.ErrSessionEnded); err != nil {
		return err
	}
	return do(l)
}

// sessionOf is the regional session of a link as it is now: a repair replaces
// it under the feet of whoever works with the link.
func (e *Engine) sessionOf(l *link) region.Session {
	e.mu.Lock()
	defer e.mu.Unlock()
	return l.session
}

// staleSession stands for the region's 401 where the session is known to be
// over: asking first would only cost a request.
var staleSession = &region.Error{Code: wire.ErrSessionEnded}

// mayReturn tells the faults of a region that will pass by themselves.
func mayReturn(code wire.ErrorCode) bool {
	return code == wire.ErrRegionDown || code == wire.ErrRegionTime || code == wire.ErrRegionBusy
}

func sessionOver(err error) bool {
	var r *region.Error
	return errors.As(err, &r) && r.Code == wire.ErrSessionEnded
}

// renew replaces the session with the given id before the user notices that
// it is over. When somebody else already did, there is nothing to do; when the
// link is no longer the live one (the card was pulled out, and perhaps came
// back into another session), its request ends with it.
func (e *Engine) renew(ctx context.Context, l *link, id string, why wire.ErrorCode) error {
	e.renewing.Lock()
	defer e.renewing.Unlock()
	if e.sessionOf(l).ID != id {
		return nil
	}
	if !e.whileLive(l, func() bool { return e.session.Reconnect(why) }) {
		return errNotConnected
	}
	s, err := l.client.Login(ctx, region.Credentials{Certificate: l.key.TLSCertificate(), MaxTLS: l.key.MaxTLSVersion()})
	if code := codeOf(err); err != nil && (mayReturn(code) || ctx.Err() != nil) {
		// The card is still unlocked: once the region is back, so is the session.
		// That one page gave up waiting takes it from nobody else.
		if !mayReturn(code) {
			code = wire.ErrSessionEnded
		}
		e.whileLive(l, func() bool { e.session.Stale(code); return true })
		return err
	}
	if err != nil {
		e.lose(l, codeOf(err))
		return err
	}
	if !e.whileLive(l, func() bool { l.session = s; return e.session.Connect(established(s)) }) {
		// Ended while it was being repaired: the region is not to keep it.
		if err := l.client.Logout(ctx); err != nil {
			e.log.Warn().Err(err).Msg("logout at the region")
		}
		return errNotConnected
	}
	return nil
}

// whileLive does something to the session unless l no longer carries it.
func (e *Engine) whileLive(l *link, do func() bool) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.live == l && do()
}
