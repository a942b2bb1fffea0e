package queue

import (
	"context"
	"slices"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// Filter chooses jobs.
type Filter struct {
	IDs    []string // none: all
	Origin *string  // whose; nil: everybody's
}

// List tells of jobs, the newest first, or in the order of the ids that are asked for.
func (q *Queue) List(f Filter) []wire.PrintJob {
	q.mu.Lock()
	defer q.mu.Unlock()
	rows := []wire.PrintJob{}
	add := func(e *entry) {
		if e != nil && (f.Origin == nil || *f.Origin == e.Origin) {
			rows = append(rows, q.row(e))
		}
	}
	if len(f.IDs) > 0 {
		for _, id := range f.IDs {
			add(q.jobs[id])
		}
		return rows
	}
	for _, e := range slices.Backward(q.order) {
		add(e)
	}
	return rows
}

// Get tells of one job, without its PDF.
func (q *Queue) Get(id string) (Job, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	e := q.jobs[id]
	if e == nil {
		return Job{}, false
	}
	return e.job(), true
}

// Counts tells how many are on their way, and how many need somebody.
func (q *Queue) Counts() wire.Printing {
	q.mu.Lock()
	defer q.mu.Unlock()
	var c wire.Printing
	for _, e := range q.order {
		switch e.State {
		case wire.PrintQueued, wire.PrintAccepted, wire.PrintPrinting:
			c.Waiting++
		case wire.PrintHeld:
			c.Held++
		case wire.PrintFailed:
			if !e.Repeat && q.now().Sub(e.Updated) <= q.pace.Keep {
				c.Held++
			}
		}
	}
	return c
}

// PDF is what was handed in.
func (q *Queue) PDF(id string) ([]byte, error) {
	q.mu.Lock()
	e := q.jobs[id]
	there := e != nil && !e.bare
	q.mu.Unlock()
	if !there {
		return nil, printing.Fault(wire.ErrPrintJob, "", nil)
	}
	pdf, err := q.sheet(id)
	if err != nil {
		return nil, printing.Fault(wire.ErrPrintJob, "", err)
	}
	return pdf, nil
}

// Wait returns when the spooler has the job, when it is known why not, or when ctx
// ends.
func (q *Queue) Wait(ctx context.Context, id string) wire.PrintJob {
	row, _ := q.await(ctx, id, func(e *entry) bool { return e.State != wire.PrintQueued || e.Problem != "" })
	return row
}

// await waits until a job is as wanted, or ctx ends.
func (q *Queue) await(ctx context.Context, id string, wanted func(e *entry) bool) (wire.PrintJob, error) {
	for {
		q.mu.Lock()
		e, changed := q.jobs[id], q.changed
		if e == nil {
			q.mu.Unlock()
			return wire.PrintJob{ID: id, State: wire.PrintFailed, Problem: wire.NewError(wire.ErrPrintJob, "")}, printing.Fault(wire.ErrPrintJob, "", nil)
		}
		row, done := q.row(e), wanted(e)
		q.mu.Unlock()
		if done {
			return row, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return row, ctx.Err()
		}
	}
}

// Cancel gives a job up and returns when it is certain, with the job as it is then.
// One that was released is cancelled at the spooler, and may have come out in part;
// one that failed is needed no more. It is print.wrong_state where the job was
// finished before. When ctx ends the job is given up all the same as soon as that
// is possible.
func (q *Queue) Cancel(ctx context.Context, id string) (wire.PrintJob, error) {
	q.mu.Lock()
	if e := q.jobs[id]; e != nil && (e.Stage != finished || e.State == wire.PrintFailed) {
		e.cancel, e.refused = true, nil
	}
	q.mu.Unlock()
	q.rouse()
	var refused error
	row, err := q.await(ctx, id, func(e *entry) bool {
		refused = e.refused
		return !e.cancel && !e.busy && !e.unsaved
	})
	switch {
	case err != nil:
		return row, err
	case row.State == wire.PrintCancelled:
		return row, nil
	case refused != nil:
		return row, refused
	}
	return row, printing.Fault(wire.ErrPrintState, "", nil)
}

// Again prints a finished sheet once more, as a job of its own.
func (q *Queue) Again(_ context.Context, id string) (wire.PrintJob, error) {
	q.mu.Lock()
	e := q.jobs[id]
	var r record
	if e != nil {
		r = e.record
	}
	q.mu.Unlock()
	if e != nil && r.Stage != finished {
		return wire.PrintJob{}, printing.Fault(wire.ErrPrintState, "", nil)
	}
	pdf, err := q.PDF(id)
	if err != nil {
		return wire.PrintJob{}, err
	}
	row, err := q.take(Request{ClientID: r.ClientID, Origin: r.Origin, Kind: r.Kind, Profile: r.Profile, Title: r.Title,
		Copies: r.Copies, Pages: r.Pages, Notices: r.Notices, PDF: pdf}, r.client())
	if err == nil {
		q.supersede(e)
	}
	return row, err
}

// supersede notes that another job took the place of a failed one, for which
// nobody waits any more.
func (q *Queue) supersede(e *entry) {
	mine := false
	q.mu.Lock()
	if mine = e.State == wire.PrintFailed && !e.open() && !e.busy; mine {
		e.busy = true
	}
	q.mu.Unlock()
	if mine {
		_ = q.note(e, func(r *record) { r.Repeat = true }) // that it was not kept is in the log, and harms nobody
		q.change(e, func() { e.busy, e.Repeat = false, true })
	}
}
