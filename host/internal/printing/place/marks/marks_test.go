package marks_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/printing/place/marks"
	"raccordo/host/internal/sim/pdftest"
)

// of reads the only page of a document.
func of(t testing.TB, doc []byte) marks.Painted {
	t.Helper()
	file, err := pdf.Open(bytes.NewReader(doc), int64(len(doc)))
	if err != nil {
		t.Fatal(err)
	}
	page, err := file.LastPage()
	if err != nil {
		t.Fatal(err)
	}
	view, err := file.View(page)
	if err != nil {
		t.Fatal(err)
	}
	streams, err := file.Contents(page)
	if err != nil {
		t.Fatal(err)
	}
	data, err := file.Joined(streams, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	painted, err := marks.NewReader(file).Page(page, view, data)
	if err != nil {
		t.Fatal(err)
	}
	return painted
}

func drawn(resources, contents string, more func(*pdftest.Book)) []byte {
	b := pdftest.New()
	b.Drawn("", "", resources, contents)
	if more != nil {
		more(b)
	}
	return b.End("")
}

// Areas that are known exactly, within a hair.
func TestAreas(t *testing.T) {
	form := func(dict, contents string) func(*pdftest.Book) {
		return func(b *pdftest.Book) { b.Stream(20, "/Type /XObject /Subtype /Form "+dict, contents) }
	}
	const x, gs = "/XObject <</X 20 0 R>>", "/ExtGState <</G <</LW 20 /LJ 0 /ML 5>> /M <</BM /Multiply>> /N <</BM /Normal>>>>"
	for _, row := range []struct {
		name, resources, contents string
		more                      func(*pdftest.Book)
		want                      marks.Area
	}{
		{"nothing", "", "", nil, marks.Area{}},
		{"a path without paint", "", "10 10 m 50 50 l n", nil, marks.Area{}},
		{"a point", "", "10 10 m S", nil, marks.Area{}},
		{"a rectangle", "", "10 20 30 40 re f", nil, marks.Area{10, 20, 40, 60}},
		{"a rectangle the other way", "", "40 60 -30 -40 re f*", nil, marks.Area{10, 20, 40, 60}},
		{"beyond the page", "", "-10 -20 3000 4000 re B", nil, marks.Area{0, 0, 595, 842}},
		{"two", "", "10 20 30 40 re f 100 200 m 120 230 l 140 200 l f", nil, marks.Area{10, 20, 140, 230}},
		{"moved and larger", "", "q 2 0 0 3 5 7 cm 10 20 30 40 re f Q", nil, marks.Area{25, 67, 85, 187}},
		{"restored", "", "q 2 0 0 3 5 7 cm Q 10 20 30 40 re f", nil, marks.Area{10, 20, 40, 60}},
		{"Q too many", "", "2 0 0 2 0 0 cm Q Q 10 20 30 40 re f", nil, marks.Area{20, 40, 80, 120}},
		{"turned", "", "0 1 -1 0 300 0 cm 10 20 30 40 re f", nil, marks.Area{240, 10, 280, 40}},
		{"a curve", "", "10 10 m 20 100 80 100 90 10 c f", nil, marks.Area{10, 10, 90, 100}},
		{"a thick line", "", "20 w 100 100 m 300 100 l S", nil, marks.Area{100 - 14.2, 100 - 14.2, 300 + 14.2, 100 + 14.2}},
		{"joins", "", "10 w 5 M 100 100 m 200 200 l 300 100 l S", nil, marks.Area{75, 75, 325, 225}},
		{"a thick line by a state", gs, "/G gs 100 100 m 200 200 l 300 100 l S", nil, marks.Area{50, 50, 350, 250}},
		{"white", "", "1 g 0 0 595 842 re f 0 g 10 20 30 40 re f", nil, marks.Area{10, 20, 40, 60}},
		{"white in other words", "", "1 1 1 rg 0 0 99 99 re f 0 0 0 0 k 0 0 99 99 re f /DeviceRGB cs 1 1 1 sc 0 0 99 99 re f 1 1 1 RG 0 0 m 99 99 l S 0 g 10 20 30 40 re f", nil, marks.Area{10, 20, 40, 60}},
		{"nearly white", "", "0.99 g 10 20 30 40 re f", nil, marks.Area{10, 20, 40, 60}},
		{"white of a profile", "/ColorSpace <</C [/ICCBased 20 0 R]>>", "/C cs 1 1 1 scn 0 0 99 99 re f 0 0 0 scn 10 20 30 40 re f", func(b *pdftest.Book) { b.Stream(20, "/N 3", "") }, marks.Area{10, 20, 40, 60}},
		{"a spot colour is never white", "/ColorSpace <</C [/Separation /All /DeviceGray <<>>]>>", "/C cs 1 scn 10 20 30 40 re f", nil, marks.Area{10, 20, 40, 60}},
		{"white that is blended", gs, "1 g /M gs 10 20 30 40 re f", nil, marks.Area{10, 20, 40, 60}},
		{"white that is not blended any more", gs, "1 g /M gs /N gs 10 20 30 40 re f", nil, marks.Area{}},
		{"a pattern", "/Pattern <</P <<>>>>", "/Pattern cs /P scn 10 20 30 40 re f", nil, marks.Area{10, 20, 40, 60}},
		{"clipped", "", "q 10 20 30 40 re W n 0 0 500 500 re f Q", nil, marks.Area{10, 20, 40, 60}},
		{"clipped twice", "", "10 20 30 40 re W n 20 0 100 30 re W* n 0 0 500 500 re f", nil, marks.Area{20, 20, 40, 30}},
		{"clipped and painted", "", "10 20 30 40 re W f 0 0 500 500 re f", nil, marks.Area{10, 20, 40, 60}},
		{"a shading", "/Shading <</S <<>>>>", "10 20 30 40 re W n /S sh", nil, marks.Area{10, 20, 40, 60}},
		{"an image", x, "q 30 0 0 40 10 20 cm /X Do Q", func(b *pdftest.Book) { b.Stream(20, "/Subtype /Image", "") }, marks.Area{10, 20, 40, 60}},
		{"a mask that is painted white", x, "1 g q 30 0 0 40 10 20 cm /X Do Q", func(b *pdftest.Book) { b.Stream(20, "/Subtype /Image /ImageMask true", "") }, marks.Area{}},
		{"an inline image", "", "q 30 0 0 40 10 20 cm BI /W 2 /H 2 /BPC 8 /CS /G ID \x00 EIx\xffEI EI Q 1 1 1 1 re n", nil, marks.Area{10, 20, 40, 60}},
		{"a form", x, "q 2 0 0 2 5 5 cm /X Do Q", form("/BBox [0 0 100 100] /Matrix [1 0 0 1 10 0]", "10 20 30 40 re f"), marks.Area{45, 45, 105, 125}},
		{"a form cuts", x, "/X Do", form("/BBox [0 0 30 30]", "10 20 300 400 re f"), marks.Area{10, 20, 30, 30}},
		{"a form takes the state along", x, "1 g 20 w /X Do", form("/BBox [0 0 500 500]", "10 20 30 40 re f 100 100 m 100 200 l S"), marks.Area{85.8, 85.8, 114.2, 214.2}},
		{"unknown where that is allowed", "", "BX 1 2 3 unknown EX 10 20 30 40 re f", nil, marks.Area{10, 20, 40, 60}},
		{"content that is marked", "/Properties <</P <<>>>>", "/Span <</A (x)>> BDC /T BMC 10 20 30 40 re f EMC EMC /T MP /T /P DP", nil, marks.Area{10, 20, 40, 60}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := of(t, drawn(row.resources, row.contents, row.more))
			if !got.Certain {
				t.Fatal("not understood")
			}
			if !near(got.Area, row.want, 0.6) || got.Area.Empty() != row.want.Empty() {
				t.Errorf("%+v, want %+v", got.Area, row.want)
			}
		})
	}
}

