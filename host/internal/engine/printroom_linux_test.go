package engine

import (
	"encoding/xml"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/cups"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/wire"
)

// tool runs a program that nobody here wrote.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}

// word is where a word stands on a sheet, in points from its upper left corner.
func word(t *testing.T, file, text string) (left, top float64) {
	t.Helper()
	var doc struct {
		Words []struct {
			XMin float64 `xml:"xMin,attr"`
			YMin float64 `xml:"yMin,attr"`
			Text string  `xml:",chardata"`
		} `xml:"body>doc>page>word"`
	}
	dec := xml.NewDecoder(strings.NewReader(tool(t, "pdftotext", "-bbox", file, "-")))
	dec.Strict, dec.Entity = false, xml.HTMLEntity
	if err := dec.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	for _, w := range doc.Words {
		if w.Text == text {
			return w.XMin, w.YMin
		}
	}
	t.Fatalf("%q is not on %s: %+v", text, file, doc.Words)
	return 0, 0
}

// size is that of the sheet, in points.
func size(t *testing.T, file string) (width, height float64) {
	t.Helper()
	for line := range strings.Lines(tool(t, "pdfinfo", file)) {
		if n, _ := fmt.Sscanf(line, "Page size: %f x %f", &width, &height); n == 2 {
			return width, height
		}
	}
	t.Fatal("no size")
	return 0, 0
}

// codes are the bar codes on a sheet.
func codes(t *testing.T, file string) string {
	t.Helper()
	picture := filepath.Join(t.TempDir(), "sheet")
	tool(t, "pdftoppm", "-r", "300", "-png", "-singlefile", file, picture)
	return tool(t, "zbarimg", "-q", "--raw", picture+".png")
}

// Each kind comes out of a real print service as it was meant: size, place, bar codes.
func TestEachKindOnPaper(t *testing.T) {
	room, err := paper.Start(t.Context(), paper.Options{Printers: []paper.Printer{{Name: "Studio"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = room.Stop() })
	s := granted(t)
	s.e.opt.Spooler = func(printing.Renderer, zerolog.Logger) printing.Spooler {
		return cups.New(cups.Options{Server: room.Socket()})
	}
	s.e.press = s.e.newPress()
	came := 0
	sheet := func(item wire.PrintItem, change func(*wire.PrinterSettings)) string {
		t.Helper()
		set := s.profiles()[profileOf(item)].PrinterSettings
		set.Printer = "Studio"
		change(&set)
		if _, code := put[wire.PrinterList](s, cli, "", "printer.configure", wire.ConfigureParams{Settings: set}); code != "" {
			t.Fatal(code)
		}
		if j, code := s.one(clinic, item); code != "" {
			t.Fatalf("%q %+v", code, j)
		}
		came++
		sheets, err := room.Await(t.Context(), "Studio", came)
		s.must(err)
		return sheets[came-1].Path
	}
	is := func(file string, paper printing.Sheet) {
		t.Helper()
		w, h := size(t, file)
		if math.Abs(w/72*254-float64(paper.Width)) > 3 || math.Abs(h/72*254-float64(paper.Height)) > 3 {
			t.Errorf("%s of %.1f × %.1f points", paper.Name, w, h)
		}
	}
	same := func(*wire.PrinterSettings) {}

	nre := s.send(clinic, "", onForm("1"))[0].NRE
	slip := wire.PrintItem{Kind: "promemoria", NRE: nre}
	cf := anagrafe.Patients()[0].CF
	upright := sheet(slip, same)
	is(upright, printing.A4)
	lying := sheet(slip, func(set *wire.PrinterSettings) { set.Paper = "A5" })
	is(lying, printing.A5)
	for _, file := range []string{upright, lying} {
		got := codes(t, file)
		for _, want := range []string{nre[:5], nre[5:], cf} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no bar code %s in %q", filepath.Base(file), want, got)
			}
		}
	}

	p := onForm("2")
	form := wire.PrintItem{Kind: "rossa", Prescription: &p, Doctor: author}
	plain := sheet(form, same)
	is(plain, printing.A5)
	if got := codes(t, plain); !strings.Contains(got, cf) {
		t.Errorf("the red form's bar code reads %q", got)
	}
	left, top := word(t, plain, "FARMACO")
	moved := sheet(form, func(set *wire.PrinterSettings) { set.OffsetX, set.OffsetY = 50, -30 })
	is(moved, printing.A5)
	right, up := word(t, moved, "FARMACO")
	const near = 0.3 / 25.4 * 72
	if dx, dy := right-left-5/25.4*72, up-top+3/25.4*72; math.Abs(dx) > near || math.Abs(dy) > near {
		t.Errorf("moved by %.2f, %.2f points more than 5 mm to the right and 3 mm up", dx, dy)
	}

	white := &wire.WhitePrescription{Name: "PROVA ANNA", NRBE: "1300B4019294833", PIN: "1234", Items: []wire.WhiteItem{{Text: "FARMACO DI PROVA"}}}
	own := sheet(wire.PrintItem{Kind: "bianca", White: white, Doctor: author}, func(set *wire.PrinterSettings) { set.Paper = "A4" })
	is(own, printing.A4)
	if text := tool(t, "pdftotext", own, "-"); !strings.Contains(text, "FARMACO DI PROVA") || !strings.Contains(text, author.Name) {
		t.Errorf("the white prescription says %q", text)
	}
	if got := codes(t, own); !strings.Contains(got, white.NRBE) {
		t.Errorf("its bar code reads %q", got)
	}
}
