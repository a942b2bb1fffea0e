package place

import (
	"raccordo/host/internal/pdf"
	"raccordo/host/internal/printing/place/marks"
)

// upright takes a point of the page to the page as it is looked at, in points from
// its lower left corner.
func upright(v pdf.View) marks.Matrix {
	m := marks.Matrix{1, 0, 0, 1, -v.Left, -v.Bottom}
	switch v.Turned {
	case 90:
		m = m.Then(marks.Matrix{0, -1, 1, 0, 0, v.Width})
	case 180:
		m = m.Then(marks.Matrix{-1, 0, 0, -1, v.Width, v.Height})
	case 270:
		m = m.Then(marks.Matrix{0, 1, -1, 0, v.Height, 0})
	}
	return m.Then(marks.Matrix{v.Unit, 0, 0, v.Unit, 0, 0})
}

// looked is an area of the page as it is looked at, from above.
func looked(v pdf.View, a marks.Area) Box {
	if a.Empty() {
		return Box{}
	}
	a = upright(v).Area(a)
	_, height := v.Size()
	return Box{Left: a.Left, Top: height - a.Top, Right: a.Right, Bottom: height - a.Bottom}
}

// matrix takes a point of the page to the sheet as it is fed. What lies is turned
// against the clock, as printers take landscape (RFC 8011, section 5.2.10).
func (l laid) matrix(v pdf.View) marks.Matrix {
	_, tall := v.Size()
	_, height := l.frame()
	m := upright(v).Then(marks.Matrix{l.scale, 0, 0, l.scale, l.x, height - l.y - tall*l.scale})
	if l.lying {
		m = m.Then(marks.Matrix{0, 1, -1, 0, l.width, 0})
	}
	return m
}
