package queue

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// Many callers at once, a spooler that is slow and answers wrongly now and then, and
// printers that print: nothing is released twice, and everything ends.
func TestTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk()
		d.during = func(string, printing.Ticket) { time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond) }
		o := open(t, d)
		healed := make(chan struct{})
		go func() { // the world goes round
			for {
				select {
				case <-healed:
					return
				case <-time.After(time.Second):
				}
				fault := pick(rand.New(rand.NewPCG(rand.Uint64(), 0)), "create", "send", "release", "look", "find", "cancel")
				d.set(func() { clear(d.fault); d.fault[fault] = errNoAnswer })
				d.stands(printing.Look{State: pick(rand.New(rand.NewPCG(rand.Uint64(), 0)), wire.PrintPrinting, wire.PrintHeld, wire.PrintPrinted)})
			}
		}()
		var callers sync.WaitGroup
		for caller := range 8 {
			callers.Go(func() {
				for n := range 20 {
					r := request(fmt.Sprint(caller%4, " ", n))
					r.Profile = wire.SheetKinds[caller%len(wire.SheetKinds)]
					id := o.submit(r)
					o.Wait(t.Context(), id)
					switch rand.IntN(6) {
					case 0:
						_, _ = o.Cancel(t.Context(), id)
					case 1:
						_, _ = o.Again(t.Context(), id)
					case 2:
						o.List(Filter{})
						o.Counts()
						o.Retry()
					}
				}
			})
		}
		callers.Wait()
		close(healed)
		time.Sleep(2 * time.Second)
		d.set(func() { clear(d.fault) })
		o.Retry()
		for range 100 {
			pass(time.Minute)
			d.stands(printed)
		}
		for _, row := range o.List(Filter{}) {
			if !final(row.State) {
				t.Errorf("%s is %s, %v", row.Title, row.State, row.Problem)
			}
		}
		names := map[string]int{}
		for _, j := range d.jobs {
			names[j.ticket.Name] += j.released
			if !final(j.look.State) {
				t.Errorf("%s stays %s", j.ticket.Name, j.look.State)
			}
		}
		for name, n := range names {
			if n > 1 {
				t.Errorf("%s was released %d times", name, n)
			}
		}
	})
}

// Whoever listens hears of what people can see, and of nothing else.
func TestChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk()
		var heard atomic.Int32
		opt := d.options()
		opt.Changed = func() { heard.Add(1) }
		o := openWith(t, d, opt)
		step := func(what string, want int32) {
			t.Helper()
			pass(time.Minute)
			if n := heard.Swap(0); n != want {
				t.Errorf("%s: heard %d times, not %d", what, n, want)
			}
		}
		o.submit(request("c1"))
		step("taken, accepted", 2)
		step("nothing", 0)
		o.stands(printing.Look{State: wire.PrintHeld, Problem: wire.ErrPrintPaper})
		step("held", 1)
		o.stands(printed)
		step("printed", 1)
		d.set(func() { d.fault["create"] = printing.Fault(wire.ErrPrintReject, "", nil) })
		o.submit(request("c2"))
		step("taken, refused", 2)
		step("refused again and again", 0)
	})
}
