package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// work does the next thing about a job that claim has handed out.
func (q *Queue) work(ctx context.Context, e *entry) {
	switch {
	case e.unsaved:
		q.save(e)
	case q.unwanted(e):
		q.abandon(ctx, e)
	case e.Stray:
		q.sweep(ctx, e)
	case e.Stage == waiting:
		q.settle(ctx, e, q.handOver(ctx, e))
	case e.Stage == releasing:
		q.settle(ctx, e, q.resolve(ctx, e))
	case e.Stage == released:
		q.look(ctx, e)
	}
	q.change(e, func() { e.busy = false })
	q.rouse()
}

func (q *Queue) unwanted(e *entry) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return e.cancel
}

// settle takes what came of a try to hand a job over.
func (q *Queue) settle(ctx context.Context, e *entry, err error) {
	if err != nil && ctx.Err() != nil {
		return // the program ends
	}
	why := judge(err)
	if err == nil || e.Stage == waiting && (why.final || q.hopeless(e, why)) {
		q.mu.Lock()
		*q.lane(e.lane) = lane{}
		q.mu.Unlock()
		if err != nil {
			q.finish(ctx, e, wire.PrintFailed, why)
		}
		return
	}
	q.change(e, func() {
		if l := q.lane(e.lane); l.fail(q.now(), why, q.pace) {
			q.opt.Log.Warn().Err(err).Str("job", short(e.ID)).Msg("print jobs wait")
		}
		for _, other := range q.order { // those behind wait for the same
			if other == e || other.Stage == waiting && !other.busy && other.lane == e.lane && other.Profile == e.Profile {
				other.Problem, other.Detail = why.code, why.detail
			}
		}
	})
}

// mostTries is how often a sheet is tried that fails for a reason of its own.
const mostTries = 5

