package engine

import (
	"context"
	"slices"

	"raccordo/host/internal/session"
	"raccordo/host/internal/wire"
)

// patiently repeats a sending, which does nothing twice, each time that the user
// has opened again the session it wanted, as long as ctx allows.
func (e *Engine) patiently(ctx context.Context, doctor string, ear *listener, send func() []wire.PrescriptionResult) []wire.PrescriptionResult {
	for {
		changes, stop := e.session.Subscribe()
		results := send()
		now := e.session.Snapshot()
		if now.State != wire.Stale || now.Repair != session.RepairLogin || !slices.ContainsFunc(results, waitsForLogin) {
			stop()
			return results
		}
		ear.paused(now.Reason)
		back := connectedAgain(ctx, changes)
		stop()
		if !back {
			return results
		}
		if l, err := e.current(); err != nil || e.sessionOf(l).CF != doctor { // somebody else has logged in: the batch is not hers
			for i := range results {
				if waitsForLogin(results[i]) {
					results[i].Problem = wire.NewError(wire.ErrWrongDoctor, "")
				}
			}
			return results
		}
		e.attend()
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
