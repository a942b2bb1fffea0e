package cups

import (
	"image"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/ipp"
	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/wire"
)

const drivers = "/usr/share/ppd/cupsfilters/"

// Trays and papers of real drivers, as people must read them.
func TestTraysAndPapersOfRealDrivers(t *testing.T) {
	rows := []struct {
		ppd   string
		trays []wire.Tray
		any   bool
	}{
		{drivers + "pxlmono.ppd", []wire.Tray{
			{ID: "by-pass-tray", Name: "Vassoio 1"}, {ID: "top", Name: "Vassoio 2"}, {ID: "bottom", Name: "Vassoio 3"},
			{ID: "large-capacity", Name: "Vassoio 4"}, {ID: "manual", Name: "Inserimento manuale"}, {ID: "envelope", Name: "Buste"},
		}, false},
		{drivers + "Ricoh-PDF_Printer-PDF.ppd", []wire.Tray{
			{ID: "multi-tray", Name: "Vassoio multifunzione"}, {ID: "1-tray", Name: "Vassoio 1"}, {ID: "2-tray", Name: "Vassoio 2"},
			{ID: "3-tray", Name: "Vassoio 3"}, {ID: "4-tray", Name: "Vassoio 4"}, {ID: "5-tray", Name: "Vassoio grande capacità"},
		}, false},
		{drivers + "Fuji_Xerox-DocuPrint_CM305_df-PDF.ppd", []wire.Tray{
			{ID: "1st-tray", Name: "Vassoio 1"}, {ID: "2nd-tray", Name: "Vassoio 2"}, {ID: "bypass-tray", Name: "Inserimento manuale"},
		}, false},
		{"/usr/share/ppd/cups-pdf/CUPS-PDF_opt.ppd", []wire.Tray{}, true},
	}
	for _, row := range rows {
		t.Run(row.ppd, func(t *testing.T) {
			t.Parallel()
			_, s := room(t, paper.Options{Printers: []paper.Printer{{Name: "uno", PPD: row.ppd}}})
			for range 2 { // asked of the service, then remembered
				p := printer(t, s, "uno")
				if diff := cmp.Diff(row.trays, p.Trays); diff != "" {
					t.Errorf("trays (-want +got):\n%s", diff)
				}
				for _, want := range []wire.Paper{{Name: "A4", Width: 2100, Height: 2970}, {Name: "A5", Width: 1480, Height: 2100}} {
					if !slices.Contains(p.Papers, want) {
						t.Errorf("no %s among %+v", want.Name, p.Papers)
					}
				}
				if p.AnyPaper != row.any {
					t.Errorf("any paper: %v", p.AnyPaper)
				}
			}
		})
	}
}

func TestPrinters(t *testing.T) {
	_, s := room(t, paper.Options{Printers: []paper.Printer{
		{Name: "uno", Info: "Laser dello studio", Location: "Segreteria", Trays: paper.Trays, OnlyThese: true},
		{Name: "due", Papers: []string{"A4"}, OnlyThese: true},
		{Name: "grezza", Kind: paper.Raw},
	}})
	a4, a5 := wire.Paper{Name: "A4", Width: 2100, Height: 2970}, wire.Paper{Name: "A5", Width: 1480, Height: 2100}
	want := []wire.Printer{
		{Name: "due", State: "idle", Accepting: true, Papers: []wire.Paper{a4}, Trays: []wire.Tray{}},
		{Name: "grezza", State: "idle", Accepting: true, Papers: []wire.Paper{}, AnyPaper: true, Trays: []wire.Tray{}},
		{Name: "uno", Info: "Laser dello studio", Location: "Segreteria", Default: true, State: "idle", Accepting: true, Papers: []wire.Paper{a4, a5},
			Trays: []wire.Tray{{ID: "tray-1", Name: "Vassoio 1"}, {ID: "tray-2", Name: "Vassoio 2"}, {ID: "manual", Name: "Alimentazione manuale"}}},
	}
	if diff := cmp.Diff(want, must[[]wire.Printer](t)(s.Printers(t.Context()))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNoPrinters(t *testing.T) {
	_, s := room(t, paper.Options{})
	if all := must[[]wire.Printer](t)(s.Printers(t.Context())); len(all) != 0 || all == nil {
		t.Errorf("%#v", all)
	}
}

// A sheet or a tray that the printer has not is refused: drivers take another one
// without a word.
func TestWhatAPrinterHasNot(t *testing.T) {
	_, s := room(t, paper.Options{Printers: []paper.Printer{
		{Name: "uno", Papers: []string{"A4"}, OnlyThese: true, Trays: paper.Trays}, {Name: "due"},
	}})
	rows := []struct {
		name, printer, tray string
		sheet               printing.Sheet
		code                wire.ErrorCode
	}{
		{"a paper that it has", "uno", "tray-2", printing.A4, ""},
		{"a paper that it has not", "uno", "", printing.A5, wire.ErrPrintMedia},
		{"a tray that it has not", "uno", "tray-7", printing.A4, wire.ErrPrintMedia},
		{"a tray of a printer without any", "due", "tray-1", printing.A4, wire.ErrPrintMedia},
		{"a size of one's own", "due", "", printing.Sheet{Name: "custom", Width: 1000, Height: 1500}, ""},
		{"one that is too large", "due", "", printing.Sheet{Name: "custom", Width: 4200, Height: 9000}, wire.ErrPrintMedia},
		{"no such printer", "tre", "", printing.A4, wire.ErrPrintMissing},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			_, err := s.Create(t.Context(), printing.Ticket{Printer: row.printer, Name: "Raccordo 00000000", Sheet: row.sheet, Tray: row.tray, Copies: 1, Pages: 1})
			if row.code == "" {
				ok(t, err)
				return
			}
			wantFault(t, err, row.code)
		})
	}
}

