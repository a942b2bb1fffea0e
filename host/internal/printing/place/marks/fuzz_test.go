package marks_test

import (
	"bytes"
	"testing"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/printing/place/marks"
	"raccordo/host/internal/sim/pdftest"
)

// FuzzPage reads whatever contents come. Nothing may hang, and what is painted is within the page.
func FuzzPage(f *testing.F) {
	for _, contents := range []string{
		pdftest.Text, "q 1 0 0 1 5 5 cm 1 g 10 10 20 20 re f* Q Q", "BI /W 1 /H 1 ID \x00 EI /X Do /G gs",
		"BT /F1 1 Tf [(a) -20 <62>] TJ T* (x) ' 1 2 (y) \" ET", "/C cs 1 scn 0 0 m 9 9 l 1 2 3 4 5 6 c h W n B*", "BX foo EX /S sh /T BMC EMC",
	} {
		f.Add([]byte(contents))
	}
	b := pdftest.New()
	b.Drawn("", "", "/XObject <</X 20 0 R>> /ExtGState <</G <</LW 3 /Font [5 0 R 9]>>>> /ColorSpace <</C [/ICCBased 20 0 R]>>", "")
	b.Stream(20, "/Subtype /Form /BBox [0 0 50 50] /N 1", "10 10 90 90 re f")
	doc := b.End("")
	file, err := pdf.Open(bytes.NewReader(doc), int64(len(doc)))
	if err != nil {
		f.Fatal(err)
	}
	page, err := file.LastPage()
	if err != nil {
		f.Fatal(err)
	}
	view, err := file.View(page)
	if err != nil {
		f.Fatal(err)
	}
	whole := marks.Area{Left: view.Left, Bottom: view.Bottom, Right: view.Left + view.Width, Top: view.Bottom + view.Height}
	f.Fuzz(func(t *testing.T, contents []byte) {
		got, err := marks.NewReader(file).Page(page, view, contents)
		if err != nil {
			t.Fatal(err)
		}
		if a := got.Area; a != (marks.Area{}) && (a.Empty() || a.Within(whole) != a) || !got.Certain && a != whole {
			t.Fatalf("%+v", got)
		}
		for _, at := range got.Surplus {
			if contents[at] != 'Q' {
				t.Fatalf("no Q at %d", at)
			}
		}
	})
}
