package winspool

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"raccordo/host/internal/printing"
	printroom "raccordo/host/internal/sim/paper"
	"raccordo/host/internal/sim/wine"
	"raccordo/host/internal/wire"
)

const (
	trayTwo = "Vassoio 2"
	byHand  = "Alimentazione manuale"
)

// windowsTickets are handed over under wine, in this order. A tray goes by its name.
var windowsTickets = []printing.Ticket{
	{Printer: "Laser", Name: "one", Sheet: printing.A4, Tray: byHand, Copies: 1, Pages: 1},
	{Printer: "Laser", Name: "two", Sheet: printing.A5, Tray: trayTwo, Copies: 2, Pages: 2},
	{Printer: "Rossa", Name: "three", Sheet: printing.A5, Copies: 1, Pages: 1},
	{Printer: "Laser", Name: "own size", Sheet: printing.Sheet{Name: "custom", Width: 1000, Height: 1600}, Copies: 1, Pages: 1},
	{Printer: "Laser", Name: givenUp, Sheet: printing.A5, Copies: 1, Pages: 1},
	{Printer: "Nessuna", Name: "no printer", Sheet: printing.A5, Copies: 1, Pages: 1},
	{Printer: "Rossa", Name: "no paper", Sheet: printing.A4, Copies: 1, Pages: 1},
	{Printer: "Laser", Name: "no tray", Sheet: printing.A4, Tray: "9999", Copies: 1, Pages: 1},
}

// The package on a Windows that wine makes, whose printers are those of a private cupsd: the
// calls and structures, the printable area, the driver's settings, the pages. Wine has no
// paused jobs (its SetJob does nothing: EndDoc prints), no EnumJobs, no status of a printer and
// no papers of one's own size: the two steps are shown by TestTwoSteps only.
func TestWine(t *testing.T) {
	dir, err := os.MkdirTemp("", "paper")
	if err != nil {
		t.Fatal(err)
	}
	room, err := printroom.Start(t.Context(), printroom.Options{Dir: dir, Printers: []printroom.Printer{
		{Name: "Laser", Info: "Laser dello studio", Kind: printroom.Raster, Papers: []string{"A4", "A5"}, Trays: printroom.Trays},
		{Name: "Rossa", Kind: printroom.PDF, Papers: []string{"A5"}, OnlyThese: true},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = room.Stop(), os.RemoveAll(dir) })
	name, socket, _ := strings.Cut(room.Env()[0], "=")
	t.Setenv(name, socket)
	pdf := filepath.Join(dir, "slip.pdf")
	if err := os.WriteFile(pdf, slipPDF(t), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("RACCORDO_PDF", wine.Path(pdf))
	printers, answers := onWine(t)

	t.Run("printers", func(t *testing.T) {
		want := []wire.Printer{
			{
				Name: "Laser", Info: "Laser dello studio", Default: true, State: "idle", Accepting: true, AnyPaper: true,
				Papers: []wire.Paper{{Name: "A4", Width: 2100, Height: 2970}, {Name: "A5", Width: 1480, Height: 2100}},
				Trays:  []wire.Tray{{ID: "256", Name: "Vassoio 1"}, {ID: "257", Name: trayTwo}, {ID: "258", Name: byHand}},
			},
			{
				Name: "Rossa", Info: "Rossa", State: "idle", Accepting: true, AnyPaper: true,
				Papers: []wire.Paper{{Name: "A5", Width: 1480, Height: 2100}}, Trays: []wire.Tray{},
			},
		}
		if diff := cmp.Diff(want, printers); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("answers", func(t *testing.T) {
		a5 := surface{DPIX: 300, DPIY: 300, Width: 1748, Height: 2480, Left: 50, Top: 50, Wide: 1648, High: 2380}
		a4 := surface{DPIX: 300, DPIY: 300, Width: 2480, Height: 3507, Left: 50, Top: 50, Wide: 2380, High: 3407}
		taken := printing.Look{State: wire.PrintAccepted}
		want := []answer{
			{Job: "1:one", Surface: a4, Look: taken},
			{Job: "2:two", Surface: a5, Look: taken},
			{Job: "3:three", Surface: a5, Look: taken},
			{Code: wire.ErrPrintMedia}, // found out by the surface
			{Job: "4:" + givenUp, Surface: a5, Look: taken},
			{Code: wire.ErrPrintMissing},
			{Code: wire.ErrPrintMedia},
			{Code: wire.ErrPrintMedia},
		}
		if diff := cmp.Diff(want, answers, cmpopts.IgnoreFields(answer{}, "Error")); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("settings", func(t *testing.T) { // in the PostScript that wine's driver has made
		for i, want := range [][]string{
			{"*InputSlot Manual", "*PageSize A4", "*Duplex None"},
			{"*InputSlot Tray2", "*PageSize A5", "*Duplex None"},
			{"*PageSize A5", "*Duplex None"},
		} {
			body, err := os.ReadFile(filepath.Join(dir, "spool", fmt.Sprintf("d%05d-001", i+1)))
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range want {
				if !bytes.Contains(body, []byte("%%BeginFeature: "+word+"\n")) {
					t.Errorf("job %d: no %s", i+1, word)
				}
			}
		}
	})
	t.Run("sheets", func(t *testing.T) {
		laser, rossa := sheetsOf(t, room, "Laser", 3), sheetsOf(t, room, "Rossa", 1)
		for i, s := range []printroom.Sheet{laser[0], laser[1], rossa[0]} {
			tk := windowsTickets[i]
			if s.Title != tk.Name {
				t.Errorf("sheet %d is %q", i, s.Title)
			}
			compare(t, s, tk)
		}
		comparePDF(t, laser[2], pdf)
	})
}

// onWine hands the tickets over and returns what was said of printers and of each.
func onWine(t *testing.T) (printers []wire.Printer, answers []answer) {
	t.Helper()
	var exe, renderer string
	wine.Prefix(t, func() {
		exe = wine.Tests(t, "raccordo/host/internal/printing/winspool")
		renderer = wine.Program(t, "raccordo/host/cmd/raccordo-render")
	})
	cache, err := os.UserCacheDir() // compiling takes 15 s: once
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("RACCORDO_CACHE", wine.Path(filepath.Join(cache, "raccordo-render-test")))
	t.Setenv("RACCORDO_RENDERER", wine.Path(renderer))
	body, err := json.Marshal(windowsTickets)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("RACCORDO_TICKETS", string(body))
	out, err := exec.Command("wine", exe, "-test.run", "^TestReal").Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		switch {
		case strings.HasPrefix(line, "["):
			err = json.Unmarshal([]byte(line), &printers)
		case strings.HasPrefix(line, "{"):
			var a answer
			err = json.Unmarshal([]byte(line), &a)
			answers = append(answers, a)
		}
		if err != nil {
			t.Fatalf("%v: %s", err, line)
		}
	}
	return printers, answers
}

// sheetsOf are the sheets of a printer, which are as many as they are to be.
func sheetsOf(t *testing.T, room *printroom.Server, printer string, n int) []printroom.Sheet {
	t.Helper()
	all, err := room.Await(t.Context(), printer, n)
	if err != nil || len(all) != n {
		t.Fatalf("%d sheets of %s, %v", len(all), printer, err)
	}
	return all
}
