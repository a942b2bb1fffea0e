package papertrail

import (
	"bytes"
	"encoding/base64"
	"image"
	"math"
	"testing"

	"codeberg.org/go-pdf/fpdf"
)

// leaf is a page of the table in docs/print-matrix.md: its size, and how far its ink
// reaches, in millimetres.
type leaf struct {
	name          string
	width, height float64
	right, bottom float64
}

// The pages, by the names that the table has for them.
var leaves = []leaf{
	{"A4 pieno", 210, 297, 200, 287},
	{"A4, metà superiore (promemoria)", 210, 297, 197, 141},
	{"A5 verticale", 148, 210, 138, 200},
	{"A5 orizzontale", 210, 148, 200, 138},
}

const margin = 10

// mark is a black area. No two of a page have the same shape, so that a page which is
// turned or mirrored can not be taken for another.
type mark struct{ left, top, right, bottom float64 }

// marks are in the four corners of what is written.
func (l leaf) marks() []mark {
	return []mark{
		{margin, margin, margin + 6, margin + 6},
		{l.right - 6, margin, l.right, margin + 3},
		{margin, l.bottom - 6, margin + 3, l.bottom},
		{l.right - 9, l.bottom - 3, l.right, l.bottom},
	}
}

const sentence = "Prescrizione di prova"

// pdf draws it.
func (l leaf) pdf(t testing.TB) []byte {
	t.Helper()
	p := fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: l.width, Ht: l.height}})
	p.SetAutoPageBreak(false, 0)
	p.AddPage()
	p.SetFillColor(0, 0, 0)
	for _, m := range l.marks() {
		p.Rect(m.left, m.top, m.right-m.left, m.bottom-m.top, "F")
	}
	p.SetFont("Helvetica", "", 12)
	p.Text(30, 30, sentence)
	var b bytes.Buffer
	check(t, p.Output(&b))
	return b.Bytes()
}

func (l leaf) content(t testing.TB) string { return base64.StdEncoding.EncodeToString(l.pdf(t)) }

// scale measures how much smaller a page came out, by the two marks that are farthest from
// each other, and says that it is the same both ways.
func (l leaf) scale(t testing.TB, page *image.Gray, dpi int) float64 {
	t.Helper()
	width, height := float64(page.Rect.Dx())/float64(dpi)*25.4, float64(page.Rect.Dy())/float64(dpi)*25.4
	left, top, right, bottom := extent(page, dpi, 0, 0, width, height)
	across, down := (right-left)/(l.right-margin), (bottom-top)/(l.bottom-margin)
	if math.Abs(across-down) > 0.3/100 {
		t.Errorf("%s: scaled to %.4f across and %.4f down", l.name, across, down)
	}
	return (across + down) / 2
}

// stands says that each mark is where it belongs at a scale: all its edges within 0.3 mm.
func (l leaf) stands(t testing.TB, page *image.Gray, dpi int, scale float64) {
	t.Helper()
	for _, m := range l.marks() {
		want := []float64{m.left * scale, m.top * scale, m.right * scale, m.bottom * scale}
		left, top, right, bottom := extent(page, dpi, want[0]-2, want[1]-2, want[2]+2, want[3]+2)
		for i, got := range []float64{left, top, right, bottom} {
			if math.IsInf(got, 0) || math.Abs(got-want[i]) > near {
				t.Errorf("%s: a mark that belongs at %.2f mm is at %.2f, %.2f, %.2f, %.2f", l.name, want, left, top, right, bottom)
				break
			}
		}
	}
}
