package queue

import (
	"context"
	"fmt"
	"testing"
	"time"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// The answers of printers and of the service that end by themselves, and those
// that do not.
func TestFaults(t *testing.T) {
	for _, c := range waits {
		if c == wire.ErrPrintRender || c == wire.ErrInternal {
			continue
		}
		for _, where := range []string{"prepare", "create", "send", "release"} {
			t.Run(fmt.Sprintf("%s waits at %s", c, where), func(t *testing.T) { testFault(t, c, where, true) })
		}
	}
	for _, c := range []wire.ErrorCode{wire.ErrPrintFit, wire.ErrPrintMedia, wire.ErrPrintRefused} {
		for _, where := range []string{"prepare", "create", "send", "release"} {
			t.Run(fmt.Sprintf("%s is final at %s", c, where), func(t *testing.T) { testFault(t, c, where, false) })
		}
	}
	t.Run("no answer waits", func(t *testing.T) {
		inOffice(t, func(t *testing.T, o *office) {
			o.set(func() { o.fault["create"] = context.DeadlineExceeded })
			id := o.submit(request("c1"))
			pass(time.Second / 2)
			o.is(id, wire.PrintQueued, wire.ErrPrintSpooler)
		})
	})
}

// A sheet that can not be made ready does not keep the others waiting for a day.
func TestHopeless(t *testing.T) {
	for _, c := range []wire.ErrorCode{wire.ErrPrintRender, wire.ErrInternal} {
		t.Run(string(c), func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				o.set(func() {
					o.fault["send"] = printing.Fault(c, "", nil)
					o.during = func(request string, _ printing.Ticket) {
						o.set(func() {
							if request == "create" && len(o.desk.jobs) == mostTries { // the other one
								clear(o.fault)
							}
						})
					}
				})
				id, other := o.submit(request("c1")), o.submit(request("c2"))
				pass(3 * time.Second)
				o.is(id, wire.PrintQueued, c)
				pass(time.Minute)
				o.is(id, wire.PrintFailed, c)
				o.is(other, wire.PrintAccepted, "")
				if n := len(o.desk.jobs); n != mostTries+1 {
					t.Errorf("%d jobs at the spooler", n)
				}
			})
		})
	}
}

func testFault(t *testing.T, c wire.ErrorCode, where string, waits bool) {
	inOffice(t, func(t *testing.T, o *office) {
		fault := printing.Fault(c, "detail", nil)
		o.set(func() {
			if where == "prepare" {
				o.ready = fault
			}
			o.fault[where] = fault
		})
		id := o.submit(request("c1"))
		row := o.Wait(t.Context(), id)
		if row.Problem == nil || row.Problem.Data.Code != c || row.Problem.Data.Detail != "detail" {
			t.Errorf("%+v", row)
		}
		if !waits {
			o.is(id, wire.PrintFailed, c)
			pass(time.Hour)
			o.is(id, wire.PrintFailed, c)
			if n := len(o.released()); n != 0 {
				t.Errorf("%d released", n)
			}
			for i, j := range o.desk.jobs {
				if !final(j.look.State) {
					t.Errorf("job %d is left at the spooler", i+1)
				}
			}
			return
		}
		o.is(id, wire.PrintQueued, c)
		pass(time.Hour)
		o.is(id, wire.PrintQueued, c)
		o.set(func() { clear(o.fault); o.ready = nil })
		o.Retry()
		pass(time.Second / 2)
		o.is(id, wire.PrintAccepted, "")
		if n := len(o.released()); n != 1 {
			t.Errorf("%d released", n)
		}
	})
}
