package place

import (
	"fmt"
	"math"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// Lengths in points.
const (
	millimetre = 72 / 25.4
	tenth      = millimetre / 10
	same       = 0.5 * millimetre // lengths that differ by no more are taken for the same
	edge       = 4 * millimetre   // that few printers reach: where a page goes on beyond the sheet, its marks end so far before
	smallest   = 0.7              // full A4 on A5 is 0.705
)

func near(a, b float64) bool { return math.Abs(a-b) <= same }

// laid is a page on the sheet.
type laid struct {
	lying  bool
	scale  float64
	cut    bool // an empty part of the page is beyond the sheet
	pushed bool // the offset moves some of the page, marked perhaps, beyond the sheet
	brink  bool // the offset moves marks to where few printers reach
	// The upper left corner of the page on the sheet as it is read, and the sheet as it is fed.
	x, y, width, height float64
}

// lay decides for all pages. Those of one size come out alike.
func (w Wish) lay(doc document) ([]laid, error) {
	type size struct{ width, height float64 }
	key := func(p Page) size { return size{math.Round(p.Width), math.Round(p.Height)} }
	alike := map[size]Page{}
	for _, s := range doc.sides {
		p := s.look
		if q, ok := alike[key(p)]; ok {
			p.Width, p.Height = max(p.Width, q.Width), max(p.Height, q.Height)
			p.Certain = p.Certain && q.Certain
			p.Marked = p.Marked.with(q.Marked)
		}
		alike[key(p)] = p
	}
	var list []laid
	for i, s := range doc.sides {
		l, ok := w.place(alike[key(s.look)])
		if !ok {
			return nil, printing.Fault(wire.ErrPrintFit, fmt.Sprint("page ", i+1), nil)
		}
		list = append(list, l)
	}
	return list, nil
}

func (b Box) with(c Box) Box {
	switch {
	case b.Empty():
		return c
	case c.Empty():
		return b
	}
	return Box{min(b.Left, c.Left), min(b.Top, c.Top), max(b.Right, c.Right), max(b.Bottom, c.Bottom)}
}

// place lays one page; false: it does not fit.
func (w Wish) place(p Page) (laid, bool) {
	var best laid
	found := false
	for _, lying := range w.ways() {
		if l, ok := w.way(p, lying); ok && (!found || l.better(best)) {
			best, found = l, true
		}
	}
	return best, found && w.push(&best, p)
}

// ways are those in which the sheet may be read, lying or not, the usual one first: A5 lies.
func (w Wish) ways() []bool {
	switch small := float64(w.Sheet.Height)*tenth <= float64(printing.A5.Height)*tenth+same; {
	case w.Orientation == "portrait":
		return []bool{false}
	case w.Orientation == "landscape":
		return []bool{true}
	case small && w.Sheet.Width < w.Sheet.Height:
		return []bool{true, false}
	}
	return []bool{false, true}
}

// better tells whether a page comes out larger, or less of it stays away.
func (l laid) better(other laid) bool {
	if math.Abs(l.scale-other.scale) < 0.005 {
		return other.cut && !l.cut
	}
	return l.scale > other.scale
}

// way lays a page on the sheet in one of the two ways in which it can be read.
func (w Wish) way(p Page, lying bool) (laid, bool) {
	l := laid{lying: lying, scale: 1, width: float64(w.Sheet.Width) * tenth, height: float64(w.Sheet.Height) * tenth}
	width, height := l.frame()
	room := edge
	if w.Scale > 0 { // whoever wishes it has looked at the sheet
		l.scale, room = float64(w.Scale)/100, 0.0
	}
	ok := l.holds(p, room)
	if whole := min(width/p.Width, height/p.Height); !ok && w.Scale == 0 && whole >= smallest {
		l.scale, ok = whole, true
	}
	if !ok && w.Scale == 0 && p.Certain {
		l.scale = min((width-edge)/p.Marked.Right, (height-edge)/p.Marked.Bottom)
		ok = l.scale >= smallest
	}
	l.cut = p.Width*l.scale > width+same || p.Height*l.scale > height+same
	return l, ok
}

// frame is the sheet as it is read.
func (l laid) frame() (width, height float64) {
	if l.lying {
		return l.height, l.width
	}
	return l.width, l.height
}

// holds tells whether the page, or all that is marked on it, is on the sheet, so far from its end.
func (l laid) holds(p Page, end float64) bool {
	width, height := l.frame()
	in := func(whole, marked, room float64) bool {
		return whole*l.scale <= room+same || p.Certain && marked*l.scale <= room-end
	}
	return in(p.Width, p.Marked.Right, width) && in(p.Height, p.Marked.Bottom, height)
}

// push moves the page by the offset; false: marks would get beyond the sheet.
func (w Wish) push(l *laid, p Page) bool {
	l.x, l.y = float64(w.OffsetX)*tenth, float64(w.OffsetY)*tenth
	width, height := l.frame()
	beyond := func(end float64) bool {
		one := func(by, from, to, room float64) bool {
			return by < 0 && from*l.scale+by < end-tenth || by > 0 && to*l.scale+by > room-end+tenth
		}
		b := p.Marked
		return !b.Empty() && (one(l.x, b.Left, b.Right, width) || one(l.y, b.Top, b.Bottom, height))
	}
	if !beyond(0) {
		l.brink = p.Certain && beyond(edge)
		return true
	}
	l.pushed = true
	return !p.Certain
}

// sized tells whether a page is as large as a paper.
func sized(p Page, s printing.Sheet) bool {
	return near(p.Width, float64(s.Width)*tenth) && near(p.Height, float64(s.Height)*tenth)
}

// named tells whether a sheet is a paper.
func named(s, paper printing.Sheet) bool {
	return sized(Page{Width: float64(s.Width) * tenth, Height: float64(s.Height) * tenth}, paper)
}

// is tells whether a page is the sheet already.
func (s side) is(w Wish, l laid) bool {
	return s.plain && len(s.annots)+len(s.surplus) == 0 && sized(s.look, w.Sheet) && !l.lying && l.scale == 1 && l.x == 0 && l.y == 0
}
