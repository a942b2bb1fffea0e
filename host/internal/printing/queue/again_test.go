package queue

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

var (
	printed   = printing.Look{State: wire.PrintPrinted}
	aborted   = printing.Look{State: wire.PrintFailed, Problem: wire.ErrPrintRefused}
	cancelled = printing.Look{State: wire.PrintCancelled}
)

// A page's name of a sheet stands for one job, unless nothing of that can have come out.
func TestSameAgain(t *testing.T) {
	ends := func(look printing.Look) func(o *office, id string) {
		return func(o *office, _ string) { o.stands(look); pass(time.Minute) }
	}
	tests := map[string]struct {
		before func(o *office, id string)
		change func(r *Request)
		same   bool
	}{
		"on its way":           {before: func(*office, string) {}, same: true},
		"printed":              {before: ends(printed), same: true},
		"failed when released": {before: ends(aborted), same: true},
		"cancelled by others":  {before: ends(cancelled), same: true},
		"another page's":       {before: ends(printed), change: func(r *Request) { r.Origin = "https://other.example" }},
		"a day later":          {before: func(o *office, _ string) { o.stands(printed); pass(24*time.Hour + time.Minute) }},
		"without a name":       {before: func(*office, string) {}, change: func(r *Request) { r.ClientID = "" }},
		"after a restart": {before: func(o *office, _ string) {
			ends(printed)(o, "")
			o.stop()
			o.Queue = open(o.t, o.desk).Queue
		}, same: true},
	}
	for name, row := range tests {
		t.Run(name, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				r := request("c1")
				id := o.submit(r)
				pass(time.Second)
				row.before(o, id)
				if row.change != nil {
					row.change(&r)
				}
				second := o.submit(r)
				if same := second == id; same != row.same {
					t.Errorf("the same job: %v", same)
				}
				pass(time.Second)
				if n, want := len(o.released()), 2; row.same && n != 1 || !row.same && n != want {
					t.Errorf("%d released", n)
				}
			})
		})
	}
	t.Run("failed before anything came out", func(t *testing.T) {
		inOffice(t, func(t *testing.T, o *office) {
			o.set(func() { o.ready = printing.Fault(wire.ErrPrintFit, "", nil) })
			id := o.submit(request("c1"))
			pass(time.Second)
			o.set(func() { o.ready = nil })
			if o.submit(request("c1")) == id {
				t.Error("the job that failed")
			}
			pass(time.Second)
			if c := o.Counts(); c != (wire.Printing{Waiting: 1}) {
				t.Errorf("the one that failed still counts: %+v", c)
			}
			o.stop()
			o.Queue = open(t, o.desk).Queue
			if c := o.Counts(); c != (wire.Printing{Waiting: 1}) {
				t.Errorf("it counts after a restart: %+v", c)
			}
		})
	})
}

// A sheet that a page hands in many times at once is one.
func TestSameAtOnce(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		var callers sync.WaitGroup
		ids := make([]string, 20)
		for i := range ids {
			callers.Go(func() { ids[i] = o.submit(request("c1")) })
		}
		callers.Wait()
		pass(time.Second)
		for _, id := range ids {
			if id != ids[0] {
				t.Fatal("two jobs")
			}
		}
		if n := len(o.released()); n != 1 {
			t.Errorf("%d released", n)
		}
	})
}

func TestAgain(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		id := o.submit(request("c1"))
		pass(time.Second)
		if _, err := o.Again(t.Context(), id); code(err) != wire.ErrPrintState {
			t.Errorf("on its way: %v", err)
		}
		o.stands(printed)
		pass(time.Minute)
		row, err := o.Again(t.Context(), id)
		if err != nil || row.ID == id || row.ClientID != "c1" {
			t.Fatalf("%+v, %v", row, err)
		}
		pass(time.Second)
		if got := o.released(); len(got) != 2 || got[0] != got[1] {
			t.Errorf("%q", got)
		}
		if o.submit(request("c1")) != row.ID {
			t.Error("its name does not stand for the newest")
		}
		if _, err := o.Again(t.Context(), "none"); code(err) != wire.ErrPrintJob {
			t.Errorf("%v", err)
		}
	})
}

