//go:build cgo

package papertrail

import (
	"bytes"
	"encoding/base64"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"

	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/wire"
)

// onFine is the printer of dots with twice as many to the inch.
const onFine = "Reparto"

// sheetOf finds a sheet once it has come out.
type sheetOf func(testing.TB) paper.Sheet

// extras are what is printed besides one sheet of each kind.
type extras struct {
	trays map[string][]sheetOf // by printer, in the order of paper.Trays
	many  map[string]sheetOf   // three copies of two pages, by printer
	fine  map[string]sheetOf   // by the name of the kind
}

// fineKinds are printed with 600 dots to the inch as well.
func fineKinds(all []kind) []kind {
	return slices.DeleteFunc(slices.Clone(all), func(k kind) bool { return len(k.codes) == 0 || k.lying || k.set.OffsetX != 0 })
}

func (o *office) extras(all []kind) extras {
	t := o.t
	e := extras{map[string][]sheetOf{}, map[string]sheetOf{}, map[string]sheetOf{}}
	two := base64.StdEncoding.EncodeToString(pages(t, 2))
	for _, name := range []string{onPDF, onRaster} {
		set := settings(wire.SheetBianca, "A4", "auto")
		set.Printer = name
		for _, tray := range o.trays(name) {
			set.Tray = tray
			o.set(set)
			e.trays[name] = append(e.trays[name], o.later(wire.PrintItem{Kind: "document", Content: two}))
		}
		set.Tray, set.Copies = "", 3
		o.set(set)
		e.many[name] = o.later(wire.PrintItem{Kind: "document", Content: two})
	}
	ppd := string(must(os.ReadFile(filepath.Join(o.lab.Paper.Dir(), "conf", "ppd", onRaster+".ppd")))(t))
	fine := filepath.Join(t.TempDir(), "fine.ppd")
	check(t, os.WriteFile(fine, []byte(strings.NewReplacer("300dpi", "600dpi", "300 dpi", "600 dpi", "[300 300]", "[600 600]").Replace(ppd)), 0o600))
	check(t, o.lab.Paper.Add(t.Context(), paper.Printer{Name: onFine, Kind: paper.Raster, PPD: fine}))
	for _, k := range fineKinds(all) {
		k.set.Printer = onFine
		o.set(k.set)
		e.fine[k.name] = o.later(k.item)
	}
	return e
}

// trays are those of a printer as the agent knows them.
func (o *office) trays(printer string) (ids []string) {
	o.t.Helper()
	for _, p := range asked[wire.PrinterList](o, "", "printer.list", wire.NoParams{}).Printers {
		if p.Name != printer {
			continue
		}
		for _, tray := range p.Trays {
			ids = append(ids, tray.ID)
		}
	}
	if len(ids) != len(paper.Trays) {
		o.t.Fatalf("trays of %s: %q", printer, ids)
	}
	return ids
}

func pages(t testing.TB, n int) []byte {
	p := fpdf.New("P", "mm", "A4", "")
	p.SetFont("Helvetica", "", 30)
	for i := range n {
		p.AddPage()
		p.Text(50, 100, []string{"Prima pagina", "Seconda pagina"}[i%2])
	}
	var b bytes.Buffer
	check(t, p.Output(&b))
	return b.Bytes()
}

// A tray reaches the driver as its own word, and the printer as its place among the others.
func (e extras) provesTrays(t *testing.T) {
	for name, all := range e.trays {
		for i, find := range all {
			s := find(t)
			if got := s.Options["InputSlot"]; got != paper.Trays[i].Choice {
				t.Errorf("%s: InputSlot=%q, not %q", name, got, paper.Trays[i].Choice)
			}
			if p := first(t, s, 72); name == onRaster && p.Tray != i {
				t.Errorf("the raster says tray %d, not %d", p.Tray, i)
			}
		}
	}
}

// Copies are made once, by the filters or by the printer; each page has a sheet of its own,
// though the printer's default is both sides.
func (e extras) provesCopies(t *testing.T) {
	for name, find := range e.many {
		s := find(t)
		all := must(s.Pictures(t.Context(), 36))(t)
		if len(all)*s.Copies != 6 || s.Options["Duplex"] != "None" || s.Options["sides"] != "one-sided" {
			t.Errorf("%s: %d pages, %d copies, Duplex=%q", name, len(all), s.Copies, s.Options["Duplex"])
		}
		for i, p := range all {
			if p.Duplex || p.Ink().Empty() {
				t.Errorf("%s: page %d: both sides %v, ink %v", name, i+1, p.Duplex, p.Ink())
			}
		}
	}
}

// Bar codes that were drawn for a printer of 600 dpi are read off what it got.
func (e extras) provesFine(t *testing.T, all []kind) {
	for _, k := range fineKinds(all) {
		p := first(t, e.fine[k.name](t), 2*sharp)
		if p.DPI != 2*sharp {
			t.Fatalf("%d dots to the inch", p.DPI)
		}
		if got := codes(t, painted(t, p.Gray)); !slices.Equal(got, k.codes) {
			t.Errorf("%s: zbar reads %q, not %q", k.name, got, k.codes)
		}
	}
}

// What reads rasters here reads them as CUPS' own filters do.
func provesReader(t *testing.T, s paper.Sheet) {
	cmd := exec.Command("/usr/lib/cups/filter/rastertopdf", "1", "prova", "prova", "1", "", s.Path)
	cmd.Env = append(os.Environ(), "CONTENT_TYPE=application/vnd.cups-raster", "FINAL_CONTENT_TYPE=application/pdf")
	theirs := first(t, paper.Sheet{Path: kept(t, must(cmd.Output())(t))}, sharp)
	match{sharp, 200, 0, 12 * perPoint, 12 * perPoint}.alike(t, theirs.Gray, first(t, s, sharp).Gray)
}

// moved measures how far every word of a sheet was moved: on the average exactly as far as
// the settings say, and none by more than a twentieth of a millimetre else.
func moved(t *testing.T, from, to []word, right, down float64) {
	if len(from) == 0 || len(from) != len(to) {
		t.Fatalf("%d words became %d", len(from), len(to))
	}
	for i, w := range from {
		if to[i].text != w.text || math.Abs(to[i].left-w.left-right) > 0.05 || math.Abs(to[i].top-w.top-down) > 0.05 {
			t.Errorf("%q at %.3f, %.3f mm became %q at %.3f, %.3f", w.text, w.left, w.top, to[i].text, to[i].left, to[i].top)
		}
	}
}
