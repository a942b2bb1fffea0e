package queue

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// Files that were damaged, exchanged or put there: nothing is printed that may have
// been printed, and the rest goes on.
func TestDamage(t *testing.T) {
	tests := map[string]struct {
		damage func(d *desk, id string)
		state  wire.PrintState // of the damaged job; empty: it is not there any more
		prints bool
	}{
		"its state is cut": {func(d *desk, id string) {
			d.values[statePrefix+id] = d.values[statePrefix+id][:20]
		}, wire.PrintFailed, false},
		"its state is empty": {func(d *desk, id string) { d.values[statePrefix+id] = nil }, wire.PrintFailed, false},
		"its state is of no known stage": {func(d *desk, id string) {
			d.values[statePrefix+id] = bytes.Replace(d.values[statePrefix+id], []byte(`"releas`), []byte(`"unknow`), 1)
		}, wire.PrintFailed, false},
		"its state is another's": {func(d *desk, id string) {
			d.values[statePrefix+id] = bytes.ReplaceAll(d.values[statePrefix+id], []byte(id), []byte(strings.Repeat("0", idLength)))
		}, wire.PrintFailed, false},
		"its sheet is cut":  {func(d *desk, id string) { d.values[sheetPrefix+id] = d.values[sheetPrefix+id][:100] }, wire.PrintAccepted, false},
		"its sheet is gone": {func(d *desk, id string) { delete(d.values, sheetPrefix+id) }, wire.PrintAccepted, false},
		"its state is cut and its sheet is gone": {func(d *desk, id string) {
			d.values[statePrefix+id] = nil
			delete(d.values, sheetPrefix+id)
		}, "", false},
		"something else lies there": {func(d *desk, id string) { d.values["other"] = []byte("x") }, wire.PrintAccepted, false},
	}
	for name, row := range tests {
		t.Run(name, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				id := o.submit(request("c1"))
				pass(time.Second)
				o.stop()
				before := len(o.released())
				row.damage(o.desk, id)
				o.Queue = open(t, o.desk).Queue
				pass(time.Second)
				if row.state == "" {
					if rows := o.List(Filter{}); len(rows) != 0 {
						t.Errorf("%+v", rows)
					}
				} else if got := o.row1(id).State; got != row.state {
					t.Errorf("%s", got)
				}
				if row.state == wire.PrintFailed {
					o.is(id, wire.PrintFailed, wire.ErrPrintUnclear)
				}
				other := o.submit(request("c2"))
				pass(time.Second)
				o.is(other, wire.PrintAccepted, "")
				if n := len(o.released()); n != before+1 {
					t.Errorf("%d released", n)
				}
			})
		})
	}
}

// A sheet that waits and can not be read is not printed, and is in nobody's way.
func TestDamagedSheet(t *testing.T) {
	for name, damage := range map[string]func(packed []byte) []byte{
		"cut":          func(b []byte) []byte { return b[:len(b)-1] },
		"longer":       func(b []byte) []byte { return append(b, 'x') },
		"empty":        func([]byte) []byte { return nil },
		"three bytes":  func(b []byte) []byte { return b[:3] },
		"false length": func(b []byte) []byte { b[0] = 0xff; return b },
		"no record":    func([]byte) []byte { return []byte{0, 0, 0, 2, '{', '}'} },
	} {
		t.Run(name, func(t *testing.T) {
			inOffice(t, func(t *testing.T, o *office) {
				o.set(func() { o.fault["create"] = printing.Fault(wire.ErrPrintReject, "", nil) })
				id := o.submit(request("c1"))
				o.submit(request("c2"))
				pass(time.Second)
				o.stop()
				o.values[sheetPrefix+id] = damage(o.values[sheetPrefix+id])
				clear(o.fault)
				o.Queue = open(t, o.desk).Queue
				pass(time.Minute)
				if got := o.released(); !slices.Equal(got, []string{"%PDF c2"}) {
					t.Errorf("%q", got)
				}
				if _, ok := o.Get(id); ok || o.values[sheetPrefix+id] != nil {
					t.Error("it is still there")
				}
			})
		})
	}
}

// A disk that takes nothing: nothing is promised, nothing is released, and what was
// taken before comes out once when it does again.
func TestFullDisk(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.during = func(request string, _ printing.Ticket) {
			if request == "send" {
				o.set(func() { o.disk = errDisk })
			}
		}
		id := o.submit(request("c1"))
		pass(time.Minute)
		o.is(id, wire.PrintQueued, wire.ErrDocDisk)
		if _, err := o.Submit(t.Context(), request("c2")); code(err) != wire.ErrDocDisk {
			t.Errorf("%v", err)
		}
		if n := len(o.released()); n != 0 {
			t.Errorf("%d released", n)
		}
		o.during = nil
		o.set(func() { o.disk = nil })
		o.Retry()
		pass(time.Second)
		o.is(id, wire.PrintAccepted, "")
		if len(o.desk.jobs) != 1 || len(o.released()) != 1 {
			t.Errorf("%d jobs, %d released", len(o.desk.jobs), len(o.released()))
		}
	})
}

// A job that the spooler knows no more is printed where that is how a spooler says
// so; else nobody knows.
func TestGone(t *testing.T) {
	tests := map[string]struct {
		kind  string
		seen  wire.PrintState
		lists bool
		state wire.PrintState
	}{
		"Windows forgets what is done":        {"windows", wire.PrintAccepted, false, wire.PrintPrinted},
		"CUPS without a history forgets, too": {"cups", wire.PrintPrinting, false, wire.PrintPrinted},
		"with a history it does not":          {"cups", wire.PrintPrinting, true, wire.PrintFailed},
		"it never printed":                    {"cups", wire.PrintAccepted, false, wire.PrintFailed},
	}
	for name, row := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk()
				d.kind = row.kind
				o := open(t, d)
				if row.lists {
					o.submit(request("c0"))
					pass(time.Second)
					o.stands(printed)
					pass(time.Minute)
				}
				id := o.submit(request("c1"))
				pass(time.Second)
				o.stands(printing.Look{State: row.seen})
				pass(time.Minute)
				o.set(func() { o.desk.jobs[len(o.desk.jobs)-1].gone = true })
				pass(time.Minute)
				if row.state == wire.PrintFailed {
					o.is(id, wire.PrintFailed, wire.ErrPrintUnclear)
				} else {
					o.is(id, row.state, "")
				}
			})
		})
	}
}

// FuzzUnpack: whatever lies in the box is a sheet that is written as it was read, or
// a fault.
func FuzzUnpack(f *testing.F) {
	r := record{ID: strings.Repeat("a", idLength), Stage: waiting, Size: 4, Tried: []string{"A"}}
	packed, err := pack(r, []byte("%PDF"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Add([]byte{0, 0, 0, 2, '{', '}'})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, pdf, err := unpack(b)
		if err != nil {
			return
		}
		again, err := pack(r, pdf)
		if err != nil {
			return // a date that JSON does not write
		}
		if _, twice, err := unpack(again); err != nil || !bytes.Equal(twice, pdf) {
			t.Errorf("%v", err)
		}
	})
}
