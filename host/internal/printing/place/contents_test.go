package place_test

import (
	"bytes"
	"fmt"
	"image"
	"testing"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/place"
	"raccordo/host/internal/sim/pdftest"
)

// same says that a page looks on the sheet as it did before, to poppler and to another program.
func same(t *testing.T, doc []byte, page int, w place.Wish, other string) ([]byte, place.Placed) {
	t.Helper()
	const dpi = 72
	out, placed := onto(t, doc, w)
	for name, draw := range map[string]func(doc []byte) *image.Gray{
		"poppler": func(doc []byte) *image.Gray { return pdftest.Picture(t, doc, page, dpi) },
		other:     func(doc []byte) *image.Gray { return pdftest.Other(t, other, doc, page, dpi) },
	} {
		before, after := draw(doc), draw(out)
		if placed.Lying[page-1] {
			after = pdftest.Clockwise(after)
		}
		if pdftest.Ink(before, before.Bounds()).Empty() {
			t.Errorf("%s draws nothing", name)
		}
		// A page whose size is no whole number of pixels may shift by one.
		if n := pdftest.Differ(before, after); n > 60 {
			t.Errorf("%s: %d pixels differ", name, n)
		}
		if a, b := pdftest.Ink(before, before.Bounds()), pdftest.Ink(after, after.Bounds()); !close(a, b) {
			t.Errorf("%s: ink at %v, was at %v", name, b, a)
		}
	}
	return out, placed
}

func close(a, b image.Rectangle) bool {
	for _, d := range []int{a.Min.X - b.Min.X, a.Min.Y - b.Min.Y, a.Max.X - b.Max.X, a.Max.Y - b.Max.Y} {
		if d < -1 || d > 1 {
			return false
		}
	}
	return true
}

// Contents of strangers: whatever is odd about them stays within the page.
func TestContents(t *testing.T) {
	const tiles = `/Pattern <</T 20 0 R /S <</Type /Pattern /PatternType 2 /Matrix [1 0 0 1 100 300] /Shading <</ShadingType 2 /ColorSpace /DeviceGray ` +
		`/Coords [0 0 200 0] /Function <</FunctionType 2 /Domain [0 1] /C0 [0] /C1 [1] /N 1>>>>>>>> `
	tile := func(b *pdftest.Book) {
		b.Stream(20, "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 50 50] /XStep 50 /YStep 50 /Resources <<>> /Matrix [1 0 0 1 13 7]",
			"0 0 20 20 re f")
	}
	for i, row := range []struct {
		name, page, resources, contents string
		more                            func(*pdftest.Book)
	}{
		{"text", "", "", pdftest.Text, nil},
		{"q without Q", "", "", "q 2 0 0 2 0 0 cm q " + square(60, 300), nil},
		{"clipped and never restored", "", "", "100 100 200 200 re W n " + square(60, 300) + "100 100 400 400 re f", nil},
		{"tiles", "", tiles, "/Pattern cs /T scn 60 60 400 500 re f", tile},
		{"tiles, to the other program", "", tiles, "/Pattern cs /T scn 60 60 400 500 re f", tile},
		{"a shading that is a pattern", "", tiles, "/Pattern cs /S scn 100 300 200 100 re f", tile},
		{"tiles on a page that is turned and cut", "/Rotate 90 /CropBox [30 40 500 700]", tiles, "/Pattern cs /T scn 60 60 400 500 re f", tile},
		{"what is outside of the visible part", "/CropBox [100 100 400 500]", "", "0 0 595 842 re f", nil},
		{"transparency", "/Group <</Type /Group /S /Transparency /CS /DeviceRGB /I true>>", "/ExtGState <</G <</ca 0.5>>>>",
			"100 300 200 200 re f /G gs 1 g 200 350 200 200 re f", nil},
		{"several streams", "", "", "", func(b *pdftest.Book) {
			b.Object(3, "<</Type /Page /Parent 2 0 R /Contents [21 0 R 22 0 R 23 0 R 24 0 R]>>")
			b.Stream(21, "", "q 1 0 0 1 100 100 cm 0 0 50")
			b.Stream(22, "", "50 re f")
			b.Stream(23, "", "")
			b.Stream(24, "/Filter /ASCIIHexDecode", fmt.Sprintf("%x>", "Q 300 300 50 80 re f"))
		}},
		{"its own media box within an array of references", "/MediaBox [21 0 R 21 0 R 22 0 R 23 0 R]", "", square(60, 300), func(b *pdftest.Book) {
			b.Object(21, "0")
			b.Object(22, "400.5")
			b.Object(23, "500")
		}},
		{"a form that draws with the resources of the page", "", "/XObject <</X 21 0 R>>", "q 2 0 0 2 10 10 cm /X Do Q", func(b *pdftest.Book) {
			b.Stream(21, "/Type /XObject /Subtype /Form /BBox [0 0 200 200]", "BT /F1 20 Tf 20 100 Td (Prova) Tj ET")
		}},
		{"an inline image", "", "", "q 100 0 0 100 200 400 cm BI /W 2 /H 2 /BPC 8 /CS /G ID \x00\xff\xff\x00 EI Q", nil},
		{"lines", "", "", "20 w 100 100 m 300 100 l 300 300 l S 2 J 50 400 m 400 400 l S", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := pdftest.New()
			b.Drawn("", row.page, row.resources, row.contents)
			if row.more != nil {
				row.more(b)
			}
			same(t, b.End(""), 1, place.Wish{Sheet: far, Orientation: []string{"landscape", "portrait"}[i%2]}, []string{"ghostscript", "mupdf"}[i/2%2])
		})
	}
}

