package marks

import "raccordo/host/internal/pdf"

// numeric are the operators whose operands are numbers (annex A).
var numeric = map[string]struct {
	operands int
	do       func(*painter, []float64) error
}{
	"cm": {6, func(p *painter, n []float64) error { p.ctm = Matrix(n).Then(p.ctm); return nil }},
	"w":  {1, func(p *painter, n []float64) error { p.width = max(n[0], -n[0]); return nil }},
	"j":  {1, func(p *painter, n []float64) error { p.mitred = n[0] == 0; return nil }},
	"M":  {1, func(p *painter, n []float64) error { p.miter = max(n[0], 1); return nil }},
	"J":  {1, nothing}, "i": {1, nothing},

	"m": {2, func(p *painter, n []float64) error { p.path.move(p.ctm, n[0], n[1]); return nil }},
	"l": {2, func(p *painter, n []float64) error { p.path.line(p.ctm, n[0], n[1]); return nil }},
	"c": {6, func(p *painter, n []float64) error { p.path.curve(p.ctm, n); return nil }},
	"v": {4, func(p *painter, n []float64) error { p.path.curve(p.ctm, n); return nil }},
	"y": {4, func(p *painter, n []float64) error { p.path.curve(p.ctm, n); return nil }},
	"re": {4, func(p *painter, n []float64) error {
		p.path.rectangle(p.ctm, n[0], n[1], n[2], n[3])
		return nil
	}},

	"g": {1, fill(additive)}, "rg": {3, fill(additive)}, "k": {4, fill(process)},
	"G": {1, stroke(additive)}, "RG": {3, stroke(additive)}, "K": {4, stroke(process)},

	"Tc": {1, func(p *painter, n []float64) error { p.text.char = n[0]; return nil }},
	"Tw": {1, func(p *painter, n []float64) error { p.text.word = n[0]; return nil }},
	"Tz": {1, func(p *painter, n []float64) error { p.text.stretch = n[0] / 100; return nil }},
	"TL": {1, func(p *painter, n []float64) error { p.text.lead = n[0]; return nil }},
	"Ts": {1, func(p *painter, n []float64) error { p.text.raise = n[0]; return nil }},
	"Tr": {1, func(p *painter, n []float64) error { p.text.mode = int(n[0]); return nil }},
	"Td": {2, func(p *painter, n []float64) error { p.next(n[0], n[1]); return nil }},
	"TD": {2, func(p *painter, n []float64) error { p.text.lead = -n[1]; p.next(n[0], n[1]); return nil }},
	"Tm": {6, func(p *painter, n []float64) error { p.line = Matrix(n); p.matrix = p.line; return nil }},
	"T*": {0, func(p *painter, _ []float64) error { p.next(0, -p.text.lead); return nil }},
	"BT": {0, func(p *painter, _ []float64) error { p.line, p.matrix = identity, identity; return nil }},
	"ET": {0, nothing},

	"q": {0, (*painter).save}, "Q": {0, (*painter).restore},
	"BX": {0, func(p *painter, _ []float64) error { p.undefined++; return nil }},
	"EX": {0, func(p *painter, _ []float64) error { p.undefined--; return nil }},

	"h": {0, nothing}, "n": {0, paint(false, false)},
	"S": {0, paint(false, true)}, "s": {0, paint(false, true)},
	"f": {0, paint(true, false)}, "F": {0, paint(true, false)}, "f*": {0, paint(true, false)},
	"B": {0, paint(true, true)}, "B*": {0, paint(true, true)}, "b": {0, paint(true, true)}, "b*": {0, paint(true, true)},
	"W": {0, clip}, "W*": {0, clip},
}

// named does those with other operands; false: it is none of them.
func (p *painter) named(op pdf.Operator) (bool, error) {
	switch op.Name {
	case "Tf":
		return true, p.setFont(op.Operands)
	case "Tj":
		return true, p.show(op.Operands)
	case "TJ":
		return true, p.showAll(op.Operands)
	case "'":
		return true, p.showNext(op.Operands)
	case "\"":
		return true, p.showSpaced(op.Operands)
	case "gs":
		return true, p.external(op.Operands)
	case "Do":
		return true, p.xobject(op.Operands)
	case "BI":
		return true, p.inline(op.Operands)
	case "sh":
		p.mark(p.clip)
		return true, nil
	case "cs", "CS":
		return true, p.setSpace(p.ink(op.Name), op.Operands)
	case "sc", "SC", "scn", "SCN":
		i := p.ink(op.Name)
		*i = i.space.operands(op.Operands)
		return true, nil
	case "d", "ri", "MP", "DP", "BMC", "BDC", "EMC":
		return true, nil
	}
	return false, nil
}

func nothing(*painter, []float64) error { return nil }

func fill(s space) func(*painter, []float64) error {
	return func(p *painter, n []float64) error { p.fill = s.tint(n); return nil }
}

func stroke(s space) func(*painter, []float64) error {
	return func(p *painter, n []float64) error { p.stroke = s.tint(n); return nil }
}

func (p *painter) save([]float64) error {
	if len(p.saved) == maxSaved {
		return errUnclear
	}
	p.saved = append(p.saved, p.state)
	return nil
}

func (p *painter) restore([]float64) error {
	last := len(p.saved) - 1
	p.state, p.saved = p.saved[last], p.saved[:last]
	return nil
}
