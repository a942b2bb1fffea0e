package place_test

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/place"
	"raccordo/host/internal/sim/pdftest"
)

// square draws a mark with its upper left corner at a place of the page, in points.
func square(x, y float64) string {
	const wide = side * 72 / 25.4
	return fmt.Sprintf("%.3f %.3f %.3f %.3f re f\n", x, y-wide, wide, wide)
}

// far is larger than every page of these tests.
var far = printing.Sheet{Name: "custom", Width: 3000, Height: 4000}

// However a page says where it is and how it is turned, its upper left corner as it is looked
// at comes to the upper left corner of the sheet as it is read.
func TestViews(t *testing.T) {
	const point = 25.4 / 72
	for _, row := range []struct {
		name, page string
		x, y       float64 // of the mark on the page, in its units
		left, top  float64 // and on the sheet, in points
		wide, tall float64 // of the page as it is looked at
		scale      float64
	}{
		{"as it is", "", 60, 800, 60, 42, 595, 842, 1},
		{"cut", "/CropBox [50 200 550 700]", 60, 680, 10, 20, 500, 500, 1},
		{"cut, corners in another order", "/CropBox [550 700 50 200]", 60, 680, 10, 20, 500, 500, 1},
		{"cut by more than there is", "/CropBox [-100 -100 1000 700]", 60, 680, 60, 20, 595, 700, 1},
		{"corners below zero", "/MediaBox [-300 -400 300 400]", -280, 380, 20, 20, 600, 800, 1},
		{"turned by 90", "/Rotate 90", 60, 800, 783, 60, 842, 595, 1},
		{"turned by 180", "/Rotate 180", 60, 800, 518, 783, 595, 842, 1},
		{"turned by -90", "/Rotate -90", 60, 800, 42, 518, 842, 595, 1},
		{"turned by 450, cut", "/Rotate 450 /CropBox [50 200 550 700]", 60, 680, 463, 10, 500, 500, 1},
		{"units of their own", "/UserUnit 2 /MediaBox [0 0 300 400]", 30, 380, 60, 40, 600, 800, 2},
		{"units of their own, turned", "/UserUnit 2 /Rotate 90 /MediaBox [0 0 300 400]", 30, 380, 726, 60, 800, 600, 2},
		{"other boxes", "/TrimBox [10 10 500 500] /ArtBox [20 20 400 400] /BleedBox [5 5 590 590]", 60, 800, 60, 42, 595, 842, 1},
	} {
		for _, orientation := range []string{"portrait", "landscape"} {
			t.Run(row.name+" "+orientation, func(t *testing.T) {
				t.Parallel()
				b := pdftest.New()
				b.Drawn("", row.page, "", square(row.x, row.y))
				doc := b.End("")
				seen, err := place.Inspect(bytes.NewReader(doc))
				if err != nil {
					t.Fatal(err)
				}
				p := seen.Pages[0]
				if math.Abs(p.Width-row.wide) > 0.01 || math.Abs(p.Height-row.tall) > 0.01 || !p.Certain {
					t.Errorf("%+v", p)
				}
				if m := p.Marked; math.Abs(m.Left-row.left) > 1 || math.Abs(m.Top-row.top) > 1 {
					t.Errorf("marked %+v, want %.1f %.1f", m, row.left, row.top)
				}
				out, placed := onto(t, doc, place.Wish{Sheet: far, Orientation: orientation})
				if placed.Turned != (orientation == "landscape") || placed.Same {
					t.Errorf("%+v", placed)
				}
				sheetOf(t, out, far, 1)
				shows(t, read(t, out, 1, placed), row.left*point, row.top*point, row.scale)
			})
		}
	}
}
