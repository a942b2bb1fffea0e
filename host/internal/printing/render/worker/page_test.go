package worker

import (
	"math"
	"testing"

	"raccordo/host/internal/printing/render/protocol"
)

func TestMeasure(t *testing.T) {
	for _, row := range []struct {
		name          string
		width, height float64
		dpi           int
		want          geometry
		ok            bool
	}{
		{"A4 on the screen", 595.28, 841.89, 100, geometry{827, 1169, 6}, true},
		{"A4 for a preview", 595.28, 841.89, 150, geometry{1240, 1754, 4}, true},
		{"A4 on a label printer", 595.28, 841.89, 203, geometry{1678, 2374, 4}, true},
		{"A4 on an inkjet", 595.28, 841.89, 300, geometry{2480, 3508, 2}, true},
		{"A4 on a laser", 595.28, 841.89, 600, geometry{4961, 7016, 1}, true},
		{"A4 finer than that", 595.28, 841.89, 720, geometry{5953, 8419, 1}, true},
		{"A3", 841.89, 1190.55, 600, geometry{7016, 9921, 1}, true},
		{"A3 on the screen", 841.89, 1190.55, 72, geometry{842, 1191, 8}, true},
		{"A2 on the screen: coarser", 1190.55, 1683.78, 72, geometry{1191, 1684, 4}, true},
		{"ribbon", 14400, 10, 150, geometry{30000, 21, 1}, true},
		{"too wide", 14400, 10, 300, geometry{}, false},
		{"too large", 5000, 5000, 200, geometry{}, false},
		{"nothing", 0, 841, 100, geometry{}, false},
		{"less than nothing", -595, -842, 100, geometry{}, false},
		{"less than a pixel", 595, 0.1, 100, geometry{}, false},
		{"no number", math.NaN(), 842, 100, geometry{}, false},
		{"no end", math.Inf(1), 842, 100, geometry{}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, ok := measure(row.width, row.height, row.dpi)
			if got != row.want || ok != row.ok {
				t.Errorf("%v %v, not %v %v", got, ok, row.want, row.ok)
			}
		})
	}
}

// No size makes a picture larger than the limits.
func FuzzMeasure(f *testing.F) {
	f.Add(595.28, 841.89, 300)
	f.Add(1e30, 1e-30, 1)
	f.Fuzz(func(t *testing.T, width, height float64, dpi int) {
		dpi = dpi&1023 + 1
		g, ok := measure(width, height, dpi)
		if !ok {
			return
		}
		w, h := g.width*g.factor, g.height*g.factor
		if g.width < 1 || g.height < 1 || g.factor < 1 || max(w, h) > protocol.MaxSide || w*h > protocol.MaxPixels {
			t.Errorf("%v of %v × %v at %d", g, width, height, dpi)
		}
	})
}
