package engine

import (
	"context"
	"sync"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/wire"
)

// batches are the sendings under way, by who asked for them.
type batches struct {
	mu      sync.Mutex
	running map[*batch]struct{}
}

// batch is one sending under way.
type batch struct {
	caller wire.Caller
	origin string
	stop   context.CancelCauseFunc
}

// begin registers a sending; end takes it out again.
func (b *batches) begin(ctx context.Context, c Call) (stoppable context.Context, end func()) {
	ctx, stop := context.WithCancelCause(ctx)
	one := &batch{c.Caller, c.Origin, stop}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running == nil {
		b.running = map[*batch]struct{}{}
	}
	b.running[one] = struct{}{}
	return ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.running, one)
		stop(nil)
	}
}

// halt stops the sendings of the caller: a page its own, who sees all all.
func (b *batches) halt(c Call) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for one := range b.running {
		if seesAll(c) || one.caller == c.Caller && one.origin == c.Origin {
			one.stop(outbox.ErrStopped)
		}
	}
}

// stopBatch ends the caller's sendings: what is on its way arrives, the rest
// waits for the doctor.
func (e *Engine) stopBatch(c Call) wire.Outbox {
	e.batches.halt(c)
	return e.journal.counts()
}
