package marks

import (
	"errors"
	"io"

	"raccordo/host/internal/pdf"
)

// painter follows one content stream.
type painter struct {
	reader    *Reader
	resources pdf.Dict
	found     map[pdf.Name]pdf.Dict // categories of the resources
	depth     int                   // forms around this one

	state
	saved        []state
	path         path
	matrix, line Matrix // of text
	marked       Area
	undefined    int   // within BX and EX
	surplus      []int // places of Q without q
}

// run reads all operators.
func (p *painter) run(data []byte) error {
	ops := pdf.NewOperators(data)
	for {
		op, err := ops.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if p.reader.operators++; p.reader.operators > maxOperators {
			return errUnclear
		}
		if err := p.do(op); err != nil {
			return err
		}
	}
}

func (p *painter) do(op pdf.Operator) error {
	if op.Name == "Q" && len(p.saved) == 0 {
		p.surplus = append(p.surplus, op.End-1)
		return nil
	}
	if o, ok := numeric[op.Name]; ok {
		n, ok := numbers(op.Operands, o.operands)
		if !ok {
			return errUnclear
		}
		return o.do(p, n)
	}
	if done, err := p.named(op); done || err != nil {
		return err
	}
	if p.undefined > 0 {
		return nil
	}
	return errUnclear
}

// numbers are the last n operands; readers overlook what comes before them.
func numbers(operands []pdf.Object, n int) ([]float64, bool) {
	if len(operands) < n {
		return nil, false
	}
	list := make([]float64, n)
	for i, o := range operands[len(operands)-n:] {
		x, ok := pdf.Number(o)
		if !ok || x != x || x > 1e12 || x < -1e12 {
			return nil, false
		}
		list[i] = x
	}
	return list, true
}

// mark adds an area in coordinates of the page.
func (p *painter) mark(a Area) { p.marked = p.marked.With(a.Within(p.clip)) }

// bare tells that an ink leaves the paper as it is.
func (p *painter) bare(i ink) bool { return i.white && !p.blended }

// resource looks one up; it may be a reference.
func (p *painter) resource(category, name pdf.Name) (pdf.Object, error) {
	d, ok := p.found[category]
	if !ok {
		var err error
		if d, err = p.reader.file.Dict(p.resources[category]); err != nil {
			return nil, err
		}
		if p.found == nil {
			p.found = map[pdf.Name]pdf.Dict{}
		}
		p.found[category] = d
	}
	if o := d[name]; o != nil {
		return o, nil
	}
	return nil, errUnclear
}
