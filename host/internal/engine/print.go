package engine

import (
	"context"
	"sync"
	"time"

	"raccordo/host/internal/printing/queue"
	"raccordo/host/internal/wire"
)

// dispatchPrint has the methods that concern paper.
func (e *Engine) dispatchPrint(ctx context.Context, c Call) (any, error) {
	switch c.Method {
	case "print":
		return call(c, func(p wire.PrintParams) (wire.PrintResult, error) { return e.print(ctx, c, p) })
	case "print.list":
		return call(c, func(p wire.PrintIDs) (wire.PrintList, error) { return e.listPrints(c, p) })
	case "print.cancel":
		return call(c, func(p wire.PrintIDs) (wire.PrintList, error) { return e.cancelPrints(ctx, c, p) })
	case "print.again":
		return call(c, func(p wire.PrintIDs) (wire.PrintResult, error) { return e.printAgain(ctx, c, p) })
	case "print.preview":
		return call(c, func(p wire.PreviewParams) (wire.PreviewResult, error) { return e.preview(ctx, c, p) })
	case "printer.list":
		return call(c, func(wire.NoParams) (wire.PrinterList, error) { return e.printers(ctx, c) })
	case "printer.configure":
		return call(c, func(p wire.ConfigureParams) (wire.PrinterList, error) { return e.configure(ctx, c, p) })
	}
	return nil, wire.NewError(wire.ErrMethod, "")
}

// printsChanged tells the doors how many sheets are on their way, in a moment.
func (e *Engine) printsChanged() {
	e.printCrier.soon(func() {
		if e.press.news() {
			e.events.publish(wire.EventPrint, e.press.counts())
		}
	})
}

// acceptTime is how long a caller waits for the spooler to take what it has asked for.
// What was not taken by then goes on by itself.
const acceptTime = 20 * time.Second

// print puts sheets into the queue, in order, and answers when the spooler has them or
// it is known why not.
func (e *Engine) print(ctx context.Context, c Call, p wire.PrintParams) (wire.PrintResult, error) {
	q, err := e.press.use()
	if err != nil {
		return wire.PrintResult{}, err
	}
	jobs := make([]wire.PrintJob, len(p.Items))
	for i, item := range p.Items {
		if jobs[i], err = e.submit(ctx, c, q, item); err != nil {
			jobs[i] = e.unprintable(item, err)
		}
	}
	return awaited(ctx, q, jobs), nil
}

// submit makes a sheet and puts it into the queue.
func (e *Engine) submit(ctx context.Context, c Call, q *queue.Queue, item wire.PrintItem) (wire.PrintJob, error) {
	set, _, err := e.settings.of(profileOf(item))
	if err != nil {
		return wire.PrintJob{}, err
	}
	out, err := e.printout(ctx, c, item, set)
	if err != nil {
		return wire.PrintJob{}, err
	}
	if set.Printer == "" {
		return wire.PrintJob{}, wire.NewError(wire.ErrPrintNone, string(set.Kind))
	}
	pages, err := inspect(out.pdf)
	if err != nil {
		return wire.PrintJob{}, err
	}
	copies := item.Copies
	if copies == 0 {
		copies = set.Copies
	}
	return q.Submit(ctx, queue.Request{
		ClientID: item.ClientID, Origin: queueOrigin(c), Kind: item.Kind, Profile: set.Kind, Title: titleOf(item),
		Copies: copies, Pages: pages, Notices: out.notices, PDF: out.pdf,
	})
}

// unprintable is the row of an item of which there is no job.
func (e *Engine) unprintable(item wire.PrintItem, err error) wire.PrintJob {
	now := e.now().In(e.zone).Format(time.RFC3339)
	return wire.PrintJob{
		ClientID: item.ClientID, Kind: item.Kind, Profile: profileOf(item), Title: titleOf(item), State: wire.PrintFailed,
		Problem: e.fault("print", err), Copies: item.Copies, CreatedAt: now, UpdatedAt: now,
	}
}

// awaited waits for all jobs at the same time.
func awaited(ctx context.Context, q *queue.Queue, jobs []wire.PrintJob) wire.PrintResult {
	ctx, cancel := context.WithTimeout(ctx, acceptTime)
	defer cancel()
	var group sync.WaitGroup
	for i := range jobs {
		if id := jobs[i].ID; id != "" {
			group.Go(func() { jobs[i] = q.Wait(ctx, id) })
		}
	}
	group.Wait()
	r := wire.PrintResult{Jobs: jobs}
	for _, j := range jobs {
		switch j.State {
		case wire.PrintAccepted, wire.PrintPrinting, wire.PrintPrinted, wire.PrintHeld:
			r.Accepted++
		}
	}
	return r
}

// queueOrigin is whose a job is: a page's, or the user's own.
func queueOrigin(c Call) string {
	if seesAll(c) {
		return ""
	}
	return c.Origin
}
