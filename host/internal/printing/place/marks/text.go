package marks

import "raccordo/host/internal/pdf"

// next begins another line (section 9.4.2).
func (p *painter) next(x, y float64) {
	p.line = Matrix{1, 0, 0, 1, x, y}.Then(p.line)
	p.matrix = p.line
}

func (p *painter) setFont(operands []pdf.Object) error {
	size, ok := numbers(operands, 1)
	if !ok || len(operands) < 2 {
		return errUnclear
	}
	name, ok := operands[len(operands)-2].(pdf.Name)
	if !ok {
		return errUnclear
	}
	p.text.size, p.text.font = size[0], nil
	o, err := p.resource("Font", name)
	if err != nil {
		return err
	}
	p.text.font, err = p.reader.font(o)
	return err
}

func (p *painter) show(operands []pdf.Object) error {
	if len(operands) == 0 {
		return errUnclear
	}
	return p.showAll([]pdf.Object{pdf.Array{operands[len(operands)-1]}})
}

func (p *painter) showNext(operands []pdf.Object) error {
	p.next(0, -p.text.lead)
	return p.show(operands)
}

func (p *painter) showSpaced(operands []pdf.Object) error {
	if len(operands) < 3 {
		return errUnclear
	}
	spacing, ok := numbers(operands[:2], 2)
	if !ok {
		return errUnclear
	}
	p.text.word, p.text.char = spacing[0], spacing[1]
	return p.showNext(operands)
}

// showAll moves along a line of text and marks it (section 9.4.3).
func (p *painter) showAll(operands []pdf.Object) error {
	f, t := p.text.font, p.text
	if len(operands) != 1 || f == nil {
		return errUnclear
	}
	items, ok := operands[0].(pdf.Array)
	if !ok {
		return errUnclear
	}
	var r run
	for _, item := range items {
		if s, ok := item.(pdf.String); ok {
			r.show(s.Bytes, t)
			continue
		}
		back, ok := pdf.Number(item)
		if !ok {
			return errUnclear
		}
		r.pen -= back / 1000 * t.size
	}
	if r.shown && p.visible() {
		p.mark(p.matrix.Then(p.ctm).Area(r.area(t, p.width)))
	}
	p.matrix = Matrix{1, 0, 0, 1, r.pen * t.stretch, 0}.Then(p.matrix)
	return nil
}

// run is a stretch of text, along the line and not stretched yet.
type run struct {
	pen, from, to float64
	shown         bool
}

func (r *run) show(text []byte, t textState) {
	for code := range t.font.codes(text) {
		width := t.font.width(code)
		start, end := r.pen+t.font.left*t.size, r.pen+max(width+t.font.right, t.font.reach)*t.size
		if !r.shown {
			r.from, r.to, r.shown = start, start, true
		}
		r.from, r.to = min(r.from, start, end), max(r.to, start, end)
		r.pen += width*t.size + t.char
		if t.font.bytes == 1 && code == ' ' {
			r.pen += t.word
		}
	}
}

// area is what it covers, in text space.
func (r run) area(t textState, pen float64) Area {
	a := Area{
		min(r.from*t.stretch, r.to*t.stretch), min(t.font.bottom*t.size, t.font.top*t.size) + t.raise,
		max(r.from*t.stretch, r.to*t.stretch), max(t.font.bottom*t.size, t.font.top*t.size) + t.raise,
	}
	if m := t.mode & 3; m == 1 || m == 2 { // outlines
		a = a.around(pen, pen)
	}
	return a
}

// visible tells whether text of this mode is seen (table 106).
func (p *painter) visible() bool {
	if p.text.font.drawn {
		return true
	}
	switch p.text.mode {
	case 0, 4:
		return !p.bare(p.fill)
	case 1, 5:
		return !p.bare(p.stroke)
	case 3, 7:
		return false
	}
	return true
}
