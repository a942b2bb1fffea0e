package render_test

import (
	"fmt"
	"image"
	"strings"
	"testing"
)

// notes is a page with one annotation, 100 points square at 100, 100, black.
func notes(dict string) []byte {
	return onePage("0 0 300 300", "/Annots [6 0 R]", "0 0 m",
		stream("/Type /XObject /Subtype /Form /BBox [0 0 100 100]", "0 0 100 100 re f"),
		"<< /Type /Annot /Rect [100 100 200 200] /AP << /N 5 0 R >> "+dict+" >>")
}

// What is meant for paper is on it, and what is not is not.
func TestAnnotations(t *testing.T) {
	r := open(t)
	where := image.Rect(100, 100, 200, 200)
	for _, row := range []struct {
		name, dict string
		want       image.Rectangle
	}{
		{"stamp to print", "/Subtype /Stamp /F 4", where},
		{"stamp for the screen", "/Subtype /Stamp", image.Rectangle{}},
		{"hidden stamp", "/Subtype /Stamp /F 6", image.Rectangle{}},
		{"field", "/Subtype /Widget /FT /Tx /T (a) /F 4", where},
		{"hidden field", "/Subtype /Widget /FT /Tx /T (a) /F 2", image.Rectangle{}},
		{"signature", "/Subtype /Widget /FT /Sig /T (a) /F 132", where},
		{"field for the screen", "/Subtype /Widget /FT /Tx /T (a)", image.Rectangle{}},
		{"popup", "/Subtype /Popup /F 4", image.Rectangle{}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := marked(draw(t, r, notes(row.dict), 0, 72)); got != row.want {
				t.Errorf("marks in %v, not %v", got, row.want)
			}
		})
	}
}

// Pages that are turned or cut come as they are looked at.
func TestPageBoxes(t *testing.T) {
	r := open(t)
	for _, row := range []struct {
		name, more string
		size       image.Point
		marks      image.Rectangle
	}{
		{"upright", "", image.Pt(200, 400), image.Rect(20, 40, 60, 100)},
		{"turned", "/Rotate 90", image.Pt(400, 200), image.Rect(300, 20, 360, 60)},
		{"turned back", "/Rotate 270", image.Pt(400, 200), image.Rect(40, 140, 100, 180)},
		{"cut", "/CropBox [10 100 150 380]", image.Pt(140, 280), image.Rect(10, 20, 50, 80)},
	} {
		t.Run(row.name, func(t *testing.T) {
			img := draw(t, r, onePage("0 0 200 400", row.more, "20 300 40 60 re f"), 0, 72)
			if img.Rect.Size() != row.size {
				t.Errorf("%v pixels, not %v", img.Rect.Size(), row.size)
			}
			if got := marked(img); got != row.marks {
				t.Errorf("marks in %v, not %v", got, row.marks)
			}
		})
	}
}

// Each page is its own, in whatever order, and those of the same document too.
func TestPages(t *testing.T) {
	const pages = 4
	objects := []string{"<< /Type /Catalog /Pages 2 0 R >>", ""}
	var kids strings.Builder
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", len(objects)+1)
		objects = append(objects, fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents %d 0 R >>", len(objects)+2),
			stream("", fmt.Sprintf("%d 50 10 10 re f", i*20)))
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", kids.String(), pages)
	r, other := open(t), onePage("0 0 100 100", "", "0 0 100 100 re f")
	for _, i := range []int{0, 3, 3, 1, 2} {
		if got, want := marked(draw(t, r, written(objects...), i, 72)), image.Rect(i*20, 40, i*20+10, 50); got != want {
			t.Errorf("page %d: marks in %v, not %v", i, got, want)
		}
		if i == 1 {
			draw(t, r, other, 0, 72)
		}
	}
}
