package winspool

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func code(err error) wire.ErrorCode {
	var fault *printing.Error
	if errors.As(err, &fault) {
		return fault.Code
	}
	return ""
}

// What is handed over prints nothing until it is released, and once then.
func TestTwoSteps(t *testing.T) {
	w := pretend()
	s := over(t, w, painter{sheet: printing.A5})
	ctx, tk := t.Context(), ticket()
	tk.Pages, tk.Tray = 2, "4"
	job, err := s.Create(ctx, tk)
	if err != nil || job != "7:Raccordo 1a2b3c4d" {
		t.Fatalf("%q, %v", job, err)
	}
	held := func(when string) {
		t.Helper()
		at, err := s.Look(ctx, tk.Printer, job)
		if err != nil || !at.Held || at.State != wire.PrintHeld {
			t.Errorf("%s: %+v, %v", when, at, err)
		}
		if found, err := s.Find(ctx, tk.Printer, tk.Name); err != nil || !slices.Equal(found, []string{job}) {
			t.Errorf("%s: found %q, %v", when, found, err)
		}
		if jobs, pages := w.left(); jobs != 1 || pages != 0 {
			t.Errorf("%s: %d jobs, %d pages printed", when, jobs, pages)
		}
	}
	held("created")
	if err := s.Send(ctx, tk, job, nil); err != nil {
		t.Fatal(err)
	}
	held("sent")
	if err := s.Release(ctx, tk, job); err != nil {
		t.Fatal(err)
	}
	if jobs, pages := w.left(); jobs != 0 || pages != 2 {
		t.Errorf("released: %d jobs, %d pages printed", jobs, pages)
	}
	if got := w.printed[0].dev.get(atSource); got != 4 {
		t.Errorf("tray %d", got)
	}
	for name, ask := range map[string]func() error{
		"Look":    func() error { _, err := s.Look(ctx, tk.Printer, job); return err },
		"Release": func() error { return s.Release(ctx, tk, job) },
		"Cancel":  func() error { return s.Cancel(ctx, tk.Printer, job) },
		"Send":    func() error { return s.Send(ctx, tk, job, nil) },
	} {
		if err := ask(); !errors.Is(err, printing.ErrGone) {
			t.Errorf("%s of a job that is done: %v", name, err)
		}
	}
}

// A job that was released and waits for paper stays released.
func TestReleaseAgain(t *testing.T) {
	w := pretend()
	s := over(t, w, painter{sheet: printing.A5})
	ctx, tk := t.Context(), ticket()
	job, err := s.Create(ctx, tk)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(ctx, tk, job, nil); err != nil {
		t.Fatal(err)
	}
	w.info.Status = 0x10 // PRINTER_STATUS_PAPER_OUT
	for range 2 {
		if err := s.Release(ctx, tk, job); err != nil {
			t.Fatal(err)
		}
	}
	at, err := s.Look(ctx, tk.Printer, job)
	want := printing.Look{State: wire.PrintHeld, Problem: wire.ErrPrintPaper, Detail: "PRINTER_STATUS_PAPER_OUT"}
	if err != nil || at != want {
		t.Errorf("%+v, %v", at, err)
	}
	if n := count(w.calls, "SetJob 2"); n != 1 {
		t.Errorf("resumed %d times", n)
	}
	if err := s.Cancel(ctx, tk.Printer, job); err != nil {
		t.Error(err)
	}
	if jobs, pages := w.left(); jobs != 0 || pages != 0 {
		t.Errorf("%d jobs, %d pages printed", jobs, pages)
	}
}

func count(all []string, one string) int {
	n := 0
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

// The program was ended between the two steps: nobody has the document any more.
func TestSendOfAnotherLife(t *testing.T) {
	w := pretend()
	tk := ticket()
	job, err := over(t, w, painter{sheet: printing.A5}).Create(t.Context(), tk)
	if err != nil {
		t.Fatal(err)
	}
	next := over(t, w, painter{sheet: printing.A5})
	if err := next.Send(t.Context(), tk, job, nil); !errors.Is(err, printing.ErrGone) {
		t.Errorf("%v", err)
	}
	if jobs, pages := w.left(); jobs != 0 || pages != 0 {
		t.Errorf("%d jobs, %d pages printed", jobs, pages)
	}
}

// A server that is away keeps Windows waiting, not us; what comes late is taken back.
func TestLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := pretend()
		hang := make(chan struct{})
		w.hang["SetJob 1"] = hang
		s := over(t, w, painter{sheet: printing.A5})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			_, err := s.Create(ctx, ticket())
			done <- err
		}()
		synctest.Wait()
		if jobs, _ := w.left(); jobs != 1 {
			t.Errorf("%d jobs", jobs)
		}
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		close(hang)
		synctest.Wait()
		if jobs, _ := w.left(); jobs != 0 || len(s.open) != 0 {
			t.Errorf("%d jobs, %d documents", jobs, len(s.open))
		}
	})
}