// Poppler draws nothing after a Q too many, and so does a printer behind it: there is none on the
// sheet, not even when the page is the sheet already.
func TestUnbalanced(t *testing.T) {
	for name, contents := range map[string]string{
		"at the beginning": "Q Q " + square(60, 300), "after a pair": "q Q\nQ " + square(60, 300) + "Q",
		"state kept": "2 0 0 2 0 0 cm Q 0.5 0 0 0.5 0 0 cm " + square(60, 300),
	} {
		b := pdftest.New()
		b.Drawn("", "", "", contents)
		doc := b.End("")
		for _, sheet := range []printing.Sheet{printing.A4, far} {
			t.Run(name+" "+sheet.Name, func(t *testing.T) {
				out, placed := onto(t, doc, place.Wish{Sheet: sheet, Orientation: "portrait"})
				shows(t, read(t, out, 1, placed), 60*25.4/72, 542*25.4/72, 1)
			})
		}
	}
}

// Colours of what is transparent are mixed in the space that the page wants.
func TestGroup(t *testing.T) {
	const group = "/Group <</Type /Group /S /Transparency /CS /DeviceCMYK>>"
	doc := pdftest.Simple("", group)
	out, _ := onto(t, doc, place.Wish{Sheet: printing.A4, Scale: 90})
	file, err := pdf.Open(bytes.NewReader(out), int64(len(out)))
	if err != nil {
		t.Fatal(err)
	}
	page, err := file.LastPage()
	if err != nil {
		t.Fatal(err)
	}
	if d, err := file.Dict(page.Dict["Group"]); err != nil || d["CS"] != pdf.Name("DeviceCMYK") {
		t.Errorf("%v %v", d, err)
	}
}

// Pages inherit their resources and boxes from nodes far above.
func TestInherited(t *testing.T) {
	b := pdftest.New()
	b.Object(1, "<</Type /Catalog /Pages 2 0 R>>")
	b.Object(2, "<</Type /Pages /Kids [6 0 R] /Count 2 /MediaBox [0 0 500 600] /CropBox [10 10 490 590] /Rotate 90 /Resources 7 0 R>>")
	b.Object(6, "<</Type /Pages /Parent 2 0 R /Kids [3 0 R 8 0 R] /Count 2>>")
	b.Object(3, "<</Type /Page /Parent 6 0 R /Contents 4 0 R>>")
	b.Object(8, "<</Type /Page /Parent 6 0 R /Contents 4 0 R /Rotate 0 /MediaBox [0 0 300 400] /CropBox [0 0 300 400]>>")
	b.Stream(4, "", "BT /F1 18 Tf 60 300 Td (Prova) Tj ET "+square(30, 300))
	b.Object(5, "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>")
	b.Object(7, "<</Font <</F1 5 0 R>>>>")
	doc := b.End("")
	for page := 1; page <= 2; page++ {
		out, _ := same(t, doc, page, place.Wish{Sheet: far, Orientation: "portrait"}, "mupdf")
		sheetOf(t, out, far, 2)
	}
}

// Nobody is asked to print what is blank otherwise than it is.
func TestBlank(t *testing.T) {
	for name, page := range map[string]string{"no contents": "/Contents null", "empty contents": "", "white": ""} {
		b := pdftest.New()
		b.Drawn("", page, "", map[string]string{"white": "1 g 0 0 595 842 re f 0 0 0 0 k 0 0 595 842 re f"}[name])
		out, placed := onto(t, b.End(""), place.Wish{Sheet: printing.A5, Orientation: "landscape"})
		picture := pdftest.Picture(t, out, 1, 72)
		if placed.Scale != 1 || !placed.Turned || !pdftest.Ink(picture, picture.Bounds()).Empty() {
			t.Errorf("%s: %+v", name, placed)
		}
	}
}
