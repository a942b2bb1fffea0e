package engine

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// A page sees and touches its own sheets, the user's own programs all.
func TestWhoSeesThePrints(t *testing.T) {
	s := newStage(t, "extension")
	s.e.opt.Config.AllowedOrigins = []string{clinic, other}
	s.chosen()
	mine, _ := s.one(clinic, document("a", "Uno"))
	theirs, _ := s.one(other, document("a", "Due"))
	if mine.ID == theirs.ID {
		t.Fatal("two pages' sheets were taken for one")
	}
	s.one("", document("a", "Tre"))
	s.await(func(list []wire.PrintJob) bool {
		return len(list) == 3 && list[0].State == wire.PrintPrinted && list[1].State == wire.PrintPrinted && list[2].State == wire.PrintPrinted
	})
	see := func(caller wire.Caller, origin string, want ...string) {
		t.Helper()
		got, code := put[wire.PrintList](s, caller, origin, "print.list", wire.PrintIDs{})
		if diff := cmp.Diff(want, states(got.Jobs)); code != "" || diff != "" {
			t.Errorf("%q %s", code, diff)
		}
	}
	see(s.caller(), clinic, "Uno.pdf printed")
	see(s.caller(), other, "Due.pdf printed")
	see(s.caller(), popup, "Tre.pdf printed", "Due.pdf printed", "Uno.pdf printed")
	see(cli, "", "Tre.pdf printed", "Due.pdf printed", "Uno.pdf printed")
	for _, method := range []string{"print.list", "print.cancel", "print.again"} {
		if _, code := put[wire.PrintList](s, s.caller(), clinic, method, wire.PrintIDs{IDs: []string{theirs.ID}}); code != wire.ErrPrintJob {
			t.Errorf("%s of another page's: %q", method, code)
		}
	}
	for _, method := range []string{"print.cancel", "print.again"} {
		if _, code := put[wire.PrintList](s, cli, "", method, wire.PrintIDs{}); code != wire.ErrParams {
			t.Errorf("%s of nothing named: %q", method, code)
		}
	}
	if _, code := put[wire.PrintList](s, s.caller(), clinic, "print.cancel", wire.PrintIDs{IDs: []string{mine.ID}}); code != wire.ErrPrintState {
		t.Errorf("cancel of a printed one: %q", code)
	}
	if n := len(s.tray.sheets()); n != 3 {
		t.Errorf("%d sheets", n)
	}
}

// What waits for its printer is told, can be given up, and goes out by itself.
func TestPrintsThatWait(t *testing.T) {
	s := newStage(t, "extension")
	s.chosen()
	heard, stop := s.e.Events()
	defer stop()
	s.tray.fail(printing.Fault(wire.ErrPrintOffline, "", nil))
	r := s.print(clinic, document("a", "Uno"), document("b", "Due"))
	if r.Accepted != 0 || r.Jobs[0].State != wire.PrintQueued || r.Jobs[1].Problem == nil || r.Jobs[1].Problem.Data.Code != wire.ErrPrintOffline {
		t.Fatalf("%+v", r)
	}
	if e := <-heard; e.Method != wire.EventPrint || e.Params != (wire.Printing{Waiting: 2}) {
		t.Errorf("%+v", e)
	}
	status, _ := put[wire.Status](s, s.caller(), clinic, "status", wire.NoParams{})
	if status.Printing != (wire.Printing{Waiting: 2}) || s.e.Idle() {
		t.Errorf("%+v, idle %t", status.Printing, s.e.Idle())
	}
	if list, code := put[wire.PrintList](s, s.caller(), clinic, "print.cancel", wire.PrintIDs{IDs: []string{r.Jobs[0].ID}}); code != "" || list.Jobs[0].State != wire.PrintCancelled {
		t.Errorf("%q %+v", code, list)
	}
	s.tray.fail(nil)
	s.chosen()
	list := s.await(func(list []wire.PrintJob) bool { return list[0].State == wire.PrintPrinted })
	if diff := cmp.Diff([]string{"Due.pdf printed", "Uno.pdf cancelled"}, states(list)); diff != "" {
		t.Error(diff)
	}
	if !s.e.Idle() {
		t.Error("not idle although nothing waits")
	}
}

// Nobody who does not print pays for it: no file, no request; what another life has
// left over is printed.
func TestPrintingIsQuietUntilNeeded(t *testing.T) {
	s := newStage(t, "extension")
	live := func(e *Engine, until func() bool) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- e.Run(ctx) }()
		for !until() {
			time.Sleep(5 * time.Millisecond)
		}
		cancel()
		s.must(<-done)
	}
	put[wire.Status](s, s.caller(), clinic, "status", wire.NoParams{})
	put[wire.PrintList](s, s.caller(), popup, "status", wire.NoParams{})
	began := time.Now()
	live(s.e, func() bool { return time.Since(began) > 2*leftTime })
	if _, err := os.Stat(filepath.Join(s.e.opt.Paths.State, "print")); s.tray.asked() != 0 || !os.IsNotExist(err) {
		t.Errorf("%d requests, %v", s.tray.asked(), err)
	}
	s.e = s.again()
	s.chosen()
	s.tray.fail(printing.Fault(wire.ErrPrintOffline, "", nil))
	s.one(clinic, document("a", "Uno"))
	s.must(s.e.press.end())
	s.must(s.e.journal.close())
	s.tray.fail(nil)
	s.e = s.again()
	live(s.e, func() bool { return len(s.tray.sheets()) == 1 })
}
