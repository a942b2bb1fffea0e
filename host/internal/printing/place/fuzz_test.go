package place_test

import (
	"bytes"
	"errors"
	"testing"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/place"
	"raccordo/host/internal/sim/pdftest"
)

// FuzzOnto places whatever comes. What is refused is refused with a code, by both ways in;
// what is placed begins as it came, can be opened and has sheets for pages.
func FuzzOnto(f *testing.F) {
	for _, doc := range [][]byte{
		pdftest.Simple("", ""), pdftest.Simple("", "/Rotate 90 /CropBox [10 10 500 500] /UserUnit 2"), pdftest.Hybrid(),
		annotated("/AcroForm <</Fields [20 0 R]>>", "", "/Subtype /Stamp /F 20 /OC 23 0 R /Rect [60 500 77 517] /AP <</N 21 0 R>>"),
		more("/OpenAction 20 0 R", "/AA <</O 20 0 R>>", map[int]string{20: "<</S /GoTo /D [3 0 R /Fit] /Next 21 0 R>>", 21: "<</S /Named /N /NextPage>>"}),
		more("", "/Contents [20 0 R 21 0 R] /MediaBox [0 0 300 400]", map[int]string{
			20: "<</Length 3>>\nstream\nq Q\nendstream", 21: "<</Length 5 /Filter /AHx>>\nstream\n5151>\nendstream"}),
	} {
		f.Add(doc, false, 0, 0)
		f.Add(doc, true, 90, -30)
	}
	f.Fuzz(func(t *testing.T, doc []byte, small bool, scale, offset int) {
		w := place.Wish{Sheet: printing.A4, Orientation: "auto", Scale: scale & 0x7f, OffsetX: offset % 500, OffsetY: -offset % 500}
		if small {
			w.Sheet = printing.A5
		}
		seen, err := place.Inspect(bytes.NewReader(doc))
		var known *printing.Error
		if err != nil && !errors.As(err, &known) {
			t.Fatal(err)
		}
		out, placed, also := try(doc, w)
		if also != nil && (!errors.As(also, &known) || len(out) > 0) {
			t.Fatal(also)
		}
		if err != nil && also == nil {
			t.Fatalf("Inspect refuses what Onto takes: %v", err)
		}
		if err == nil && also != nil && code(also) != "print.does_not_fit" && code(also) != "document.pdf_broken" {
			t.Fatalf("Onto refuses what Inspect takes: %v", also)
		}
		if also != nil {
			return
		}
		if !bytes.HasPrefix(out, doc) || placed.Pages != len(seen.Pages) || placed.Scale <= 0 {
			t.Fatalf("%+v", placed)
		}
		file, err := pdf.Open(bytes.NewReader(out), int64(len(out)))
		if err != nil {
			t.Fatal(err)
		}
		pages := 0
		err = file.Pages(func(p pdf.Page) (bool, error) {
			pages++
			view, err := file.View(p)
			wide, tall := view.Size()
			if width, height := float64(w.Sheet.Width)*7.2/25.4, float64(w.Sheet.Height)*7.2/25.4; wide < width-1.5 || wide > width+1.5 || tall < height-1.5 || tall > height+1.5 {
				t.Errorf("page %d is %v by %v points", pages, wide, tall)
			}
			return true, err
		})
		if err != nil || pages != placed.Pages {
			t.Fatalf("%d pages, %v", pages, err)
		}
	})
}