func TestCancel(t *testing.T) {
	waits := func(o *office) { o.fault["create"] = printing.Fault(wire.ErrPrintReject, "", nil) }
	tests := map[string]struct {
		before, after func(o *office)
		state         wire.PrintState
		code          wire.ErrorCode
		released      int
	}{
		"waiting":   {before: waits, state: wire.PrintCancelled},
		"released":  {state: wire.PrintCancelled, released: 1},
		"printed":   {after: func(o *office) { o.stands(printed); pass(time.Minute) }, state: wire.PrintPrinted, code: wire.ErrPrintState, released: 1},
		"failed":    {after: func(o *office) { o.stands(aborted); pass(time.Minute) }, state: wire.PrintCancelled, released: 1},
		"cancelled": {after: func(o *office) { o.stands(cancelled); pass(time.Minute) }, state: wire.PrintCancelled, released: 1},
		"printed just now": {after: func(o *office) {
			o.during = func(request string, _ printing.Ticket) {
				if request == "cancel" {
					o.stands(printed)
				}
			}
		}, state: wire.PrintAccepted, code: wire.ErrPrintState, released: 1},
		"the spooler does not answer": {after: func(o *office) {
			o.set(func() { o.fault["cancel"] = printing.Fault(wire.ErrPrintSpooler, "", nil) })
		}, state: wire.PrintAccepted, code: wire.ErrPrintSpooler, released: 1},
	}
	for name, row := range tests {
		t.Run(name, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				if row.before != nil {
					o.set(func() { row.before(o) })
				}
				id := o.submit(request("c1"))
				pass(time.Second)
				if row.after != nil {
					row.after(o)
				}
				got, err := o.Cancel(t.Context(), id)
				if got.State != row.state || code(err) != row.code {
					t.Errorf("%s, %v", got.State, err)
				}
				o.set(func() { clear(o.fault) })
				pass(time.Hour)
				if n := len(o.released()); n != row.released {
					t.Errorf("%d released", n)
				}
				if c := o.Counts(); row.state == wire.PrintCancelled && c != (wire.Printing{}) {
					t.Errorf("%+v", c)
				}
			})
		})
	}
	t.Run("unknown", func(t *testing.T) {
		inOffice(t, func(t *testing.T, o *office) {
			if _, err := o.Cancel(t.Context(), "none"); code(err) != wire.ErrPrintJob {
				t.Errorf("%v", err)
			}
		})
	})
}

// Given up while the spooler is given the pages: it is never released.
func TestCancelInTheMiddle(t *testing.T) {
	for _, at := range []string{"create", "send"} {
		t.Run(at, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				o.during = func(request string, _ printing.Ticket) {
					if request == at {
						time.Sleep(10 * time.Second)
					}
				}
				id := o.submit(request("c1"))
				pass(5 * time.Second)
				if row, err := o.Cancel(t.Context(), id); row.State != wire.PrintCancelled || err != nil {
					t.Errorf("%s, %v", row.State, err)
				}
				if len(o.released()) != 0 || !final(o.desk.jobs[0].look.State) {
					t.Errorf("%d released, %+v", len(o.released()), o.desk.jobs[0].look)
				}
			})
		})
	}
}

// Callers that have no time any more are answered, whatever happens.
func TestCallersLeave(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.during = func(request string, _ printing.Ticket) {
			if request == "create" {
				time.Sleep(time.Minute)
			}
		}
		id := o.submit(request("c1"))
		ctx, over := context.WithTimeout(t.Context(), time.Second)
		defer over()
		if row := o.Wait(ctx, id); row.State != wire.PrintQueued {
			t.Errorf("%+v", row)
		}
		if _, err := o.Cancel(ctx, id); err == nil {
			t.Error("certain at once")
		}
		pass(2 * time.Minute)
		o.is(id, wire.PrintCancelled, "")
	})
}

// The end of Run does not wait for a spooler that hangs.
func TestEnd(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.during = func(request string, _ printing.Ticket) {
			if request == "send" {
				time.Sleep(10 * time.Second)
			}
		}
		id := o.submit(request("c1"))
		pass(time.Second)
		from := time.Now()
		o.stop()
		if took := time.Since(from); took != 9*time.Second {
			t.Errorf("it took %s: the fake heeds no context, and nothing may come after it", took)
		}
		o.during = nil
		o.Queue = open(t, o.desk).Queue
		pass(time.Second)
		o.is(id, wire.PrintAccepted, "")
		if n := len(o.released()); n != 1 {
			t.Errorf("%d released", n)
		}
	})
}

// What is kept of what is done: a day, five hundred, 64 MiB.
func TestKeeps(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		for i := range mostFinished + 20 {
			o.submit(request(fmt.Sprint(i)))
		}
		pass(time.Second)
		o.stands(printed)
		pass(time.Hour)
		rows := o.List(Filter{})
		if len(rows) != mostFinished || rows[0].ClientID != fmt.Sprint(mostFinished+19) || len(o.values) != 2*mostFinished {
			t.Errorf("%d jobs, %d files, the newest is %s", len(rows), len(o.values), rows[0].ClientID)
		}
		for i := range 3 {
			id := o.submit(request(fmt.Sprint("large ", i)))
			pass(time.Second)
			o.Queue.mu.Lock()
			o.Queue.jobs[id].Size = 25 << 20
			o.Queue.mu.Unlock()
		}
		pass(time.Second)
		o.stands(printed)
		pass(time.Hour)
		if rows := o.List(Filter{}); len(rows) != 2 {
			t.Errorf("%d jobs of 25 MiB", len(rows))
		}
		pass(25 * time.Hour)
		if len(o.List(Filter{})) != 0 || len(o.values) != 0 {
			t.Errorf("%d files after a day", len(o.values))
		}
	})
}
