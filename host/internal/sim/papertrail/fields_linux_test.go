//go:build cgo

package papertrail

import (
	"io/fs"
	"math"
	"testing"

	"raccordo/host/internal/printing/sheet"
	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/sim/pdftest"
	"raccordo/manifests"
)

// fields says that what the agent draws stands where the layout's measures put it: each
// letter in the middle of its cell, each bar code from its first bar to its last.
func (k kind) fields(t testing.TB, s paper.Sheet) {
	t.Helper()
	if k.layout == "" {
		return
	}
	l := must(sheet.Load(must(fs.Sub(manifests.Files, "sheets"))(t)))(t)[k.layout]
	right, down := k.moves()
	seen := k.words(t, s)
	picture := first(t, s, 2*sharp).Gray
	if k.lying {
		picture = pdftest.Clockwise(picture)
	}
	measured := 0
	for _, f := range l.Fields {
		value, ok := k.values[f.Name]
		if !ok {
			continue
		}
		measured++
		f.X, f.Y = f.X+right, f.Y+down
		if f.Code39 == nil {
			cells(t, f, value, seen)
			continue
		}
		wide := float64(13*(len(value)+2)-1) * f.Code39.Module // with two asterisks; the last gap is none
		from, high := f.X, f.Height-f.Code39.Text*perPoint
		if f.Align == "right" {
			from += f.Width - wide
		}
		left, top, end, bottom := extent(picture, 2*sharp, from-2, f.Y-0.4, from+wide+2, f.Y+high+0.4)
		for i, far := range []float64{left - from, top - f.Y, end - from - wide, bottom - f.Y - high} {
			if math.IsInf(far, 0) || math.Abs(far) > near && !(i == 3 && math.Abs(far) <= 0.4) {
				t.Errorf("%s: its bars reach from %.2f, %.2f to %.2f, %.2f mm, not from %.2f, %.2f to %.2f, %.2f", f.Name, left, top, end, bottom, from, f.Y, from+wide, f.Y+high)
				break
			}
		}
	}
	if measured != len(k.values) {
		t.Errorf("%d of %d fields are in the layout", measured, len(k.values))
	}
}

// cells: a letter's box reaches from its ascent to its descent, so that its middle is not
// the ink's: half a millimetre more in height.
func cells(t testing.TB, f sheet.Field, value string, seen []word) {
	t.Helper()
	for i, letter := range value {
		x, y, found := f.X+(float64(i)+0.5)*f.Width/float64(f.Cells), f.Y+f.Height/2, false
		for _, w := range seen {
			across, along := w.middle()
			found = found || w.text == string(letter) && math.Abs(across-x) <= near && math.Abs(along-y) <= near+0.5
		}
		if !found {
			t.Errorf("%s: no %c at %.2f, %.2f mm", f.Name, letter, x, y)
		}
	}
}
