package queue

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"raccordo/host/internal/wire"
)

// office is a queue at work, in virtual time.
type office struct {
	*Queue
	*desk
	t    *testing.T
	stop func()
}

// open has a queue run over a desk until the test ends or stop is called.
func open(t *testing.T, d *desk) *office {
	t.Helper()
	return openWith(t, d, d.options())
}

func openWith(t *testing.T, d *desk, opt Options) *office {
	t.Helper()
	q, err := Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { q.Run(ctx) })
	o := &office{Queue: q, desk: d, t: t, stop: func() { cancel(); running.Wait() }}
	t.Cleanup(o.stop)
	return o
}

// inOffice runs a test in virtual time.
func inOffice(t *testing.T, test func(t *testing.T, o *office)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, open(t, newDesk())) })
}

func request(client string) Request {
	return Request{ClientID: client, Origin: page, Kind: "document", Profile: wire.SheetPromemoria, Title: "Promemoria di " + client, Copies: 1, Pages: 1, PDF: []byte("%PDF " + client)}
}

func (o *office) submit(r Request) string {
	o.t.Helper()
	row, err := o.Submit(context.Background(), r)
	if err != nil {
		o.t.Fatal(err)
	}
	return row.ID
}

// pass lets virtual time go by, and everything that is due in it happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// is requires a state, and a problem if one is named.
func (o *office) is(id string, state wire.PrintState, problem wire.ErrorCode) {
	o.t.Helper()
	row := o.row1(id)
	var code wire.ErrorCode
	if row.Problem != nil {
		code = row.Problem.Data.Code
	}
	if row.State != state || code != problem {
		o.t.Errorf("%s %q, not %s %q", row.State, code, state, problem)
	}
}

func (o *office) row1(id string) wire.PrintJob {
	o.t.Helper()
	rows := o.List(Filter{IDs: []string{id}})
	if len(rows) != 1 {
		o.t.Fatalf("%d jobs of this id", len(rows))
	}
	return rows[0]
}
