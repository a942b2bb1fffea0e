package winspool

import (
	"errors"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// Whatever is refused leaves nothing behind in the spooler, and nothing on paper.
func TestCreateRefused(t *testing.T) {
	for name, row := range map[string]struct {
		alter  func(*pretended, *printing.Ticket)
		code   wire.ErrorCode
		detail string
		begun  int
	}{
		"printer gone":      {func(_ *pretended, t *printing.Ticket) { t.Printer = "x" }, wire.ErrPrintMissing, "OpenPrinter 1801", 0},
		"service stopped":   {func(w *pretended, _ *printing.Ticket) { w.refuse["GetPrinter"] = 1722 }, wire.ErrPrintSpooler, "OpenPrinter 1722", 0},
		"no spool file":     {func(w *pretended, _ *printing.Ticket) { w.info.Attributes = 0x2 }, wire.ErrPrintRefused, "PRINTER_ATTRIBUTE_DIRECT", 0},
		"fax":               {func(w *pretended, _ *printing.Ticket) { w.info.Attributes = 0x4000 }, wire.ErrPrintRefused, "PRINTER_ATTRIBUTE_FAX", 0},
		"leads nowhere":     {func(w *pretended, _ *printing.Ticket) { w.info.Port = "nul:" }, wire.ErrPrintRefused, "nul:", 0},
		"asks for a file":   {func(w *pretended, _ *printing.Ticket) { w.info.Port = "LPT1:,PORTPROMPT:" }, wire.ErrPrintRefused, "PORTPROMPT:", 0},
		"being deleted":     {func(w *pretended, _ *printing.Ticket) { w.info.Status = 0x4 }, wire.ErrPrintReject, "PENDING_DELETION", 0},
		"no such tray":      {func(_ *pretended, t *printing.Ticket) { t.Tray = "3" }, wire.ErrPrintMedia, "dmDefaultSource 3", 0},
		"driver's own tray": {func(w *pretended, t *printing.Ticket) { t.Tray = "4"; w.merged = otherTray }, wire.ErrPrintMedia, "dmDefaultSource 4 became 1", 0},
		"no such paper": {func(_ *pretended, t *printing.Ticket) {
			t.Sheet = printing.Sheet{Name: "custom", Width: 900, Height: 900}
		}, wire.ErrPrintMedia, "custom", 0},
		"paper not taken": {func(_ *pretended, t *printing.Ticket) { t.Sheet = printing.A4 }, wire.ErrPrintMedia, "2100×2970 became 1480×2100", 0},
		"broken driver":   {func(w *pretended, _ *printing.Ticket) { w.user = w.user[:100] }, wire.ErrPrintRefused, "DEVMODE", 0},
		"broken merge":    {func(w *pretended, _ *printing.Ticket) { w.merged = func(d devmode) devmode { return d[:70] } }, wire.ErrPrintRefused, "DEVMODE", 0},
		"not allowed":     {func(w *pretended, _ *printing.Ticket) { w.refuse["StartDoc"] = 5 }, wire.ErrPrintRefused, "StartDoc 5", 1},
		"no driver":       {func(w *pretended, _ *printing.Ticket) { w.refuse["CreateDC"] = 1801 }, wire.ErrPrintMissing, "CreateDC 1801", 0},
		"can not be held": {func(w *pretended, _ *printing.Ticket) { w.refuse["SetJob 1"] = 5 }, wire.ErrPrintRefused, "SetJob 5", 1},
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
			if n := count(w.calls, "StartDoc"); n != row.begun {
				t.Errorf("%d jobs were begun", n)
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
			if n := count(w.calls, "AbortDoc"); n != 1 && row.refuse != "EndDoc" {
				t.Errorf("aborted %d times", n)
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
