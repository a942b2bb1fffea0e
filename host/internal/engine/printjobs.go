package engine

import (
	"context"
	"strings"
	"sync"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/queue"
	"raccordo/host/internal/wire"
)

// prints are the jobs that a caller may see, of those that it names or all. Another
// page's are as good as none.
func (e *Engine) prints(c Call, ids []string) (*queue.Queue, []wire.PrintJob, error) {
	q, err := e.press.use()
	if err != nil {
		return nil, nil, err
	}
	filter := queue.Filter{IDs: ids}
	if !seesAll(c) {
		filter.Origin = &c.Origin
	}
	list := q.List(filter)
	if len(list) < len(ids) {
		return nil, nil, wire.NewError(wire.ErrPrintJob, "")
	}
	return q, append([]wire.PrintJob{}, list...), nil
}

// veiled are jobs as a page learns of them as long as there is no session: without the
// numbers of prescriptions.
func (e *Engine) veiled(c Call, list []wire.PrintJob) []wire.PrintJob {
	if _, err := e.current(); err == nil || seesAll(c) {
		return list
	}
	for i := range list {
		if strings.HasPrefix(list[i].Title, promemoriaTitle) {
			list[i].Title = strings.TrimSpace(promemoriaTitle)
		}
	}
	return list
}

func (e *Engine) listPrints(c Call, p wire.PrintIDs) (wire.PrintList, error) {
	_, list, err := e.prints(c, p.IDs)
	return wire.PrintList{Jobs: e.veiled(c, list)}, err
}

// named are the jobs that a caller names: never all by an empty list.
func (e *Engine) named(c Call, ids []string) (*queue.Queue, []wire.PrintJob, error) {
	if len(ids) == 0 {
		return nil, nil, wire.NewError(wire.ErrParams, "/ids")
	}
	return e.prints(c, ids)
}

// cancelPrints gives jobs up. Of several, one that is done already is told as it stands.
func (e *Engine) cancelPrints(ctx context.Context, c Call, p wire.PrintIDs) (wire.PrintList, error) {
	q, list, err := e.named(c, p.IDs)
	if err != nil {
		return wire.PrintList{}, err
	}
	faults := make([]error, len(list))
	var group sync.WaitGroup
	for i := range list {
		group.Go(func() { list[i], faults[i] = q.Cancel(ctx, list[i].ID) })
	}
	group.Wait()
	for _, err := range faults {
		if err != nil && (len(list) == 1 || codeOf(err) != wire.ErrPrintState) {
			return wire.PrintList{}, err
		}
	}
	return wire.PrintList{Jobs: e.veiled(c, list)}, nil
}

// printAgain prints once more what is done with, as it was handed in, with the settings
// of now.
func (e *Engine) printAgain(ctx context.Context, c Call, p wire.PrintIDs) (wire.PrintResult, error) {
	q, list, err := e.named(c, p.IDs)
	if err != nil {
		return wire.PrintResult{}, err
	}
	for i, j := range list {
		if list[i], err = e.oneAgain(ctx, q, j); err != nil {
			j.ID, j.State, j.Problem, j.Printer = "", wire.PrintFailed, e.fault("print.again", err), ""
			list[i] = j
		}
	}
	r := awaited(ctx, q, list)
	r.Jobs = e.veiled(c, r.Jobs)
	return r, nil
}

func (e *Engine) oneAgain(ctx context.Context, q *queue.Queue, j wire.PrintJob) (wire.PrintJob, error) {
	if err := e.stillGood(j.Title); err != nil {
		return j, err
	}
	if e.settings.printer(j.Profile) == "" {
		return j, printing.Fault(wire.ErrPrintNone, string(j.Profile), nil)
	}
	return q.Again(ctx, j.ID)
}
