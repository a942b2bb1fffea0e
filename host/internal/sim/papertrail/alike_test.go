package papertrail

import (
	"image"
	"math"
	"testing"
)

// loose is how many pixels a dot of ink may stand from where it belongs: at 300 to the inch
// two are 0.17 mm, for the edges that each program rounds in its own way.
const loose = 2

// strayed counts the dots of one picture within an area, moved by so many pixels, near which
// the other has none, and all of them.
func strayed(of, in *image.Gray, within image.Rectangle, dx, dy int) (lost, all int) {
	within = within.Intersect(of.Rect)
	for y := within.Min.Y; y < within.Max.Y; y++ {
		for x, v := range of.Pix[y*of.Stride+within.Min.X : y*of.Stride+within.Max.X] {
			if v >= 96 {
				continue
			}
			all++
			if !inked(in, within.Min.X+x+dx, y+dy) {
				lost++
			}
		}
	}
	return lost, all
}

func inked(p *image.Gray, x, y int) bool {
	for v := max(y-loose, 0); v <= min(y+loose, p.Rect.Dy()-1); v++ {
		for u := max(x-loose, 0); u <= min(x+loose, p.Rect.Dx()-1); u++ {
			if p.Pix[v*p.Stride+u] < 208 {
				return true
			}
		}
	}
	return false
}

// alike says that two pictures have the same ink at the same places, the second moved by so
// many millimetres: nothing is turned, scaled, lost or added. What a printer does not reach
// at the edges of the paper, edge millimetres wide, may be lost, and of the rest one dot in so
// many may stray.
func alike(t testing.TB, want, got *image.Gray, few int, edge, right, down float64) {
	t.Helper()
	dots := func(mm float64) int { return int(math.Round(mm * sharp / 25.4)) }
	dx, dy := dots(right), dots(down)
	lost, all := strayed(want, got, got.Rect.Inset(dots(edge)).Sub(image.Pt(dx, dy)), dx, dy)
	added, ink := strayed(got, want, got.Rect, -dx, -dy)
	if all < 1000 || lost*few > all || added*few > ink {
		t.Errorf("of %d dots %d are lost; of %d dots %d were added", all, lost, ink, added)
	}
}

// follow says that every word is where it was, moved by so many millimetres.
func follow(t testing.TB, want, got []word, right, down float64) {
	t.Helper()
	if len(want) < 5 || len(want) != len(got) {
		t.Errorf("%d words became %d", len(want), len(got))
	}
	left := append([]word(nil), got...)
	for _, w := range want {
		at := -1
		for i, g := range left {
			if g.text == w.text && apart(w, g, right, down) <= near {
				at = i
				break
			}
		}
		if at < 0 {
			t.Errorf("%q is not at %.2f, %.2f mm", w.text, w.left+right, w.top+down)
			continue
		}
		left = append(left[:at], left[at+1:]...)
	}
}

func apart(a, b word, right, down float64) float64 {
	return max(math.Abs(b.left-a.left-right), math.Abs(b.right-a.right-right), math.Abs(b.top-a.top-down), math.Abs(b.bottom-a.bottom-down))
}
