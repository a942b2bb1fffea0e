package papertrail

import (
	"fmt"
	"image"
	"slices"
	"testing"

	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/sim/pdftest"
)

// listener counts complaints instead of failing.
type listener struct {
	testing.TB
	heard int
}

func (l *listener) Errorf(string, ...any) { l.heard++ }

// complaints are those of a measure.
func complaints(t testing.TB, measure func(testing.TB)) int {
	l := &listener{TB: t}
	measure(l)
	return l.heard
}

// What is measured would be noticed: a sheet that is turned, mirrored, a little smaller, a
// little aside, or that lacks something.
func TestMeasuresNotice(t *testing.T) {
	const dpi = 100
	l, exact := leaves[0], match{dpi: dpi, few: 200}
	source := kept(t, l.pdf(t))
	right := first(t, paper.Sheet{Path: source}, dpi).Gray
	spoilt := map[string]*image.Gray{
		"turned":         pdftest.Clockwise(right),
		"upside down":    pdftest.Clockwise(pdftest.Clockwise(right)),
		"mirrored":       drawnAs(right, func(x, y int) (int, int) { return right.Rect.Dx() - 1 - x, y }),
		"0.5 mm aside":   drawnAs(right, func(x, y int) (int, int) { return x - 2, y }),
		"0.5 mm higher":  drawnAs(right, func(x, y int) (int, int) { return x, y + 2 }),
		"half a percent": drawnAs(right, func(x, y int) (int, int) { return x * 1000 / 995, y * 1000 / 995 }),
		"without a mark": drawnAs(right, func(x, y int) (int, int) { return x, min(y, 1100) }),
	}
	if n := complaints(t, func(t testing.TB) { exact.alike(t, right, right); l.stands(t, right, dpi, 1) }); n != 0 {
		t.Errorf("%d complaints of what is right", n)
	}
	for name, picture := range spoilt {
		if complaints(t, func(t testing.TB) { exact.alike(t, right, picture) }) == 0 {
			t.Errorf("%s: alike", name)
		}
		if complaints(t, func(t testing.TB) { l.stands(t, picture, dpi, 1) }) == 0 {
			t.Errorf("%s: stands", name)
		}
	}
	if n := complaints(t, func(t testing.TB) {
		l.scale(t, drawnAs(right, func(x, y int) (int, int) { return x, y * 100 / 98 }), sharp)
	}); n == 0 {
		t.Error("scaled in one direction")
	}
	var seen []word
	for i := range 9 {
		seen = append(seen, word{fmt.Sprint("parola", i), float64(i), 1, float64(i) + 5, 3})
	}
	for name, said := range map[string][]word{
		"moved": append(slices.Clone(seen[:8]), word{"parola8", 8.4, 1, 13.4, 3}), "another": append(slices.Clone(seen[:8]), word{"parole8", 8, 1, 13, 3}),
		"lost": seen[:8], "twice": append(slices.Clone(seen), seen[8]),
	} {
		if complaints(t, func(t testing.TB) { follow(t, seen, said, 0, 0) }) == 0 {
			t.Errorf("words %s", name)
		}
	}
	if n := complaints(t, func(t testing.TB) { follow(t, seen, seen, 0, 0) }); n != 0 {
		t.Errorf("%d complaints of words", n)
	}
}

// drawnAs is a picture each of whose dots comes from elsewhere in another.
//
//go:norace
func drawnAs(p *image.Gray, from func(x, y int) (int, int)) *image.Gray {
	q := image.NewGray(p.Rect)
	for y := range p.Rect.Dy() {
		for x := range p.Rect.Dx() {
			v := byte(255)
			if u, w := from(x, y); image.Pt(u, w).In(p.Rect) {
				v = p.Pix[w*p.Stride+u]
			}
			q.Pix[y*q.Stride+x] = v
		}
	}
	return q
}
