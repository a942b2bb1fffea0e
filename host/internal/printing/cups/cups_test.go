package cups

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/wire"
)

var one = []paper.Printer{{Name: "uno", Trays: paper.Trays}}

// Every other word about a job comes from CUPS' own programs and from the backend.
func TestAHeldJobNeverPrintsAndAReleasedOneOnce(t *testing.T) {
	ctx := t.Context()
	r, s := room(t, paper.Options{Printers: one})
	held := sent(t, s, ticketA5)
	want := printing.Look{Held: true, State: wire.PrintAccepted}
	if diff := cmp.Diff(want, must[printing.Look](t)(s.Look(ctx, "uno", held))); diff != "" {
		t.Errorf("held job (-want +got):\n%s", diff)
	}
	passed(ctx, t, r, "uno")
	if diff := cmp.Diff([]int{2}, jobs(t, r, "uno")); diff != "" {
		t.Fatalf("a held job printed (-want +got):\n%s", diff)
	}
	for range 2 {
		ok(t, s.Release(ctx, ticketA5, held))
	}
	await(t, s, "uno", held, is(wire.PrintPrinted))
	ok(t, s.Release(ctx, ticketA5, held))
	passed(ctx, t, r, "uno")
	if diff := cmp.Diff([]int{1, 2, 3}, jobs(t, r, "uno")); diff != "" {
		t.Errorf("released three times (-want +got):\n%s", diff)
	}
}

func is(state wire.PrintState) func(printing.Look) bool {
	return func(l printing.Look) bool { return l.State == state }
}

