package promemoria

import (
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// TestBarCodesArePlaced measures the bars on the drawn page: where the
// ministry's slip has them (points from the lower left corner of A4), as wide.
func TestBarCodesArePlaced(t *testing.T) {
	pdf, err := Draw(sample())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "slip.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	const dpi = 288
	run(t, "pdftoppm", "-r", "288", "-gray", "-png", file, filepath.Join(dir, "slip"))
	f, err := os.Open(filepath.Join(dir, "slip-1.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	page, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []struct {
		name              string
		x, y, width, from float64 // from: where to look, so that the neighbour is not seen
	}{
		{"NRE 1-5", 289.71, 774.34, 72.0, 280}, {"NRE 6-15", 376.25, 774.34, 124.0, 368}, {"patient", 367.05, 722.69, 186.4, 360},
	} {
		y := 842 - code.y - 20 // among the bars, above the text
		left, right := bars(page, int(y*dpi/72), int(code.from*dpi/72), int((code.x+code.width+8)*dpi/72))
		if l, w := float64(left)*72/dpi, float64(right-left)*72/dpi; math.Abs(l-code.x) > 0.3 || math.Abs(w-code.width) > 0.6 {
			t.Errorf("%s: from %.2f, %.2f wide; want %.2f, %.2f", code.name, l, w, code.x, code.width)
		}
	}
}

// bars is the extent of what is dark in a row.
func bars(page image.Image, y, from, to int) (left, right int) {
	for x := from; x < to; x++ {
		if r, _, _, _ := page.At(x, y).RGBA(); r < 0x8000 {
			if left == 0 {
				left = x
			}
			right = x + 1
		}
	}
	return left, right
}
