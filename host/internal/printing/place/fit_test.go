package place_test

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/place"
	"raccordo/host/internal/sim/pdftest"
)

// The offset moves a page exactly so much, to the right and down as it is read.
func TestOffset(t *testing.T) {
	for _, row := range []struct {
		name          string
		width, height float64
		w             place.Wish
		x, y          float64 // where a mark at 20, 30 mm comes out
	}{
		{"right and up", 148, 210, place.Wish{Sheet: printing.A5, Orientation: "portrait", OffsetX: 50, OffsetY: -30}, 25, 27},
		{"left and down", 148, 210, place.Wish{Sheet: printing.A5, Orientation: "portrait", OffsetX: -53, OffsetY: 71}, 14.7, 37.1},
		{"lying", 210, 148, place.Wish{Sheet: printing.A5, Orientation: "landscape", OffsetX: 50, OffsetY: -30}, 25, 27},
		{"lying, by itself", 210, 148, place.Wish{Sheet: printing.A5, Orientation: "auto", OffsetX: -20, OffsetY: 40}, 18, 34},
		{"with a scale", 148, 210, place.Wish{Sheet: printing.A5, Orientation: "portrait", Scale: 90, OffsetX: 50, OffsetY: -30}, 23, 24},
		{"larger", 148, 210, place.Wish{Sheet: printing.A4, Orientation: "portrait", Scale: 120, OffsetX: 10}, 25, 36},
	} {
		t.Run(row.name, func(t *testing.T) {
			out, placed := onto(t, leaf(t, row.width, row.height, mark{20, 30}), row.w)
			sheetOf(t, out, row.w.Sheet, 1)
			shows(t, read(t, out, 1, placed), row.x, row.y, placed.Scale)
			if placed.Same || len(placed.Notices) > 0 || placed.Scale != max(float64(row.w.Scale)/100, placed.Scale) {
				t.Errorf("%+v", placed)
			}
		})
	}
}

// What would be cut off is refused where it is known to be marked, and told of where it is not.
func TestPushed(t *testing.T) {
	doc := leaf(t, 148, 210, mark{2, 2}, mark{140, 202})
	unclear := pdftest.New()
	unclear.Drawn("", "/MediaBox [0 0 419.53 595.28]", "", square(60, 300)+"nobody knows this")
	for name, w := range map[string]place.Wish{
		"right": {OffsetX: 30}, "left": {OffsetX: -30}, "up": {OffsetY: -30}, "down": {OffsetY: 30},
	} {
		w.Sheet, w.Orientation = printing.A5, "portrait"
		if _, _, err := try(doc, w); code(err) != "print.does_not_fit" {
			t.Errorf("%s: %v", name, err)
		}
		out, placed, err := try(unclear.End(""), w)
		if err != nil || len(placed.Notices) != 1 || !strings.Contains(placed.Notices[0].Text, "spostamento") {
			t.Fatalf("%s: %v %+v", name, err, placed)
		}
		const point = 25.4 / 72
		shows(t, read(t, out, 1, placed), 60*point+float64(w.OffsetX)/10, (595.28-300)*point+float64(w.OffsetY)/10, 1)
	}
}

// A wished scale is obeyed or refused.
func TestScale(t *testing.T) {
	full, half := leaf(t, 210, 297, mark{10, 10}, mark{194, 281}), leaf(t, 210, 297, mark{10, 10}, mark{120, 110})
	for _, row := range []struct {
		name  string
		doc   []byte
		w     place.Wish
		scale float64 // 0: refused
	}{
		{"half of full A4", full, place.Wish{Sheet: printing.A4, Scale: 50}, 0.5},
		{"smaller than people read, but wished", full, place.Wish{Sheet: printing.A5, Orientation: "landscape", Scale: 45}, 0.45},
		{"a little too large", full, place.Wish{Sheet: printing.A5, Orientation: "portrait", Scale: 75}, 0},
		{"larger than the sheet, marks and all", full, place.Wish{Sheet: printing.A4, Scale: 110}, 0},
		{"larger than the sheet, marks are on it", half, place.Wish{Sheet: printing.A4, Orientation: "portrait", Scale: 150}, 1.5},
		{"full size", full, place.Wish{Sheet: printing.A5, Scale: 100}, 0},
		{"full size, marks at the end of the sheet", leaf(t, 210, 297, mark{10, 10}, mark{10, 141}), place.Wish{Sheet: printing.A5, Orientation: "landscape", Scale: 100}, 1},
		{"full size, marks are on the sheet", half, place.Wish{Sheet: printing.A5, Scale: 100}, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.scale == 0 {
				if _, _, err := try(row.doc, row.w); code(err) != "print.does_not_fit" {
					t.Error(err)
				}
				return
			}
			out, placed := onto(t, row.doc, row.w)
			if math.Abs(placed.Scale-row.scale) > 1e-9 {
				t.Errorf("%+v", placed)
			}
			shows(t, read(t, out, 1, placed), 10*row.scale, 10*row.scale, row.scale)
		})
	}
}

