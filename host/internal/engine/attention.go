package engine

import (
	"context"
	"sync/atomic"

	"raccordo/host/internal/card"
	"raccordo/host/internal/wire"
)

// attention says whether a window may appear: while a user waits for something,
// yes; while the agent acts by itself, nobody would know what it is for.
type attention struct {
	asked   atomic.Int32 // things that a user waits for
	alone   atomic.Int32 // things that the agent does by itself
	refused atomic.Int64 // windows that were not shown
}

// during counts while something lasts; its result ends it.
func during(n *atomic.Int32) func() {
	n.Add(1)
	return func() { n.Add(-1) }
}

func (a *attention) away() bool { return a.alone.Load() > 0 && a.asked.Load() == 0 }

// unless keeps the window of ask shut while nobody is there.
func (a *attention) unless(ask card.PINFunc) card.PINFunc {
	return func(ctx context.Context, req card.PINRequest) ([]byte, error) {
		if a.away() {
			a.refused.Add(1)
			return nil, wire.NewError(wire.ErrLoginNeeded, "")
		}
		return ask(ctx, req)
	}
}
