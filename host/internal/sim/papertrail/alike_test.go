package papertrail

import (
	"image"
	"math"
	"testing"
)

// match is how two pictures are held against each other.
type match struct {
	dpi         int
	few         int     // of how many dots one may be elsewhere
	edge        float64 // millimetres at the edges of the paper that the printer does not reach
	right, down float64 // millimetres by which the second is moved
}

// loose is how many pixels a dot of ink may stand from where it belongs: 0.17 mm, for the
// edges that each program rounds in its own way.
func (m match) loose() int { return max(1, m.dpi/150) }

func (m match) dots(mm float64) int { return int(math.Round(mm * float64(m.dpi) / 25.4)) }

// alike says that two pictures have the same ink at the same places: nothing is turned,
// scaled, lost or added.
func (m match) alike(t testing.TB, want, got *image.Gray) {
	t.Helper()
	d := image.Pt(m.dots(m.right), m.dots(m.down))
	lost, all := strayed(want, got, got.Rect.Inset(m.dots(m.edge)).Sub(d), d, m.loose())
	added, ink := strayed(got, want, got.Rect, image.Point{}.Sub(d), m.loose())
	if all < 500 || lost*m.few > all || added*m.few > ink {
		t.Errorf("of %d dots %d are lost; of %d dots %d were added", all, lost, ink, added)
	}
}

// strayed counts the dots of one picture within an area, moved by so many pixels, near which
// the other has none, and all of them. It reads millions of dots and shares none.
//
//go:norace
func strayed(of, in *image.Gray, within image.Rectangle, d image.Point, loose int) (lost, all int) {
	within = within.Intersect(of.Rect)
	for y := within.Min.Y; y < within.Max.Y; y++ {
		for x, v := range of.Pix[y*of.Stride+within.Min.X : y*of.Stride+within.Max.X] {
			if v >= 96 {
				continue
			}
			all++
			if !inked(in, within.Min.X+x+d.X, y+d.Y, loose) {
				lost++
			}
		}
	}
	return lost, all
}

//go:norace
func inked(p *image.Gray, x, y, loose int) bool {
	for v := max(y-loose, 0); v <= min(y+loose, p.Rect.Dy()-1); v++ {
		for u := max(x-loose, 0); u <= min(x+loose, p.Rect.Dx()-1); u++ {
			if p.Pix[v*p.Stride+u] < 208 {
				return true
			}
		}
	}
	return false
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