// Marks beside the end of the sheet, where printers do not reach, count as cut off.
func TestEdge(t *testing.T) {
	for end, scale := range map[float64]float64{140: 1, 143.5: 1, 146: 144.0 / 146, 148: 144.0 / 148, 190: 144.0 / 190} {
		_, placed := onto(t, leaf(t, 210, 297, mark{10, end - side}), place.Wish{Sheet: printing.A5, Orientation: "landscape"})
		if math.Abs(placed.Scale-scale) > 0.002 || !placed.Turned {
			t.Errorf("marks end at %v mm: %+v, want %v", end, placed, scale)
		}
	}
}

// A page that is the sheet goes out as it came; nearly is enough, and nothing else is.
func TestSame(t *testing.T) {
	for name, row := range map[string]struct {
		page string
		w    place.Wish
		same bool
	}{
		"the sheet":           {"", place.Wish{}, true},
		"0.4 mm more":         {"/MediaBox [0 0 596.4 843]", place.Wish{}, true},
		"0.8 mm more":         {"/MediaBox [0 0 597.6 842]", place.Wish{}, false},
		"turned to be it":     {"/MediaBox [0 0 842 595] /Rotate 90", place.Wish{}, false},
		"cut to be it":        {"/MediaBox [0 0 900 900] /CropBox [0 0 595 842]", place.Wish{}, false},
		"trimmed":             {"/TrimBox [20 20 570 820]", place.Wish{}, false},
		"boxes all alike":     {"/CropBox [0 0 595 842] /TrimBox [0 0 595 842] /ArtBox [0 0 595 842]", place.Wish{}, true},
		"not at the origin":   {"/MediaBox [100 100 695 942]", place.Wish{}, false},
		"in units of its own": {"/MediaBox [0 0 297.5 421] /UserUnit 2", place.Wish{}, false},
		"full size":           {"", place.Wish{Scale: 100}, true},
		"smaller":             {"", place.Wish{Scale: 99}, false},
		"a tenth aside":       {"", place.Wish{OffsetX: 1}, false},
	} {
		b := pdftest.New()
		b.Drawn("", row.page, "", square(300, 400))
		doc := b.End("")
		row.w.Sheet = printing.A4
		out, placed := onto(t, doc, row.w)
		if placed.Same != row.same || bytes.Equal(out, doc) != row.same {
			t.Errorf("%s: %+v", name, placed)
		}
		again, _ := onto(t, doc, row.w)
		if !bytes.Equal(again, out) {
			t.Errorf("%s: not the same sheet twice", name)
		}
		sheetOf(t, out, printing.A4, 1)
	}
}

// The words of the notices.
func TestNotices(t *testing.T) {
	for name, row := range map[string]struct {
		doc   []byte
		sheet printing.Sheet
		want  []string
		x     int
	}{
		"full A4 on A5":  {leaf(t, 210, 297, mark{194, 281}), printing.A5, []string{"Pagina ridotta al 70 % per stare nel foglio."}, 0},
		"half A4 on A5":  {leaf(t, 210, 297, mark{194, 100}), printing.A5, []string{"La metà inferiore vuota del foglio A4 non viene stampata."}, 0},
		"a long receipt": {leaf(t, 100, 400, mark{60, 100}), printing.A4, []string{"La parte vuota della pagina che supera il foglio non viene stampata."}, 0},
		"A4":             {leaf(t, 210, 297, mark{194, 100}), printing.A4, nil, 0},
		"near the edge":  {leaf(t, 148, 210, mark{136, 100}), printing.A5, []string{"Con questo spostamento una parte scritta arriva a meno di 4 mm dal bordo, dove molte stampanti non stampano: controllare il foglio."}, 50},
		"not so near":    {leaf(t, 148, 210, mark{130, 100}), printing.A5, nil, 10},
		"away from it":   {leaf(t, 148, 210, mark{139, 100}), printing.A5, nil, -10},
	} {
		_, placed := onto(t, row.doc, place.Wish{Sheet: row.sheet, Orientation: "auto", OffsetX: row.x})
		var got []string
		for _, n := range placed.Notices {
			got = append(got, n.Text)
		}
		if fmt.Sprint(got) != fmt.Sprint(row.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
