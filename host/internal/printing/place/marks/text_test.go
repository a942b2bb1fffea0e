package marks_test

import (
	"image"
	"testing"

	"raccordo/host/internal/printing/place/marks"
	"raccordo/host/internal/sim/pdftest"
)

// What poppler draws of a text is within its area, and the area goes not far beyond.
func TestText(t *testing.T) {
	fonts := "/Font <</F1 5 0 R /T 20 0 R /W 21 0 R /S 22 0 R /C 23 0 R>> /ExtGState <</G <</Font [20 0 R 30]>>>>"
	more := func(b *pdftest.Book) {
		b.Object(20, "<</Type /Font /Subtype /Type1 /BaseFont /Times-BoldItalic /Encoding /WinAnsiEncoding>>")
		b.Object(21, "<</Type /Font /Subtype /TrueType /BaseFont /ABCDEF+Arial /FirstChar 65 /LastChar 66 /Widths [24 0 R 2000] /FontDescriptor "+
			"<</Type /FontDescriptor /FontName /ABCDEF+Arial /Flags 32 /MissingWidth 500 /FontBBox [-100 -400 1000 1200]>>>>")
		b.Object(22, "<</Type /Font /Subtype /Type3 /FontMatrix [0.01 0 0 0.01 0 0] /FontBBox [-20 -50 90 80] /FirstChar 97 /LastChar 97 /Widths [100] "+
			"/Encoding <</Differences [97 /a]>> /CharProcs <</a 25 0 R>>>>")
		b.Object(23, "<</Type /Font /Subtype /Type1 /BaseFont /Courier>>")
		b.Object(24, "1000")
		b.Stream(25, "", "100 0 d0 1 0 0 rg -20 -50 110 130 re f")
	}
	for _, row := range []struct{ name, contents string }{
		{"Helvetica", "BT /F1 30 Tf 60 700 Td (Documento di prova) Tj ET"},
		{"Times, accents", "BT /T 30 Tf 60 700 Td (\\310 cos\\354 perch\\351 g) Tj ET"},
		{"Courier", "BT /C 30 Tf 60 700 Td (MMMM) Tj ET"},
		{"a font by a state", "BT /G gs 60 700 Td (Documento) Tj ET"},
		{"glyphs that are drawn", "BT /S 30 Tf 60 700 Td (aaa) Tj ET"},
		{"widths of its own", "BT /W 30 Tf 60 700 Td (ABC) Tj ET"},
		{"spaced", "BT /F1 30 Tf 10 Tc 20 Tw 60 700 Td (ab c d) Tj ET"},
		{"narrow, raised", "BT /F1 30 Tf 50 Tz 20 Ts 60 700 Td (abcd) Tj ET"},
		{"kerned", "BT /F1 30 Tf 60 700 Td [(ab) -3000 (cd) 1000 (e)] TJ ET"},
		{"backwards", "BT /F1 30 Tf 200 700 Td [(ab) 6000 (cd)] TJ ET"},
		{"lines", "BT /F1 30 Tf 40 TL 60 700 Td (abc) Tj T* (def) Tj (ghi) ' 5 6 (j k) \" 10 -50 TD (lm) Tj ET"},
		{"turned", "BT /F1 30 Tf 0.7 0.7 -0.7 0.7 200 300 Tm (Documento) Tj ET"},
		{"mirrored", "BT /F1 -30 Tf 300 300 Td (Documento) Tj ET"},
		{"in two steps", "BT /F1 30 Tf 60 700 Td (Documento) Tj (di prova) Tj ET"},
		{"outlined", "BT /F1 30 Tf 1 Tr 6 w 60 700 Td (Documento) Tj ET"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := pdftest.New()
			b.Drawn("", "", "", row.contents)
			b.Object(3, "<</Type /Page /Parent 2 0 R /Contents 4 0 R /Resources <<"+fonts+">>>>")
			more(b)
			doc := b.End("")
			got := of(t, doc)
			picture := pdftest.Picture(t, doc, 1, 72)
			ink := pdftest.Ink(picture, picture.Bounds())
			area := image.Rect(int(got.Area.Left), int(842-got.Area.Top), int(got.Area.Right+1), int(842-got.Area.Bottom+1))
			const room = 30 // an em
			if !got.Certain || ink.Empty() || !ink.In(area) || !area.In(ink.Inset(-room)) {
				t.Errorf("%v %v, ink at %v", got.Certain, area, ink)
			}
		})
	}
	for name, contents := range map[string]string{
		"invisible": "BT /F1 30 Tf 3 Tr 60 700 Td (a) Tj ET", "white": "1 g BT /F1 30 Tf 60 700 Td (a) Tj ET", "clips": "BT /F1 30 Tf 7 Tr 60 700 Td (a) Tj ET",
	} {
		if got := of(t, drawn("", contents, nil)); !got.Certain || !got.Area.Empty() {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Widths of glyphs in fonts of two-byte codes: lists, ranges, and all others.
func TestComposite(t *testing.T) {
	const font = "<</Type /Font /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [<</Subtype /CIDFontType2 /DW 300 /W [1 [1000 2000] 10 12 500]>>]>>"
	for text, em := range map[string]float64{"0001": 1, "00010002": 3, "000A000C": 1, "0FFF": 0.3, "0001000B0FFF": 1.8, "000100": 1.3} {
		b := pdftest.New()
		b.Drawn("", "", "", "BT /G 10 Tf 100 700 Td <"+text+"> Tj ET")
		b.Object(3, "<</Type /Page /Parent 2 0 R /Contents 4 0 R /Resources <</Font <</G 20 0 R>>>>>>")
		b.Object(20, font)
		got := of(t, b.End(""))
		if want := (marks.Area{Left: 98, Bottom: 696.5, Right: 100 + 10*em + 2, Top: 711}); !got.Certain || !near(got.Area, want, 1e-6) {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}

func near(a, b marks.Area, far float64) bool {
	for _, d := range []float64{a.Left - b.Left, a.Bottom - b.Bottom, a.Right - b.Right, a.Top - b.Top} {
		if d < -far || d > far {
			return false
		}
	}
	return true
}
