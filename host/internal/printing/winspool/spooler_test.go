package winspool

import (
	"context"
	"errors"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
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

// Whatever is refused leaves nothing behind in the spooler, and nothing on paper.
func TestCreateRefused(t *testing.T) {
	for name, row := range map[string]struct {
		alter  func(*pretended, *printing.Ticket)
		code   wire.ErrorCode
		detail string
	}{
		"printer gone":      {func(_ *pretended, t *printing.Ticket) { t.Printer = "x" }, wire.ErrPrintMissing, "OpenPrinter 1801"},
		"service stopped":   {func(w *pretended, _ *printing.Ticket) { w.refuse["GetPrinter"] = 1722 }, wire.ErrPrintSpooler, "OpenPrinter 1722"},
		"no spool file":     {func(w *pretended, _ *printing.Ticket) { w.info.Attributes = 0x2 }, wire.ErrPrintRefused, "PRINTER_ATTRIBUTE_DIRECT"},
		"fax":               {func(w *pretended, _ *printing.Ticket) { w.info.Attributes = 0x4000 }, wire.ErrPrintRefused, "PRINTER_ATTRIBUTE_FAX"},
		"leads nowhere":     {func(w *pretended, _ *printing.Ticket) { w.info.Port = "nul:" }, wire.ErrPrintRefused, "nul:"},
		"asks for a file":   {func(w *pretended, _ *printing.Ticket) { w.info.Port = "LPT1:,PORTPROMPT:" }, wire.ErrPrintRefused, "PORTPROMPT:"},
		"being deleted":     {func(w *pretended, _ *printing.Ticket) { w.info.Status = 0x4 }, wire.ErrPrintReject, "PENDING_DELETION"},
		"no such tray":      {func(_ *pretended, t *printing.Ticket) { t.Tray = "3" }, wire.ErrPrintMedia, "dmDefaultSource 3"},
		"driver's own tray": {func(w *pretended, t *printing.Ticket) { t.Tray = "4"; w.merged = otherTray }, wire.ErrPrintMedia, "dmDefaultSource 4 became 1"},
		"no such paper": {func(_ *pretended, t *printing.Ticket) {
			t.Sheet = printing.Sheet{Name: "custom", Width: 900, Height: 900}
		}, wire.ErrPrintMedia, "custom"},
		"paper not taken": {func(_ *pretended, t *printing.Ticket) { t.Sheet = printing.A4 }, wire.ErrPrintMedia, "2100×2970 became 1480×2100"},
		"broken driver":   {func(w *pretended, _ *printing.Ticket) { w.user = w.user[:100] }, wire.ErrPrintRefused, "DEVMODE"},
		"broken merge":    {func(w *pretended, _ *printing.Ticket) { w.merged = func(d devmode) devmode { return d[:70] } }, wire.ErrPrintRefused, "DEVMODE"},
		"not allowed":     {func(w *pretended, _ *printing.Ticket) { w.refuse["StartDoc"] = 5 }, wire.ErrPrintRefused, "StartDoc 5"},
		"can not be held": {func(w *pretended, _ *printing.Ticket) { w.refuse["SetJob 1"] = 5 }, wire.ErrPrintRefused, "SetJob 5"},
	} {
		t.Run(name, func(t *testing.T) {
			w, tk := pretend(), ticket()
			row.alter(w, &tk)
			s := over(t, w, painter{sheet: tk.Sheet})
			_, err := s.Create(t.Context(), tk)
			var fault *printing.Error
			if !errors.As(err, &fault) || fault.Code != row.code || fault.Detail != row.detail {
				t.Errorf("%v, not %s (%s)", err, row.code, row.detail)
			}
			if jobs, pages := w.left(); jobs != 0 || pages != 0 || len(s.open) != 0 {
				t.Errorf("%d jobs, %d pages, %d documents left", jobs, pages, len(s.open))
			}
		})
	}
}

func otherTray(d devmode) devmode {
	d.set(dmSource, atSource, 1)
	return d
}

// A page that fails takes the whole job back: half of it would be on paper else.
func TestSendFails(t *testing.T) {
	broken := errors.New("broken")
	for name, row := range map[string]struct {
		painter painter
		refuse  string
		want    error
	}{
		"not drawn":     {painter: painter{err: printing.Fault(wire.ErrPrintRender, "", broken)}, want: broken},
		"other size":    {painter: painter{sheet: printing.A4}},
		"disk full":     {painter{sheet: printing.A5}, "StretchDIBits", syscall.Errno(112)},
		"end not taken": {painter{sheet: printing.A5}, "EndDoc", syscall.Errno(112)},
	} {
		t.Run(name, func(t *testing.T) {
			w := pretend()
			s := over(t, w, row.painter)
			tk := ticket()
			job, err := s.Create(t.Context(), tk)
			if err != nil {
				t.Fatal(err)
			}
			w.refuse[row.refuse] = syscall.Errno(112)
			err = s.Send(t.Context(), tk, job, nil)
			if err == nil || row.want != nil && !errors.Is(err, row.want) {
				t.Errorf("%v", err)
			}
			if err := s.Cancel(t.Context(), tk.Printer, job); err != nil && !errors.Is(err, printing.ErrGone) {
				t.Error(err)
			}
			if jobs, pages := w.left(); jobs != 0 || pages != 0 {
				t.Errorf("%d jobs, %d pages printed", jobs, pages)
			}
		})
	}
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

// Windows counts from the beginning after a while: the number is another's then.
func TestNumberOfAnother(t *testing.T) {
	w := pretend()
	s := over(t, w, painter{sheet: printing.A5})
	tk := ticket()
	tk.Name = "Lettera"
	if _, err := s.Create(t.Context(), tk); err != nil {
		t.Fatal(err)
	}
	for _, job := range []string{"7:Raccordo 1a2b3c4d", "7", "x:Lettera", "-7:Lettera", ""} {
		if _, err := s.Look(t.Context(), tk.Printer, job); !errors.Is(err, printing.ErrGone) {
			t.Errorf("Look %q: %v", job, err)
		}
		if err := s.Cancel(t.Context(), tk.Printer, job); !errors.Is(err, printing.ErrGone) {
			t.Errorf("Cancel %q: %v", job, err)
		}
		if err := s.Release(t.Context(), tk, job); !errors.Is(err, printing.ErrGone) {
			t.Errorf("Release %q: %v", job, err)
		}
	}
	if jobs, _ := w.left(); jobs != 1 {
		t.Errorf("%d jobs", jobs)
	}
}

// A created job that is given up goes with its document.
func TestCancelCreated(t *testing.T) {
	w := pretend()
	s := over(t, w, painter{sheet: printing.A5})
	tk := ticket()
	job, err := s.Create(t.Context(), tk)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Cancel(t.Context(), tk.Printer, job); err != nil {
		t.Error(err)
	}
	if jobs, _ := w.left(); jobs != 0 || len(s.open) != 0 {
		t.Errorf("%d jobs, %d documents", jobs, len(s.open))
	}
	if err := s.Cancel(t.Context(), tk.Printer, job); !errors.Is(err, printing.ErrGone) {
		t.Errorf("again: %v", err)
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

// One server that is away does not keep the others from being listed.
func TestPrintersLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := pretend()
		hang := make(chan struct{})
		w.hang["GetPrinter"] = hang
		got, err := over(t, w, painter{}).Printers(t.Context())
		if err != nil || len(got) != 1 || got[0].Problem != wire.ErrPrintOffline || got[0].Name != "Ufficio" {
			t.Errorf("%+v, %v", got, err)
		}
		close(hang)
	})
}

// A driver that makes no copies, or does not sort them, gets the pages as often.
func TestCopies(t *testing.T) {
	for name, row := range map[string]struct {
		caps   capabilities
		pages  int
		driver int16
		drawn  int
	}{
		"by the driver":         {capabilities{Copies: 9}, 1, 3, 1},
		"sorted by the driver":  {capabilities{Copies: 9, Collate: true}, 2, 3, 2},
		"not sorted":            {capabilities{Copies: 9}, 2, 1, 6},
		"one only":              {capabilities{Copies: 1}, 1, 1, 3},
		"a driver without word": {capabilities{}, 2, 1, 6},
	} {
		t.Run(name, func(t *testing.T) {
			w := pretend()
			w.caps.Copies, w.caps.Collate = row.caps.Copies, row.caps.Collate
			w.face = surfaceOf(printing.A5, 150, 150, 42)
			s := over(t, w, painter{sheet: printing.A5})
			tk := ticket()
			tk.Copies, tk.Pages = 3, row.pages
			job, err := s.Create(t.Context(), tk)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(s.Send(t.Context(), tk, job, nil), s.Release(t.Context(), tk, job)); err != nil {
				t.Fatal(err)
			}
			got := w.printed[0]
			if n := got.dev.get(atCopies); n != row.driver || len(got.pages) != row.drawn {
				t.Errorf("%d copies of %d pages", n, len(got.pages))
			}
			for i, p := range got.pages { // in order
				if diff := cmp.Diff(got.pages[i%row.pages], p); diff != "" {
					t.Errorf("page %d: %s", i, diff)
				}
			}
		})
	}
}

func TestPrinters(t *testing.T) {
	w := pretend()
	w.info.Comment, w.info.Location, w.info.Status = "Laser", "Studio", 0x400
	w.caps.Fields |= ownSize
	s := over(t, w, painter{})
	got, err := s.Printers(t.Context())
	want := []wire.Printer{{
		Name: "Ufficio", Info: "Laser", Location: "Studio", Default: true, State: "printing", Accepting: true, AnyPaper: true,
		Papers: []wire.Paper{{Name: "A4", Width: 2100, Height: 2970}, {Name: "A5", Width: 1480, Height: 2100}},
		Trays:  []wire.Tray{{ID: "1", Name: "Superiore"}, {ID: "4", Name: "Inserimento manuale"}},
	}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	w.info.Port = "FILE:"
	if got, err = s.Printers(t.Context()); err != nil || got[0].Accepting || got[0].Problem != wire.ErrPrintRefused {
		t.Errorf("a window would open: %+v, %v", got, err)
	}
	w.refuse["GetPrinter"] = syscall.Errno(1722)
	if got, err = s.Printers(t.Context()); err != nil || got[0].State != "stopped" || got[0].Problem != wire.ErrPrintOffline {
		t.Errorf("a server that is away: %+v, %v", got, err)
	}
	w.refuse["EnumPrinters"] = syscall.Errno(1722)
	if _, err = s.Printers(t.Context()); code(err) != wire.ErrPrintSpooler {
		t.Errorf("%v", err)
	}
}
