package place_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"math"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"
	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/place"
	"raccordo/host/internal/sim/pdftest"
	"raccordo/host/internal/sim/signtest"
)

// mark is a black square, 6 mm wide, in millimetres from the upper left corner of what is read.
type mark struct{ x, y float64 }

const side = 6

// leaf makes a document of marks and a line of text.
func leaf(t testing.TB, width, height float64, marks ...mark) []byte {
	t.Helper()
	pdf := fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: width, Ht: height}})
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCatalogSort(true)
	pdf.AddPage()
	pdf.SetFillColor(0, 0, 0)
	pdf.SetFont("Helvetica", "", 12)
	for _, m := range marks {
		pdf.Rect(m.x, m.y, side, side, "F")
	}
	pdf.Text(30, 20, "Prescrizione di prova")
	var b bytes.Buffer
	if err := pdf.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// onto places a document and lets others read what comes out of it.
func onto(t testing.TB, doc []byte, w place.Wish) ([]byte, place.Placed) {
	t.Helper()
	out, placed, err := try(doc, w)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(out, doc) || placed.Same != (len(out) == len(doc)) {
		t.Fatalf("the document is not the beginning of what is printed: %+v", placed)
	}
	signtest.Holds(t, "qpdf", "--check", pdftest.Write(t, t.TempDir(), "out.pdf", out))
	return out, placed
}

func try(doc []byte, w place.Wish) ([]byte, place.Placed, error) {
	var out bytes.Buffer
	placed, err := place.Onto(bytes.NewReader(doc), w, &out)
	return out.Bytes(), placed, err
}

// code is that of a refusal.
func code(err error) string {
	var known *printing.Error
	if errors.As(err, &known) {
		return string(known.Code)
	}
	return fmt.Sprint(err)
}

// read is the picture of a sheet, turned so that it can be read.
func read(t testing.TB, doc []byte, page int, placed place.Placed) *image.Gray {
	t.Helper()
	picture := pdftest.Picture(t, doc, page, pdftest.DPI)
	if placed.Lying[page-1] {
		return pdftest.Clockwise(picture)
	}
	return picture
}

// shows says that the picture has a mark, so much smaller, with its upper left corner at a place in
// millimetres: within 0.3.
func shows(t testing.TB, picture *image.Gray, x, y, scale float64) {
	t.Helper()
	wide := scale * side
	at := func(mm float64) int { return int(math.Round(mm * pdftest.Millimetre)) }
	got := pdftest.Ink(picture, image.Rect(at(x-2), at(y-2), at(x+wide+2), at(y+wide+2)))
	for name, far := range map[string]float64{
		"left": float64(got.Min.X)/pdftest.Millimetre - x, "top": float64(got.Min.Y)/pdftest.Millimetre - y,
		"right": float64(got.Max.X)/pdftest.Millimetre - x - wide, "bottom": float64(got.Max.Y)/pdftest.Millimetre - y - wide,
	} {
		if math.Abs(far) > 0.3 {
			t.Errorf("a mark at %.1f %.1f mm: its %s is off by %.2f mm (%v)", x, y, name, far, got)
		}
	}
}

// sheetOf says that every page is the sheet, upright, and what all its boxes are.
func sheetOf(t testing.TB, doc []byte, s printing.Sheet, pages int) {
	t.Helper()
	said := signtest.Holds(t, "pdfinfo", "-box", "-l", "1000", pdftest.Write(t, t.TempDir(), "out.pdf", doc))
	found := map[string]int{}
	for line := range strings.Lines(said) {
		var page int
		var kind string
		var turn, left, bottom, right, top float64
		if n, _ := fmt.Sscanf(line, "Page %d rot: %f", &page, &turn); n == 2 {
			found["rot"]++
			if turn != 0 {
				t.Errorf("page %d is turned by %v", page, turn)
			}
		}
		if n, _ := fmt.Sscanf(line, "Page %d %s %f %f %f %f", &page, &kind, &left, &bottom, &right, &top); n == 6 {
			found[kind]++
			if math.Abs(right-left-float64(s.Width)*7.2/25.4) > 1.5 || math.Abs(top-bottom-float64(s.Height)*7.2/25.4) > 1.5 {
				t.Errorf("not the sheet: %s", line)
			}
		}
	}
	want := map[string]int{"rot": pages, "MediaBox:": pages, "CropBox:": pages, "BleedBox:": pages, "TrimBox:": pages, "ArtBox:": pages}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("%s\n%s", diff, said)
	}
}