// hopeless tells a sheet that would keep all those behind it waiting for nothing.
func (q *Queue) hopeless(e *entry, why outcome) bool {
	if why.code != wire.ErrPrintRender && why.code != wire.ErrInternal {
		return false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.lane(e.lane)
	return l.why.code == why.code && l.fails >= mostTries-1
}

// handOver brings a job to the spooler and releases it.
func (q *Queue) handOver(ctx context.Context, e *entry) error {
	if !e.ready {
		if q.now().Sub(e.Created) > q.pace.GiveUp {
			return expired(e)
		}
		if err := q.deposit(ctx, e); err != nil {
			return err
		}
	}
	if !e.ready || q.unwanted(e) {
		return nil
	}
	err := q.note(e, func(r *record) {
		r.Stage, r.Problem, r.Detail = releasing, "", ""
	})
	if err != nil {
		return err
	}
	q.change(e, func() { e.ready = false })
	return q.release(ctx, e)
}

// expired ends what waited for a day, with the reason for which it did.
func expired(e *entry) error {
	detail := "waited too long"
	if e.Problem != "" {
		detail = fmt.Sprintf("%s: %s", detail, e.Problem)
	}
	return printing.Fault(wire.ErrPrintRefused, detail, nil)
}

// deposit has the spooler make a held job with all its pages.
func (q *Queue) deposit(ctx context.Context, e *entry) error {
	made, err := q.prepare(ctx, e)
	if err != nil {
		return err
	}
	ticket := made.Ticket
	if e.lost {
		// What is held at another printer stays so, whether that one answers or not.
		if err := q.clear(ctx, e)[ticket.Printer]; err != nil {
			return err
		}
	}
	if !slices.Contains(e.Tried, ticket.Printer) {
		if err := q.note(e, func(r *record) { r.Tried = append(slices.Clone(r.Tried), ticket.Printer) }); err != nil {
			return err
		}
	}
	if q.unwanted(e) || ctx.Err() != nil {
		return ctx.Err()
	}
	job, err := q.create(ctx, ticket)
	if err != nil {
		e.lost = true
		return err
	}
	if err := q.send(ctx, ticket, job, made.PDF); err != nil {
		if q.remove(ctx, ticket.Printer, job) != nil {
			e.lost = true
		}
		return err
	}
	q.change(e, func() {
		e.ready, e.Ticket, e.Spooled, e.Fitted = true, ticket, job, made.Notices
	})
	return nil
}

// prepare has the sheet fitted to the settings of now.
func (q *Queue) prepare(ctx context.Context, e *entry) (Prepared, error) {
	pdf, err := q.sheet(e.ID)
	if err != nil {
		return Prepared{}, printing.Fault(wire.ErrPrintRefused, "the sheet can not be read from the disk", err)
	}
	j := e.job()
	j.PDF = pdf
	made, err := q.opt.Prepare(ctx, j)
	if err != nil {
		var fault *printing.Error
		if !errors.As(err, &fault) && ctx.Err() == nil {
			err = printing.Fault(wire.ErrPrintRefused, "", err)
		}
		return Prepared{}, err
	}
	if made.Ticket.Printer == "" {
		return Prepared{}, printing.Fault(wire.ErrPrintNone, "", nil)
	}
	made.Ticket.Name = e.name()
	if made.Ticket.Copies == 0 {
		made.Ticket.Copies = e.Copies
	}
	return made, nil
}

// clear cancels held jobs of this name, of which no answer was heard. None of them
// was ever released. It tells which printers could not be asked.
func (q *Queue) clear(ctx context.Context, e *entry) (failed map[string]error) {
	failed = map[string]error{}
	for _, p := range e.Tried {
		if p == "" {
			continue
		}
		err := q.clearAt(ctx, p, e.name())
		if err == nil || judge(err).code == wire.ErrPrintMissing { // its jobs went with it
			continue
		}
		failed[p] = err
	}
	return failed
}

func (q *Queue) clearAt(ctx context.Context, printer, name string) error {
	held, err := q.find(ctx, printer, name)
	if err != nil {
		return err
	}
	for _, job := range held {
		if err := q.remove(ctx, printer, job); err != nil {
			return err
		}
	}
	return nil
}

// release lets the job print, whose number is on the disk.
func (q *Queue) release(ctx context.Context, e *entry) error {
	first := !e.asked
	e.asked = true
	err := q.let(ctx, e.Ticket, e.Spooled)
	switch {
	case err == nil:
		q.follow(e)
		return nil
	case first && errors.Is(err, printing.ErrGone):
		return q.vanished(e)
	case errors.Is(err, printing.ErrGone) || judge(err).final:
		return q.refusedRelease(ctx, e, err)
	}
	return err
}

// vanished goes back to the beginning with a job that the spooler lost before it
// was ever told to print it.
func (q *Queue) vanished(e *entry) error {
	err := q.note(e, func(r *record) { r.Stage, r.Spooled, r.Ticket, r.Fitted = waiting, "", printing.Ticket{}, nil })
	if err != nil {
		return err
	}
	e.asked, e.lost = false, true
	return printing.Fault(wire.ErrPrintSpooler, "the job was lost", nil)
}

// refusedRelease finds out what became of a job that the spooler will not release.
func (q *Queue) refusedRelease(ctx context.Context, e *entry, cause error) error {
	at, err := q.lookAt(ctx, e)
	switch {
	case errors.Is(err, printing.ErrGone):
		q.finish(ctx, e, wire.PrintFailed, outcome{code: wire.ErrPrintUnclear})
	case err != nil:
		return err
	case !at.Held:
		q.follow(e)
	default:
		return q.giveUp(ctx, e, judge(cause))
	}
	return nil
}

// giveUp ends a job that is held for certain.
func (q *Queue) giveUp(ctx context.Context, e *entry, why outcome) error {
	if err := q.remove(ctx, e.Ticket.Printer, e.Spooled); err != nil {
		return err
	}
	q.change(e, func() { e.Spooled = "" }) // nothing came out
	q.finish(ctx, e, wire.PrintFailed, why)
	return nil
}

// resolve goes on with a job that may have been released.
func (q *Queue) resolve(ctx context.Context, e *entry) error {
	at, err := q.lookAt(ctx, e)
	switch {
	case errors.Is(err, printing.ErrGone):
		q.finish(ctx, e, wire.PrintFailed, outcome{code: wire.ErrPrintUnclear})
		return nil
	case err != nil:
		return err
	case at.Held && q.now().Sub(e.Created) > q.pace.GiveUp:
		return q.giveUp(ctx, e, judge(expired(e)))
	case at.Held:
		return q.release(ctx, e)
	}
	q.follow(e)
	return nil
}

// follow is what begins when a job has been released.
func (q *Queue) follow(e *entry) {
	q.change(e, func() {
		e.Stage, e.State, e.Problem, e.Detail = released, wire.PrintAccepted, "", ""
		e.Updated, e.pause, e.fails = q.today(), q.pace.Look, 0
		e.due = q.now().Add(e.pause)
	})
}
