package engine

import (
	"context"

	"raccordo/host/internal/wire"
)

// pauseKey marks the context of a batch: its value is told why the batch waits.
type pauseKey struct{}

// inBatch lets the requests under ctx wait for the user where only the user can
// mend the session: the batch pauses, the repair runs, the batch goes on.
func inBatch(ctx context.Context, paused func(wire.ErrorCode)) context.Context {
	return context.WithValue(ctx, pauseKey{}, paused)
}

// patiently runs one request in the session, and in a batch waits for a session
// that the user has to open again, as long as ctx allows.
func (e *Engine) patiently(ctx context.Context, do func(*link) error) error {
	paused, batch := ctx.Value(pauseKey{}).(func(wire.ErrorCode))
	doctor := ""
	if l, err := e.current(); err == nil {
		doctor = e.sessionOf(l).CF
	}
	for {
		changes, stop := e.session.Subscribe()
		err := e.withRegion(ctx, do)
		now := e.session.Snapshot()
		if !batch || err == nil || now.State != wire.Stale || now.Repair != "login" {
			stop()
			return err
		}
		paused(now.Reason)
		back := connectedAgain(ctx, changes)
		stop()
		if !back {
			return err
		}
		if l, err := e.current(); err != nil || e.sessionOf(l).CF != doctor {
			return wire.NewError(wire.ErrWrongDoctor, "") // somebody else has logged in: the batch is not hers
		}
	}
}

// connectedAgain waits for the end of a stale session: well, or not.
func connectedAgain(ctx context.Context, changes <-chan wire.Session) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case s := <-changes:
			switch s.State {
			case wire.Connected:
				return true
			case wire.Disconnected:
				return false
			}
		}
	}
}
