package winspool

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
	{Printer: "Laser", Name: "one", Sheet: printing.A5, Tray: trayTwo, Copies: 1, Pages: 1},
	{Printer: "Laser", Name: "two", Sheet: printing.A4, Tray: byHand, Copies: 2, Pages: 2},
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
			{Job: "1:one", Surface: a5, Look: taken},
			{Job: "2:two", Surface: a4, Look: taken},
			{Job: "3:three", Surface: a5, Look: taken},
			{Code: wire.ErrPrintMedia}, // found out by the surface
			{Job: "5:" + givenUp, Surface: a5, Look: taken},
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
			{"*InputSlot Tray2", "*PageSize A5", "*Duplex None"},
			{"*InputSlot Manual", "*PageSize A4", "*Duplex None"},
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
		for i, sheet := range slices.Concat(sheetsOf(t, room, "Laser", 2), sheetsOf(t, room, "Rossa", 1)) {
			tk := windowsTickets[i]
			if sheet.Title != tk.Name {
				t.Errorf("sheet %d is %q", i, sheet.Title)
			}
			compare(t, sheet, tk)
		}
	})
}

// onWine hands the tickets over and returns what was said of printers and of each.
func onWine(t *testing.T) (printers []wire.Printer, answers []answer) {
	t.Helper()
	exe := wine.Test(t, "raccordo/host/internal/printing/winspool")
	wine.Prefix(t)
	body, err := json.Marshal(windowsTickets)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("RACCORDO_TICKETS", string(body))
	out, err := exec.Command("wine", exe, "-test.run", "^TestReal$").Output()
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

// compare measures what came out: 0.3 mm at most from where it was drawn, and readable.
func compare(t *testing.T, sheet printroom.Sheet, tk printing.Ticket) {
	t.Helper()
	pages, err := sheet.Pictures(t.Context(), 300)
	if err != nil || len(pages) != tk.Copies*tk.Pages {
		t.Fatalf("%s: %d pages, %v", tk.Name, len(pages), err)
	}
	for i, p := range pages {
		mm := func(dots int) float64 { return float64(dots) * 25.4 / float64(p.DPI) }
		ink := p.Ink()
		width, height := float64(tk.Sheet.Width)/10, float64(tk.Sheet.Height)/10
		for what, d := range map[string]float64{
			"width": mm(p.Rect.Dx()) - width, "height": mm(p.Rect.Dy()) - height,
			"left": mm(ink.Min.X) - 20, "top": mm(ink.Min.Y) - 30,
			"right": mm(ink.Max.X) - (width - 20), "bottom": mm(ink.Max.Y) - (height - 30),
		} {
			if math.Abs(d) > 0.3 {
				t.Errorf("%s, page %d: %s is off by %.2f mm", tk.Name, i+1, what, d)
			}
		}
		if p.Duplex {
			t.Errorf("%s is on both sides", tk.Name)
		}
		file := filepath.Join(t.TempDir(), "page.png")
		var b bytes.Buffer
		if err := png.Encode(&b, p.Gray); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		read, err := exec.Command("zbarimg", "--quiet", file).Output()
		if want := fmt.Sprintf("CODE-39:PAGINA %d\n", i%tk.Pages+1); err != nil || string(read) != want {
			t.Errorf("%s, page %d: %q, %v", tk.Name, i+1, read, err)
		}
	}
}
