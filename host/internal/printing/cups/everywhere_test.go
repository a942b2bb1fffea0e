package cups

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/wire"
)

// A printer of the network without a driver (IPP Everywhere), by CUPS' own backend:
// what the printer itself is told, and what it tells.
func TestAPrinterWithoutADriver(t *testing.T) {
	ctx := t.Context()
	r, s := room(t, paper.Options{Printers: []paper.Printer{{Name: "uno", Kind: paper.Everywhere, Trays: paper.KeywordTrays}}})
	p := printer(t, s, "uno")
	want := wire.Printer{
		Name: "uno", State: "idle", Accepting: true,
		Papers: []wire.Paper{{Name: "A4", Width: 2100, Height: 2970}, {Name: "A5", Width: 1480, Height: 2100}},
		Trays:  []wire.Tray{{ID: "tray-1", Name: "Vassoio 1"}, {ID: "tray-2", Name: "Vassoio 2"}, {ID: "by-pass-tray", Name: "Vassoio multifunzione"}},
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("printer (-want +got):\n%s", diff)
	}
	ok(t, r.Set("uno", paper.PaperOut))
	tk := printing.Ticket{Printer: "uno", Name: "Raccordo 0a1b2c3d", Sheet: printing.A5, Tray: "tray-2", Copies: 2, Pages: 1}
	job := printed(t, s, tk)
	if look := await(t, s, "uno", job, is(wire.PrintHeld)); look.Problem != wire.ErrPrintPaper {
		t.Errorf("%+v", look)
	}
	ok(t, r.Set("uno", paper.Fine))
	sheet := must[[]paper.Sheet](t)(r.Await(ctx, "uno", 1))[0]
	got := map[string]string{}
	for _, name := range []string{"x-dimension", "y-dimension", "media-source", "sides"} {
		got[name] = sheet.Options[name]
	}
	told := map[string]string{"x-dimension": "14800", "y-dimension": "21000", "media-source": "tray-2", "sides": "one-sided"}
	if diff := cmp.Diff(told, got); diff != "" || sheet.Copies != 2 || sheet.Title != tk.Name {
		t.Errorf("%q, %d copies (-want +got):\n%s", sheet.Title, sheet.Copies, diff)
	}
	pages := must[[]paper.Picture](t)(sheet.Pictures(ctx, 300))
	if len(pages) != 1 {
		t.Fatalf("%d pages", len(pages))
	}
	marked(t, 0, pages[0], printing.A5)
	await(t, s, "uno", job, is(wire.PrintPrinted))
}

// A printer that is off has no reason for it in CUPS, only words.
func TestAPrinterThatIsOff(t *testing.T) {
	t.Parallel()
	r, s := room(t, paper.Options{Printers: []paper.Printer{{Name: "uno", Kind: paper.Everywhere}}})
	ok(t, r.SwitchOff("uno"))
	job := printed(t, s, ticketA5)
	want := printing.Look{State: wire.PrintHeld, Problem: wire.ErrPrintOffline, Detail: unreachable}
	if diff := cmp.Diff(want, await(t, s, "uno", job, is(wire.PrintHeld))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if p := printer(t, s, "uno"); p.Problem != wire.ErrPrintOffline {
		t.Errorf("%+v", p)
	}
	ok(t, r.SwitchOn("uno"))
	await(t, s, "uno", job, is(wire.PrintPrinted))
	if got := len(jobs(t, r, "uno")); got != 1 {
		t.Errorf("%d sheets", got)
	}
}
