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

// withRegion runs one request for which a user waits in the session.
func (e *Engine) withRegion(ctx context.Context, do func(*link) error) error {
	defer during(&e.attention.asked)()
	err := e.inSession(ctx, do)
	if err == nil && e.resumes.Load() {
		e.attend()
	}
	return err
}

// answered is withRegion for a request that has an answer.
func answered[R any](ctx context.Context, e *Engine, do func(*link) (R, error)) (out R, err error) {
	err = e.withRegion(ctx, func(l *link) (err error) {
		out, err = do(l)
		return err
	})
	return out, err
}

// inSession runs one request in the session. When the region says that the
// session is over, or shows that it processes nothing, it is made anew, and the
// request, which the region did not process, is repeated once. A session that is
// stale is left to the sentinel unless a user waits.
func (e *Engine) inSession(ctx context.Context, do func(*link) error) error {
	l, err := e.current()
	if err != nil {
		return err
	}
	id, refused := e.sessionOf(l).ID, e.attention.refused.Load()
	if now := e.session.Snapshot(); now.State == wire.Stale {
		err = &region.Error{Code: wire.ErrSessionEnded} // known: asking first would only cost a request
		if e.attention.away() {
			return err
		}
	} else {
		err = do(l)
	}
	why := sessionOver(err)
	if why == "" || e.attention.refused.Load() != refused { // a PIN that nobody is there to type is no end of the session
		e.settleWill() // the request may have renewed the tokens
		return err
	}
	if err := e.renew(ctx, l, id, why); err != nil {
		return &unprocessed{err}
	}
	defer e.settleWill()
	return do(l)
}

// unprocessed is why a session could not be made anew: whatever became of that
// attempt, the region has not processed the request.
type unprocessed struct{ error }

func (u *unprocessed) Unwrap() error { return u.error }

// sessionOf is the regional session of a link as it is now: a repair replaces
// it under the feet of whoever works with the link.
func (e *Engine) sessionOf(l *link) region.Session {
	e.mu.Lock()
	defer e.mu.Unlock()
	return l.session
}

// mayReturn tells the faults of a region that will pass by themselves.
func mayReturn(code wire.ErrorCode) bool {
	switch code {
	case wire.ErrRegionDown, wire.ErrRegionTime, wire.ErrRegionBusy, wire.ErrMaintenance, wire.ErrProxy, wire.ErrRegionLimit:
		return true
	}
	return false
}

// needsUser tells the faults of a session that one click of the user mends.
func needsUser(code wire.ErrorCode) bool {
	switch code {
	case wire.ErrLoginNeeded, wire.ErrDisplaced, wire.ErrCredentials, wire.ErrA2F:
		return true
	}
	return false
}

// sessionOver is the symptom by which a request shows that the session is to be
// made anew and that the request itself was not processed; empty if none.
func sessionOver(err error) wire.ErrorCode {
	var r *region.Error
	if !errors.As(err, &r) || r.Unknown {
		return ""
	}
	switch r.Code {
	case wire.ErrSessionEnded, wire.ErrLingering, wire.ErrDisplaced, wire.ErrLoginNeeded, wire.ErrTLSRefused:
		return r.Code
	}
	return ""
}

// renew replaces the session with the given id before the user notices that
// it is over. When somebody else already did, there is nothing to do; when the
// link is no longer the live one (the card was pulled out, and perhaps came
// back into another session), its request ends with it.
func (e *Engine) renew(ctx context.Context, l *link, id string, why wire.ErrorCode) error {
	e.renewing.Lock()
	defer e.renewing.Unlock()
	return e.repair(ctx, l, id, why)
}

// repair is renew for who holds the lock of repairs.
func (e *Engine) repair(ctx context.Context, l *link, id string, why wire.ErrorCode) error {
	if e.sessionOf(l).ID != id {
		return nil
	}
	if now := e.session.Snapshot(); now.State == wire.Stale && now.Repair == "login" {
		return wire.NewError(wire.ErrLoginNeeded, "")
	}
	if !e.whileLive(l, func() bool { return e.session.Reconnect(why) }) {
		return errNotConnected
	}
	s, err := e.again(ctx, l, why)
	code := codeOf(err)
	switch {
	case err == nil:
	case needsUser(code):
		e.whileLive(l, func() bool { e.session.Stale(code, "login"); return true })
		return err
	case mayReturn(code) || ctx.Err() != nil:
		// Once the region is back, so is the session. That one page gave up waiting
		// takes it from nobody else.
		if !mayReturn(code) {
			code = wire.ErrSessionEnded
		}
		e.whileLive(l, func() bool { e.session.Stale(code, "auto"); return true })
		return err
	default:
		e.lose(l, code)
		return err
	}
	if !e.whileLive(l, func() bool { l.session = s; return e.session.Connect(established(l)) }) {
		e.farewell(ctx, l) // ended while it was being repaired: the region is not to keep it
		return errNotConnected
	}
	return nil
}

// again opens the session of a link anew with what it has: the card's key, a
// refresh token, an ID-SESSIONE. A login at the region's page that a card opened
// is walked through again.
func (e *Engine) again(ctx context.Context, l *link, why wire.ErrorCode) (region.Session, error) {
	renew := l.client.Renew
	if why == wire.ErrLingering {
		renew = l.client.Repair
	}
	s, err := renew(ctx)
	if err != nil && codeOf(err) == wire.ErrLoginNeeded && l.key != nil && l.way == "cloud" {
		return e.enter(ctx, l)
	}
	return s, err
}

// whileLive does something to the session unless l no longer carries it.
func (e *Engine) whileLive(l *link, do func() bool) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.live == l && do()
}
