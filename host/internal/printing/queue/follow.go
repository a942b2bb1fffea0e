package queue

import (
	"context"
	"errors"
	"time"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// look asks where a released job stands.
func (q *Queue) look(ctx context.Context, e *entry) {
	at, err := q.lookAt(ctx, e)
	switch {
	case errors.Is(err, printing.ErrGone):
		q.gone(ctx, e)
	case err != nil:
		q.unheard(ctx, e, err)
	case at.State == wire.PrintPrinted:
		q.mu.Lock()
		q.lists = true
		q.mu.Unlock()
		q.finish(ctx, e, at.State, outcome{})
	case at.State == wire.PrintFailed || at.State == wire.PrintCancelled:
		q.finish(ctx, e, at.State, outcome{code: at.Problem, detail: at.Detail})
	default:
		q.seen(e, at)
	}
}

// gone ends a job that the spooler does not know any more. Some forget what is
// done (CUPS too, with PreserveJobHistory No); with others it is not known what
// became of the sheet.
func (q *Queue) gone(ctx context.Context, e *entry) {
	q.mu.Lock()
	lists := q.lists
	q.mu.Unlock()
	if e.Seen && !lists || forgets(q.opt.Spooler.Kind()) {
		q.finish(ctx, e, wire.PrintPrinted, outcome{})
		return
	}
	q.finish(ctx, e, wire.PrintFailed, outcome{code: wire.ErrPrintUnclear})
}

// forgets tells a spooler that keeps no list of what it has printed (Windows: a
// job that is done leaves the queue).
func forgets(kind string) bool { return kind == "windows" }

func (q *Queue) unheard(ctx context.Context, e *entry, err error) {
	if ctx.Err() != nil {
		return
	}
	why := judge(err)
	q.change(e, func() {
		e.fails++
		e.Problem, e.Detail, e.looked = why.code, why.detail, q.now()
		e.due = q.now().Add(backoff(e.fails, q.pace.Retry, q.pace.Longest))
	})
}

// seen takes what the spooler says of a job that is under way. That it was
// released is noted then: whoever starts anew needs to know no more.
func (q *Queue) seen(e *entry, at printing.Look) {
	if at.Held { // somebody held it again
		at.State = wire.PrintHeld
		if at.Problem == "" {
			at.Problem = wire.ErrPrintAttention
		}
	}
	now := q.now()
	alter := func(r *record) {
		r.State, r.Problem, r.Detail = at.State, at.Problem, at.Detail
		r.Seen = r.Seen || at.State == wire.PrintPrinting
	}
	q.mu.Lock()
	first := e.looked.IsZero()
	same := e.State == at.State && e.Problem == at.Problem && e.Detail == at.Detail
	e.fails, e.looked = 0, now
	e.pause = q.nextPause(e.pause, at.State, same)
	e.due = now.Add(e.pause)
	q.mu.Unlock()
	switch {
	case first && q.note(e, alter) == nil:
	case !same:
		q.change(e, func() { alter(&e.record); e.Updated = q.today() })
	}
}

// nextPause is how long to wait for the next look: it grows as long as nothing moves.
func (q *Queue) nextPause(pause time.Duration, state wire.PrintState, same bool) time.Duration {
	if !same {
		return q.pace.Look
	}
	longest := q.pace.Slow
	if state == wire.PrintHeld { // until somebody comes
		longest *= 5
	}
	return min(pause*3/2+q.pace.Look/2, longest)
}

// finish ends a job, on the disk first.
func (q *Queue) finish(ctx context.Context, e *entry, state wire.PrintState, why outcome) {
	stray := e.lost && len(q.clear(ctx, e)) > 0
	alter := func(r *record) {
		r.Stray, r.Stage, r.State, r.Problem, r.Detail = stray, finished, state, why.code, why.detail
	}
	if q.note(e, alter) != nil {
		q.change(e, func() {
			alter(&e.record)
			e.unsaved, e.fails, e.Updated = true, 1, q.today()
			e.due = q.now().Add(q.pace.Retry)
		})
	}
	q.opt.Log.Info().Str("job", short(e.ID)).Str("state", string(state)).Str("problem", string(why.code)).Msg("print job finished")
	q.prune()
}

// sweep looks again for held jobs that a finished one may have left.
func (q *Queue) sweep(ctx context.Context, e *entry) {
	if len(q.clear(ctx, e)) == 0 || q.now().Sub(e.Created) > 2*q.pace.GiveUp {
		if q.note(e, func(r *record) { r.Stray = false }) == nil {
			return
		}
	}
	q.change(e, func() {
		e.fails++
		e.due = q.now().Add(backoff(e.fails, q.pace.Retry, q.pace.Longest))
	})
}

// save tries again to put a finished job on the disk.
func (q *Queue) save(e *entry) {
	err := q.write(e.record)
	q.change(e, func() {
		if e.unsaved = err != nil; e.unsaved {
			e.fails++
			e.due = q.now().Add(backoff(e.fails, q.pace.Retry, q.pace.Longest))
		}
		e.written = e.written || err == nil
	})
}

// abandon gives a job up because somebody wants it so.
func (q *Queue) abandon(ctx context.Context, e *entry) {
	var err error
	why := outcome{}
	switch {
	case e.Stage == finished && e.State == wire.PrintFailed:
		why = outcome{code: e.Problem, detail: e.Detail}
	case e.Stage == finished:
		err = printing.ErrGone
	case e.ready:
		if q.remove(ctx, e.Ticket.Printer, e.Spooled) != nil {
			e.lost = true
		}
		q.change(e, func() { e.ready, e.Spooled = false, "" })
	case e.Stage == releasing || e.Stage == released:
		err = q.revoke(ctx, e.Ticket.Printer, e.Spooled)
	}
	switch {
	case err == nil:
		q.finish(ctx, e, wire.PrintCancelled, why)
	case errors.Is(err, printing.ErrGone):
		err = printing.Fault(wire.ErrPrintState, "", nil)
	}
	q.change(e, func() { e.cancel, e.refused = false, err })
}