func TestWhatThePrinterIsTold(t *testing.T) {
	ctx := t.Context()
	r, s := room(t, paper.Options{Printers: one})
	tk := ticketA5
	tk.Copies, tk.Tray = 3, "tray-2"
	printed(t, s, tk)
	sheet := must[[]paper.Sheet](t)(r.Await(ctx, "uno", 1))[0]
	got := map[string]string{"title": sheet.Title}
	for _, name := range []string{"PageSize", "InputSlot", "Duplex", "orientation-requested", "number-up", "print-scaling"} {
		got[name] = sheet.Options[name]
	}
	want := map[string]string{
		"title": "Raccordo 0a1b2c3d", "PageSize": "A5", "InputSlot": "Tray2", "Duplex": "None",
		"orientation-requested": "3", "number-up": "1", "print-scaling": "none",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if pages := must[[]paper.Picture](t)(sheet.Pictures(ctx, 20)); len(pages)*sheet.Copies != 3 {
		t.Errorf("%d pages, %d times, for three copies of one", len(pages), sheet.Copies)
	}
	for name := range sheet.Options {
		if strings.Contains(name, "document-name") {
			t.Errorf("the job tells the name of a document: %s", name)
		}
	}
}

// A driver that prints coarsely unless asked is asked.
func TestFineEnoughForBarCodes(t *testing.T) {
	ctx := t.Context()
	r, s := room(t, paper.Options{Printers: []paper.Printer{{Name: "uno", Kind: paper.Raster, Fine: true}, {Name: "due", Kind: paper.Raster}}})
	for name, dpi := range map[string]int{"uno": 600, "due": 300} {
		tk := ticketA5
		tk.Printer = name
		printed(t, s, tk)
		sheet := must[[]paper.Sheet](t)(r.Await(ctx, name, 1))[0]
		if pages := must[[]paper.Picture](t)(sheet.Pictures(ctx, 0)); pages[0].DPI != dpi {
			t.Errorf("%s printed %d dots to the inch, want %d", name, pages[0].DPI, dpi)
		}
	}
}

func TestADocumentIsSentOnce(t *testing.T) {
	ctx := t.Context()
	_, s := room(t, paper.Options{Printers: one})
	job := sent(t, s, ticketA5)
	wantFault(t, s.Send(ctx, ticketA5, job, document(t, printing.A5, 1)), wire.ErrPrintState)
}

func TestFindNamesHeldJobsOnly(t *testing.T) {
	ctx := t.Context()
	r, s := room(t, paper.Options{Printers: one})
	ok(t, r.Pause(ctx, "uno"))
	other := ticketA5
	other.Name = "Raccordo ffffffff"
	sent(t, s, other)
	released := printed(t, s, ticketA5)
	first, second := must[string](t)(s.Create(ctx, ticketA5)), sent(t, s, ticketA5)
	got := must[[]string](t)(s.Find(ctx, "uno", ticketA5.Name))
	if diff := cmp.Diff([]string{first, second}, got); diff != "" {
		t.Errorf("with %q released (-want +got):\n%s", released, diff)
	}
}

func TestCancel(t *testing.T) {
	ctx := t.Context()
	r, s := room(t, paper.Options{Printers: one})
	ok(t, r.Pause(ctx, "uno"))
	rows := map[string]func() string{
		"without pages": func() string { return must[string](t)(s.Create(ctx, ticketA5)) },
		"held":          func() string { return sent(t, s, ticketA5) },
		"waiting":       func() string { return printed(t, s, ticketA5) },
	}
	for name, make := range rows {
		t.Run(name, func(t *testing.T) {
			job := make()
			ok(t, s.Cancel(ctx, "uno", job))
			if look := must[printing.Look](t)(s.Look(ctx, "uno", job)); look.State != wire.PrintCancelled || look.Held {
				t.Errorf("%+v", look)
			}
			if err := s.Cancel(ctx, "uno", job); !errors.Is(err, printing.ErrGone) {
				t.Errorf("cancelled again: %v", err)
			}
		})
	}
	ok(t, r.Resume(ctx, "uno"))
	passed(ctx, t, r, "uno")
	if got := jobs(t, r, "uno"); len(got) != 1 {
		t.Errorf("a cancelled job printed: %v", got)
	}
}

// What others do to our jobs.
func TestAJobThatOthersTakeAway(t *testing.T) {
	ctx := t.Context()
	r, s := room(t, paper.Options{Printers: one})
	job := sent(t, s, ticketA5)
	if _, err := r.Tool(ctx, "cancel", "1"); err != nil {
		t.Fatal(err)
	}
	if look := must[printing.Look](t)(s.Look(ctx, "uno", job)); look.State != wire.PrintCancelled {
		t.Errorf("%+v", look)
	}
	if _, err := r.Tool(ctx, "cancel", "-a", "-x"); err != nil {
		t.Fatal(err)
	}
	gone(t, s, ticketA5, job)
}

// gone expects that nothing is known of a job, and that nothing can be done with it.
func gone(t *testing.T, s *Spooler, tk printing.Ticket, job string) {
	t.Helper()
	_, look := s.Look(t.Context(), tk.Printer, job)
	for what, err := range map[string]error{
		"look": look, "release": s.Release(t.Context(), tk, job), "cancel": s.Cancel(t.Context(), tk.Printer, job),
		"send": s.Send(t.Context(), tk, job, document(t, tk.Sheet, 1)),
	} {
		if !errors.Is(err, printing.ErrGone) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A service that was set up anew counts from 1: the number is somebody else's then.
func TestANumberThatBelongsToAnotherJob(t *testing.T) {
	ctx := t.Context()
	r, s := room(t, paper.Options{Printers: one})
	if _, err := r.Tool(ctx, "lp", "-d", "uno", "-H", "indefinite", "-t", "altro", "/etc/hostname"); err != nil {
		t.Fatal(err)
	}
	gone(t, s, ticketA5, "1 Raccordo 0a1b2c3d")
	out := must[string](t)(r.Tool(ctx, "lpstat", "-o"))
	if !strings.Contains(out, "uno-1") {
		t.Errorf("somebody else's job is not there any more: %q", out)
	}
}

func TestNoJobNumber(t *testing.T) {
	s := New(Options{Server: "/nowhere"})
	for _, job := range []string{"", "x", "0 a", "-1 a", "99999999999999999999 a"} {
		if _, err := s.Look(t.Context(), "uno", job); err == nil || errors.Is(err, printing.ErrGone) {
			t.Errorf("%q: %v", job, err)
		}
	}
}

func TestAQueueWithoutADriverPrintsPDF(t *testing.T) {
	r, s := room(t, paper.Options{Printers: []paper.Printer{{Name: "uno", Kind: paper.Raw}}})
	printed(t, s, ticketA5)
	sheet := must[[]paper.Sheet](t)(r.Await(t.Context(), "uno", 1))[0]
	if sheet.Type != "application/pdf" {
		t.Errorf("it got %s", sheet.Type)
	}
}

func TestAClassPrints(t *testing.T) {
	ctx := t.Context()
	r, s := room(t, paper.Options{Printers: one})
	for _, args := range [][]string{{"lpadmin", "-p", "uno", "-c", "tutte"}, {"cupsenable", "tutte"}, {"cupsaccept", "tutte"}} {
		if _, err := r.Tool(ctx, args[0], args[1:]...); err != nil {
			t.Fatal(err)
		}
	}
	tk := ticketA5
	tk.Printer = "tutte"
	job := printed(t, s, tk)
	await(t, s, "tutte", job, is(wire.PrintPrinted))
	if diff := cmp.Diff([]int{1}, jobs(t, r, "uno")); diff != "" {
		t.Error(diff)
	}
}

// Names with blanks can not be, those with other letters and signs can.
func TestAPrinterOfAStrangeName(t *testing.T) {
	name := "HP_LaserJet_(Studio-1)_è%20"
	r, s := room(t, paper.Options{Printers: one})
	ok(t, r.Add(t.Context(), paper.Printer{Name: name}))
	tk := ticketA5
	tk.Printer = name
	job := printed(t, s, tk)
	await(t, s, name, job, is(wire.PrintPrinted))
	if found := must[[]string](t)(s.Find(t.Context(), name, tk.Name)); len(found) != 0 {
		t.Errorf("%q", found)
	}
}

// wantFault expects a code.
func wantFault(t *testing.T, err error, code wire.ErrorCode) {
	t.Helper()
	var fault *printing.Error
	if !errors.As(err, &fault) || fault.Code != code {
		t.Errorf("%v, not %s", err, code)
	}
}

func TestAServiceThatIsNotThere(t *testing.T) {
	ctx := t.Context()
	r, s := room(t, paper.Options{Printers: one})
	job := sent(t, s, ticketA5)
	ok(t, r.Halt())
	_, printers := s.Printers(ctx)
	_, create := s.Create(ctx, ticketA5)
	_, look := s.Look(ctx, "uno", job)
	_, find := s.Find(ctx, "uno", ticketA5.Name)
	for what, err := range map[string]error{
		"printers": printers, "create": create, "look": look, "find": find,
		"send": s.Send(ctx, ticketA5, job, document(t, printing.A5, 1)), "release": s.Release(ctx, ticketA5, job), "cancel": s.Cancel(ctx, "uno", job),
	} {
		t.Run(what, func(t *testing.T) { wantFault(t, err, wire.ErrPrintSpooler) })
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Look(stopped, "uno", job); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller that gave up: %v", err)
	}
	ok(t, r.Restart(ctx))
	ok(t, s.Release(ctx, ticketA5, job))
	await(t, s, "uno", job, is(wire.PrintPrinted))
}
