package marks

import "raccordo/host/internal/pdf"

// ink is a colour: all that counts is whether it is white.
type ink struct {
	space space
	white bool
}

// space is what the numbers of a colour mean.
type space int

const (
	other    space = iota // nothing is taken for white
	additive              // ones are white
	process               // zeros are: CMYK
)

var black = ink{space: additive}

// tint is a colour of a space.
func (s space) tint(operands []float64) ink {
	i := ink{s, s != other && len(operands) > 0}
	for _, n := range operands {
		if s == additive && n < 0.999 || s == process && n > 0.001 {
			i.white = false
		}
	}
	return i
}

// space looks up a colour space (section 8.6). Those whose white is not known are other.
func (p *painter) space(o pdf.Object) (space, error) {
	name, ok := o.(pdf.Name)
	if !ok {
		return other, errUnclear
	}
	switch name {
	case "DeviceGray", "DeviceRGB", "CalGray", "CalRGB":
		return additive, nil
	case "DeviceCMYK":
		return process, nil
	case "Pattern":
		return other, nil
	}
	o, err := p.resource("ColorSpace", name)
	if err != nil {
		return other, err
	}
	if o, err = p.reader.file.Resolve(o); err != nil {
		return other, err
	}
	list, ok := o.(pdf.Array)
	if !ok {
		if inner, ok := o.(pdf.Name); ok && inner != name {
			return p.space(device(inner))
		}
		return other, nil
	}
	if len(list) == 0 {
		return other, nil
	}
	switch list[0] {
	case pdf.Name("CalGray"), pdf.Name("CalRGB"):
		return additive, nil
	case pdf.Name("ICCBased"):
		return p.profile(list)
	}
	return other, nil
}

// device is a name that needs no looking up.
func device(n pdf.Name) pdf.Name {
	switch n {
	case "DeviceGray", "DeviceRGB", "DeviceCMYK":
		return n
	}
	return "Pattern"
}

func (p *painter) profile(list pdf.Array) (space, error) {
	if len(list) < 2 {
		return other, nil
	}
	o, err := p.reader.file.Resolve(list[1])
	if err != nil {
		return other, err
	}
	if s, ok := o.(*pdf.Stream); ok {
		switch s.Dict["N"] {
		case pdf.Integer(1), pdf.Integer(3):
			return additive, nil
		case pdf.Integer(4):
			return process, nil
		}
	}
	return other, nil
}

// ink is what an operator of colour sets (section 8.6.8): capitals are for lines.
func (p *painter) ink(operator string) *ink {
	if c := operator[0]; c >= 'A' && c <= 'Z' {
		return &p.stroke
	}
	return &p.fill
}

func (p *painter) setSpace(i *ink, operands []pdf.Object) error {
	if len(operands) != 1 {
		return errUnclear
	}
	s, err := p.space(operands[0])
	*i = ink{space: s}
	return err
}

// operands reads a colour, or the name of a pattern.
func (s space) operands(list []pdf.Object) ink {
	n, ok := numbers(list, len(list))
	if !ok {
		return ink{space: s}
	}
	return s.tint(n)
}