// What comes out of the drivers: a sheet of the very size, upright, on one side, from
// the right tray, with the mark where it was to within 0.3 mm.
func TestWhatComesOut(t *testing.T) {
	custom := printing.Sheet{Name: "custom", Width: 1000, Height: 1500}
	rows := []struct {
		name  string
		kind  paper.Kind
		sheet printing.Sheet
	}{
		{"A4 as PDF", paper.PDF, printing.A4}, {"A5 as PDF", paper.PDF, printing.A5}, {"own size as PDF", paper.PDF, custom},
		{"A4 as raster", paper.Raster, printing.A4}, {"A5 as raster", paper.Raster, printing.A5}, {"own size as raster", paper.Raster, custom},
	}
	r, s := room(t, paper.Options{Printers: []paper.Printer{{Name: "pdf", Kind: paper.PDF, Trays: paper.Trays}, {Name: "raster", Kind: paper.Raster, Trays: paper.Trays}}})
	seen := map[paper.Kind]int{}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			tk := printing.Ticket{Printer: string(row.kind), Name: "Raccordo 0a1b2c3d", Sheet: row.sheet, Tray: "tray-2", Copies: 2, Pages: 2}
			printed(t, s, tk)
			seen[row.kind]++
			sheets := must[[]paper.Sheet](t)(r.Await(t.Context(), tk.Printer, seen[row.kind]))
			pages := must[[]paper.Picture](t)(sheets[len(sheets)-1].Pictures(t.Context(), 300))
			if len(pages) != 4 {
				t.Fatalf("%d pages, not 2 twice", len(pages))
			}
			for i, p := range pages {
				marked(t, i, p, row.sheet)
				if row.kind == paper.Raster && (p.Tray != 1 || p.Duplex) {
					t.Errorf("page %d: tray %d, on both sides %v", i, p.Tray, p.Duplex)
				}
			}
		})
	}
}

// marked expects the square of document on a page.
func marked(t *testing.T, i int, p paper.Picture, s printing.Sheet) {
	t.Helper()
	mm := func(dots int) float64 { return float64(dots) * 25.4 / float64(p.DPI) }
	differ := func(got int, tenths int) bool { return math.Abs(mm(got)-float64(tenths)/10) > 0.3 }
	ink, size := p.Ink(), p.Rect.Size()
	if differ(size.X, s.Width) || differ(size.Y, s.Height) {
		t.Errorf("page %d of %.1f × %.1f mm", i, mm(size.X), mm(size.Y))
	}
	if differ(ink.Min.X, 200) || differ(ink.Min.Y, 200) || differ(ink.Max.X, 300) || differ(ink.Max.Y, 300) || ink == (image.Rectangle{}) {
		t.Errorf("page %d: mark from (%.2f, %.2f) to (%.2f, %.2f) mm", i, mm(ink.Min.X), mm(ink.Min.Y), mm(ink.Max.X), mm(ink.Max.Y))
	}
}

