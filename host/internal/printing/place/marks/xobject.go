package marks

import "raccordo/host/internal/pdf"

// square is where an image is drawn (section 8.9.4).
var square = Area{0, 0, 1, 1}

// external does gs (section 8.4.5).
func (p *painter) external(operands []pdf.Object) error {
	o, err := p.operand("ExtGState", operands)
	if err != nil {
		return err
	}
	d, err := p.reader.file.Dict(o)
	if err != nil || d == nil {
		return unclear(err)
	}
	for key, do := range map[pdf.Name]string{"LW": "w", "LJ": "j", "ML": "M"} {
		if o := d[key]; o != nil {
			n, ok := numbers(pdf.Array{o}, 1)
			if !ok {
				return errUnclear
			}
			if err := numeric[do].do(p, n); err != nil {
				return err
			}
		}
	}
	if mode := d["BM"]; mode != nil {
		p.blended = mode != pdf.Name("Normal") && mode != pdf.Name("Compatible")
	}
	if o := d["Font"]; o != nil {
		list, err := p.reader.file.Array(o)
		if err != nil || len(list) != 2 {
			return unclear(err)
		}
		size, ok := numbers(list, 1)
		if !ok {
			return errUnclear
		}
		p.text.size = size[0]
		p.text.font, err = p.reader.font(list[0])
		return err
	}
	return nil
}

func unclear(err error) error {
	if err == nil {
		err = errUnclear
	}
	return err
}

// operand is the resource that the last operand names.
func (p *painter) operand(category pdf.Name, operands []pdf.Object) (pdf.Object, error) {
	if len(operands) == 0 {
		return nil, errUnclear
	}
	name, ok := operands[len(operands)-1].(pdf.Name)
	if !ok {
		return nil, errUnclear
	}
	return p.resource(category, name)
}

func (p *painter) xobject(operands []pdf.Object) error {
	o, err := p.operand("XObject", operands)
	if err != nil {
		return err
	}
	r, ok := o.(pdf.Ref)
	if !ok {
		return errUnclear
	}
	if o, err = p.reader.file.Resolve(r); err != nil {
		return err
	}
	s, ok := o.(*pdf.Stream)
	if !ok {
		return errUnclear
	}
	switch s.Dict["Subtype"] {
	case pdf.Name("Image"):
		p.picture(s.Dict["ImageMask"])
		return nil
	case pdf.Name("Form"):
		return p.form(r, s)
	}
	return errUnclear
}

func (p *painter) inline(operands []pdf.Object) error {
	d, ok := operands[0].(pdf.Dict)
	if !ok {
		return errUnclear
	}
	mask := d["IM"]
	if mask == nil {
		mask = d["ImageMask"]
	}
	p.picture(mask)
	return nil
}

// picture marks an image; a mask is painted in the current colour.
func (p *painter) picture(mask pdf.Object) {
	if mask != true || !p.bare(p.fill) {
		p.mark(p.ctm.Area(square))
	}
}

// form follows a form (section 8.10).
func (p *painter) form(r pdf.Ref, s *pdf.Stream) error {
	if p.depth == maxForms {
		return errUnclear
	}
	data, err := p.reader.data(r, s)
	if err != nil {
		return err
	}
	own, err := FormMatrix(p.reader.file, s)
	if err != nil {
		return err
	}
	inner := &painter{reader: p.reader, resources: p.resources, depth: p.depth + 1, state: p.state, matrix: identity, line: identity}
	inner.ctm = own.Then(p.ctm)
	box, ok, err := p.reader.file.Rectangle(s.Dict["BBox"])
	if err != nil {
		return err
	}
	if ok {
		inner.clip = p.clip.Within(inner.ctm.Area(Area{box[0], box[1], box[2], box[3]}))
	}
	if d, err := p.reader.file.Dict(s.Dict["Resources"]); err != nil {
		return err
	} else if d != nil {
		inner.resources = d
	}
	if inner.clip.Empty() {
		return nil
	}
	err = inner.run(data)
	p.marked = p.marked.With(inner.marked)
	return err
}

// data decodes a form, and keeps it when there is room.
func (r *Reader) data(ref pdf.Ref, s *pdf.Stream) ([]byte, error) {
	if data, ok := r.kept[ref]; ok {
		return data, nil
	}
	s, err := r.file.Mended(s)
	if err != nil {
		return nil, err
	}
	data, err := r.file.Decoded(s, int64(maxDecoded-r.bytes))
	if err != nil {
		return nil, err
	}
	r.bytes += len(data)
	if len(data) <= r.room {
		r.room -= len(data)
		r.kept[ref] = data
	}
	return data, nil
}
