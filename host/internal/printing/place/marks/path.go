package marks

import "math"

// hair is how far a line that is thinner than anything is taken to reach, in points.
const hair = 0.25

// path is where the current one goes (section 8.5).
type path struct {
	box     Area // around its points, those of curves that they do not pass included
	drawn   bool // there is more than a point
	slanted bool // lines meet otherwise than at right angles
	x, y    float64
	clips   bool // W: it becomes a clipping path when it was painted
}

func (p *path) move(m Matrix, x, y float64) { p.x, p.y = m.point(x, y) }

func (p *path) line(m Matrix, x, y float64) {
	p.reach(p.x, p.y)
	fromX, fromY := p.x, p.y
	p.x, p.y = m.point(x, y)
	p.reach(p.x, p.y)
	if math.Abs(p.x-fromX) > 1e-6 && math.Abs(p.y-fromY) > 1e-6 {
		p.slanted = true
	}
}

func (p *path) curve(m Matrix, n []float64) {
	p.slanted = true
	for i := 0; i < len(n); i += 2 {
		p.line(m, n[i], n[i+1])
	}
}

func (p *path) rectangle(m Matrix, x, y, width, height float64) {
	p.move(m, x, y)
	p.line(m, x+width, y)
	p.line(m, x+width, y+height)
	p.line(m, x, y+height)
	p.line(m, x, y)
}

func (p *path) reach(x, y float64) {
	if !p.drawn {
		p.box, p.drawn = Area{x, y, x, y}, true
	}
	p.box = Area{min(p.box.Left, x), min(p.box.Bottom, y), max(p.box.Right, x), max(p.box.Top, y)}
}

// around is an area with room at its edges.
func (a Area) around(x, y float64) Area {
	return Area{a.Left - x, a.Bottom - y, a.Right + x, a.Top + y}
}

// paint ends a path.
func paint(fills, strokes bool) func(*painter, []float64) error {
	return func(p *painter, _ []float64) error {
		if p.path.drawn && fills && !p.bare(p.fill) {
			p.mark(p.path.box.around(hair, hair))
		}
		if p.path.drawn && strokes && !p.bare(p.stroke) {
			x, y := p.pen()
			p.mark(p.path.box.around(x, y))
		}
		if p.path.clips && p.path.drawn {
			p.clip = p.clip.Within(p.path.box.around(hair, hair))
		}
		p.path = path{}
		return nil
	}
}

// pen is how far a line reaches beyond its middle.
func (p *painter) pen() (x, y float64) {
	half := p.width / 2
	if p.mitred && p.path.slanted {
		half *= p.miter
	} else {
		half *= math.Sqrt2 // the corner of a square cap on a line that is slanted
	}
	return max(half*(math.Abs(p.ctm[0])+math.Abs(p.ctm[2])), hair), max(half*(math.Abs(p.ctm[1])+math.Abs(p.ctm[3])), hair)
}

func clip(p *painter, _ []float64) error {
	p.path.clips = true
	return nil
}