func TestPapers(t *testing.T) {
	size := func(w, h ipp.Attribute) ipp.Value {
		w.Name, h.Name = "x-dimension", "y-dimension"
		return ipp.Value{Tag: ipp.TagBegin, Members: []ipp.Attribute{w, h}}
	}
	n := func(n int) ipp.Attribute { return ipp.Int(ipp.TagInteger, "", n) }
	span := func(from, to int32) ipp.Attribute {
		return ipp.Attribute{Values: []ipp.Value{{Tag: ipp.TagRange, Int: from, Upper: to}}}
	}
	rows := []struct {
		name   string
		values []ipp.Value
		want   []wire.Paper
		any    bool
	}{
		{"nothing said", nil, []wire.Paper{}, true},
		{"in points", []ipp.Value{size(n(20999), n(29704))}, []wire.Paper{{Name: "A4", Width: 2100, Height: 2970}}, false},
		{"twice", []ipp.Value{size(n(21000), n(29700)), size(n(21000), n(29700))}, []wire.Paper{{Name: "A4", Width: 2100, Height: 2970}}, false},
		{"without a name", []ipp.Value{size(n(10480), n(24130))}, []wire.Paper{{Name: "104,8 × 241,3 mm", Width: 1048, Height: 2413}}, false},
		{"a range", []ipp.Value{size(span(2540, 41980), span(2540, 59400))}, []wire.Paper{}, true},
		{"of any length", []ipp.Value{size(n(8000), span(2540, 100000))}, []wire.Paper{}, true},
		{"nonsense", []ipp.Value{size(n(0), n(-5)), {Tag: ipp.TagKeyword, Text: "x"}, size(ipp.Attribute{}, n(1))}, []wire.Paper{}, true},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got, anySize := papers(ipp.Attribute{Values: row.values})
			if diff := cmp.Diff(row.want, got); diff != "" || anySize != row.any {
				t.Errorf("any %v (-want +got):\n%s", anySize, diff)
			}
		})
	}
}

func TestParseTrays(t *testing.T) {
	rows := []struct {
		name, ppd string
		want      []choice
	}{
		{"none", "*PageSize A4/A4: \"\"\n", nil},
		{"two", "*InputSlot Auto/Automatically Select: \"x\"\r\n*InputSlot T1/Tray 1: \"y\"\r\n", []choice{{"Auto", "Automatically Select", ""}, {"T1", "Tray 1", ""}}},
		{"translated", "*InputSlot T1/Tray 1: \"\"\n*it.InputSlot T1/Cassetto carta: \"\"\n*de.InputSlot T1/Fach: \"\"\n", []choice{{"T1", "Tray 1", "Cassetto carta"}}},
		{"octets", "*InputSlot T1/Capacit<E0> <20>: \"\"\n*InputSlot T2/a<b: \"\"\n", []choice{{"T1", "Capacità", ""}, {"T2", "a<b", ""}}},
		{"without a text", "*InputSlot T1: \"\"\n", []choice{{"T1", "", ""}}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, parseTrays(row.ppd), cmp.AllowUnexported(choice{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTrayNames(t *testing.T) {
	rows := map[string]string{
		"tray-1": "Vassoio 1", "tray-12": "Vassoio 12", "manual": "Inserimento manuale", "by-pass-tray": "Vassoio multifunzione", "main": "Vassoio principale",
		"com.vendor.side-feeder": "Com.vendor.side feeder", "1st-tray": "1st tray", "roll-2": "Rotolo 2",
	}
	for word, want := range rows {
		t.Run(word, func(t *testing.T) {
			if got := trayName(word); got != want {
				t.Errorf("%q", got)
			}
		})
	}
	if all := trays([]string{"auto", ""}, nil); len(all) != 0 {
		t.Errorf("%+v", all)
	}
}

func FuzzDriver(f *testing.F) {
	f.Add("*InputSlot T1/Capacit<E0>: \"\"\n*it.InputSlot T1/Cassetto: \"\"\n")
	f.Add("*InputSlot /<>: <<>\n*InputSlot")
	f.Fuzz(func(t *testing.T, ppd string) {
		all := parseTrays(ppd)
		if len(all) > maxChoices {
			t.Fatalf("%d choices", len(all))
		}
		for _, c := range all {
			for _, r := range c.text + c.translated {
				if r < ' ' {
					t.Fatalf("control character in %q", c)
				}
			}
		}
	})
}