// What is not understood is the whole page, and not certain.
func TestUnclear(t *testing.T) {
	loop := func(b *pdftest.Book) {
		b.Stream(20, "/Type /XObject /Subtype /Form /BBox [0 0 900 900] /Resources <</XObject <</X 20 0 R>>>>", "/X Do")
	}
	font := func(dict string) func(*pdftest.Book) {
		return func(b *pdftest.Book) { b.Object(20, "<</Type /Font "+dict+">>") }
	}
	for _, row := range []struct {
		name, resources, contents string
		more                      func(*pdftest.Book)
	}{
		{"an operator that nobody knows", "", "1 2 3 unknown", nil},
		{"operands missing", "", "1 2 3 re f", nil},
		{"operands of another kind", "", "(a) 2 3 4 re f", nil},
		{"operands at the end", "", "10 20 30 40 re f 1 2", nil},
		{"unfinished text", "", "BT /F1 12 Tf (abc", nil},
		{"unfinished image", "", "BI /W 2 /H 2 ID abc", nil},
		{"text without a font", "", "BT (abc) Tj ET", nil},
		{"a font that is not there", "", "BT /F9 12 Tf (abc) Tj ET", nil},
		{"an object that is not there", "", "/X9 Do", nil},
		{"a form that draws itself", "/XObject <</X 20 0 R>>", "/X Do", loop},
		{"PostScript", "/XObject <</X 20 0 R>>", "/X Do", func(b *pdftest.Book) { b.Stream(20, "/Subtype /PS", "") }},
		{"a form that is damaged", "/XObject <</X 20 0 R>>", "/X Do", func(b *pdftest.Book) { b.Stream(20, "/Subtype /Form /BBox [0 0 9 9] /Filter /FlateDecode", "x") }},
		{"states without end", "", strings.Repeat("q ", 5000), nil},
		{"numbers beyond everything", "", "99999999999999999 0 0 1 re f", nil},
		{"vertical writing", "/Font <</G 20 0 R>>", "BT /G 12 Tf <0001> Tj ET", font("/Subtype /Type0 /Encoding /Identity-V /DescendantFonts [<<>>]")},
		{"codes of another map", "/Font <</G 20 0 R>>", "BT /G 12 Tf <0001> Tj ET", font("/Subtype /Type0 /Encoding /UniGB-UCS2-H /DescendantFonts [<<>>]")},
		{"glyphs that are drawn, nobody knows where", "/Font <</G 20 0 R>>", "BT /G 12 Tf (a) Tj ET", font("/Subtype /Type3 /FontMatrix [0.001 0 0 0.001 0 0] /FontBBox [0 0 0 0] /Widths [] /FirstChar 0")},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := of(t, drawn(row.resources, row.contents, row.more)); got.Certain || got.Area != (marks.Area{0, 0, 595, 842}) {
				t.Errorf("%+v", got)
			}
		})
	}
}

// Where Q restores what was never saved.
func TestSurplus(t *testing.T) {
	contents := "q Q Q\n1 g(Q) pop Q"
	if got := of(t, drawn("", "BX "+contents, nil)); fmt.Sprint(got.Surplus) != "[7 20]" {
		t.Errorf("%v", got.Surplus)
	}
}
