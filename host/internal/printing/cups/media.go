package cups

import (
	"fmt"
	"slices"
	"strings"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/ipp"
	"raccordo/host/internal/wire"
)

// near is how far two sizes may differ that mean the same paper, in tenths of a
// millimetre: points are no whole millimetres.
const near = 5

// sheets are the papers that people know by a name; lengths in tenths of a millimetre
// (ISO 216, PWG 5101.1).
var sheets = []wire.Paper{
	{Name: "A3", Width: 2970, Height: 4200}, {Name: "A4", Width: 2100, Height: 2970}, {Name: "A5", Width: 1480, Height: 2100},
	{Name: "A6", Width: 1050, Height: 1480}, {Name: "B4", Width: 2500, Height: 3530}, {Name: "B5", Width: 1760, Height: 2500},
	{Name: "B6", Width: 1250, Height: 1760}, {Name: "C5", Width: 1620, Height: 2290}, {Name: "DL", Width: 1100, Height: 2200},
	{Name: "Letter", Width: 2159, Height: 2794}, {Name: "Legal", Width: 2159, Height: 3556}, {Name: "Executive", Width: 1842, Height: 2667},
	{Name: "Statement", Width: 1397, Height: 2159},
}

// papers reads media-size-supported: exact sizes, and a range where the printer takes
// any size in it. A queue that says nothing takes what it is given.
func papers(size ipp.Attribute) (all []wire.Paper, anySize bool) {
	all = []wire.Paper{}
	for _, v := range size.Values {
		w, h, ok := extent(v)
		switch {
		case !ok:
		case w.min != w.max || h.min != h.max:
			anySize = true
		default:
			p := name(w.min, h.min)
			if !slices.Contains(all, p) { // borderless ones have the size of the others
				all = append(all, p)
			}
		}
	}
	return all, anySize || len(all) == 0
}

// fits tells whether a printer can be given a sheet.
func fits(size ipp.Attribute, s printing.Sheet) bool {
	for _, v := range size.Values {
		if w, h, ok := extent(v); ok && w.holds(s.Width) && h.holds(s.Height) {
			return true
		}
	}
	return len(size.Values) == 0
}

// span is from min to max, in tenths of a millimetre.
type span struct{ min, max int }

func (s span) holds(n int) bool { return n >= s.min-near && n <= s.max+near }

// extent reads a media-size.
func extent(v ipp.Value) (w, h span, ok bool) {
	read := func(a ipp.Attribute) (span, bool) {
		if len(a.Values) != 1 {
			return span{}, false
		}
		switch v := a.Values[0]; v.Tag {
		case ipp.TagInteger:
			n := tenths(v.Int)
			return span{n, n}, n > 0
		case ipp.TagRange:
			return span{tenths(v.Int), tenths(v.Upper)}, v.Upper > 0
		default:
			return span{}, false
		}
	}
	w, wide := read(v.Member("x-dimension"))
	h, high := read(v.Member("y-dimension"))
	return w, h, wide && high
}

// tenths rounds hundredths of a millimetre.
func tenths(n int32) int { return (int(n) + 5) / 10 }

// name calls a size by its name, or by its lengths in millimetres.
func name(w, h int) wire.Paper {
	for _, p := range sheets {
		if abs(p.Width-w) <= near && abs(p.Height-h) <= near {
			return p
		}
	}
	return wire.Paper{Name: millimetres(w) + " × " + millimetres(h) + " mm", Width: w, Height: h}
}

func millimetres(n int) string {
	return strings.TrimSuffix(fmt.Sprintf("%d,%d", n/10, n%10), ",0")
}

func abs(n int) int { return max(n, -n) }
