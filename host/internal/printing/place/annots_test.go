package place_test

import (
	"bytes"
	"strings"
	"testing"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/place"
	"raccordo/host/internal/sim/pdftest"
)

// annotated has one annotation, with a black appearance of 10 by 10 units in object 21 and a
// blank one in 22.
func annotated(catalog, page, annot string, more ...string) []byte {
	b := pdftest.New()
	b.Drawn(catalog, "/Annots [20 0 R] "+page, "", "")
	b.Object(20, "<</Type /Annot "+annot+">>")
	form := "/Type /XObject /Subtype /Form "
	b.Stream(21, form+"/BBox [0 0 10 10] "+strings.Join(more, " "), "0 0 10 10 re f")
	b.Stream(22, form+"/BBox [0 0 10 10]", "")
	b.Object(23, "<</Type /OCG /Name (x)>>")
	return b.End("")
}

// What prints is drawn into the page, where it was, and is no annotation any more.
func TestAnnotations(t *testing.T) {
	const place17 = "/Rect [60 500 77.008 517.008] /AP <</N 21 0 R>> "
	const left, top = 60 * 25.4 / 72, (842 - 517.008) * 25.4 / 72
	for _, row := range []struct {
		name, catalog, page, annot, form string
		left, top                        float64 // of a mark; 0: nothing comes out
	}{
		{"a stamp", "", "", "/Subtype /Stamp /F 4 " + place17, "", left, top},
		{"a field", "/AcroForm <</Fields [20 0 R]>>", "", "/Subtype /Widget /FT /Tx /V (x) /F 4 " + place17, "", left, top},
		{"an appearance with a matrix", "", "", "/Subtype /Stamp /F 4 " + place17, "/Matrix [0 3 -3 0 50 80]", left, top},
		{"a state that is on", "", "", "/Subtype /Widget /FT /Btn /F 4 /AS /On /Rect [60 500 77.008 517.008] /AP <</N <</On 21 0 R /Off 22 0 R>>>>", "", left, top},
		{"a state that is off", "", "", "/Subtype /Widget /FT /Btn /F 4 /AS /Off /Rect [60 500 77 517] /AP <</N <</On 21 0 R>>>>", "", 0, 0},
		{"outside of what is seen", "", "/CropBox [0 0 50 842]", "/Subtype /Stamp /F 4 " + place17, "", 0, 0},
		{"not for paper", "", "", "/Subtype /Stamp " + place17, "", 0, 0},
		{"hidden", "", "", "/Subtype /Stamp /F 6 " + place17, "", 0, 0},
		{"a link with a border", "", "", "/Subtype /Link /F 4 /Border [0 0 3] /Rect [60 500 77 517]", "", 0, 0},
		{"an empty field", "", "", "/Subtype /Widget /FT /Tx /F 4 /Rect [60 500 77 517]", "", 0, 0},
		{"on a turned page", "", "/Rotate 90", "/Subtype /Stamp /F 4 " + place17, "", 500 * 25.4 / 72, 60 * 25.4 / 72},
		{"upright on a turned page", "", "/Rotate 90", "/Subtype /Stamp /F 20 " + place17, "", 517.008 * 25.4 / 72, 60 * 25.4 / 72},
		{"on a layer that is shown", "/OCProperties <</OCGs [23 0 R] /D <</ON [23 0 R]>>>>", "", "/Subtype /Stamp /F 4 /OC 23 0 R " + place17, "", left, top},
		{"on a layer that is hidden", "/OCProperties <</OCGs [23 0 R] /D <</OFF [23 0 R]>>>>", "", "/Subtype /Stamp /F 4 /OC 23 0 R " + place17, "", 0, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			doc := annotated(row.catalog, row.page, row.annot, row.form)
			for _, orientation := range []string{"portrait", "landscape"} {
				out, placed := onto(t, doc, place.Wish{Sheet: far, Orientation: orientation})
				picture := read(t, out, 1, placed)
				if row.left == 0 {
					if ink := pdftest.Ink(picture, picture.Bounds()); !ink.Empty() {
						t.Errorf("ink at %v", ink)
					}
					continue
				}
				shows(t, picture, row.left, row.top, 1)
				file, err := pdf.Open(bytes.NewReader(out), int64(len(out)))
				if err != nil {
					t.Fatal(err)
				}
				page, err := file.LastPage()
				if err != nil || page.Dict["Annots"] != nil {
					t.Errorf("the annotation is still one: %v", err)
				}
				if _, catalog, err := file.Catalog(); err != nil || catalog["AcroForm"] != nil {
					t.Errorf("the form is still one: %v", err)
				}
			}
		})
	}
}

// An annotation belongs to what is marked, and a page that has one is never sent as it came:
// who draws annotations, and which, differs.
func TestAnnotationsCount(t *testing.T) {
	doc := annotated("", "", "/Subtype /Stamp /F 4 /Rect [60 100 77 117] /AP <</N 21 0 R>>")
	if _, placed := onto(t, doc, place.Wish{Sheet: printing.A4}); placed.Same {
		t.Error("the same bytes")
	}
	if _, _, err := try(doc, place.Wish{Sheet: printing.A5, Orientation: "landscape"}); code(err) != "print.does_not_fit" {
		t.Error(err)
	}
	if _, placed := onto(t, annotated("", "", "/Subtype /Link /Rect [1 1 9 9]"), place.Wish{Sheet: printing.A4}); !placed.Same {
		t.Error("a link is in the way")
	}
}
