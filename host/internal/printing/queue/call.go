package queue

import (
	"context"
	"errors"
	"time"

	"raccordo/host/internal/printing"
)

// The requests to the spooler, each with its time.

func (q *Queue) create(ctx context.Context, t printing.Ticket) (string, error) {
	ctx, done := context.WithTimeout(ctx, q.pace.Call)
	defer done()
	return q.opt.Spooler.Create(ctx, t)
}

func (q *Queue) send(ctx context.Context, t printing.Ticket, job string, pdf printing.Source) error {
	ctx, done := context.WithTimeout(ctx, q.pace.Call+time.Duration(t.Pages*t.Copies)*perPage)
	defer done()
	return q.opt.Spooler.Send(ctx, t, job, pdf)
}

// perPage is what a page more may take that is drawn here (Windows).
const perPage = 5 * time.Second

func (q *Queue) let(ctx context.Context, t printing.Ticket, job string) error {
	ctx, done := context.WithTimeout(ctx, q.pace.Call)
	defer done()
	return q.opt.Spooler.Release(ctx, t, job)
}

func (q *Queue) lookAt(ctx context.Context, e *entry) (printing.Look, error) {
	ctx, done := context.WithTimeout(ctx, q.pace.Call)
	defer done()
	return q.opt.Spooler.Look(ctx, e.Ticket.Printer, e.Spooled)
}

func (q *Queue) find(ctx context.Context, printer, name string) ([]string, error) {
	ctx, done := context.WithTimeout(ctx, q.pace.Call)
	defer done()
	return q.opt.Spooler.Find(ctx, printer, name)
}

func (q *Queue) revoke(ctx context.Context, printer, job string) error {
	ctx, done := context.WithTimeout(ctx, q.pace.Call)
	defer done()
	return q.opt.Spooler.Cancel(ctx, printer, job)
}

// remove cancels a job that must not be there; that it is gone is as well.
func (q *Queue) remove(ctx context.Context, printer, job string) error {
	if err := q.revoke(ctx, printer, job); !errors.Is(err, printing.ErrGone) {
		return err
	}
	return nil
}
