package marks

import (
	"iter"

	"raccordo/host/internal/pdf"
)

// maxWidths bounds what a font says of its glyphs.
const maxWidths = 1 << 17

// font is how far the glyphs of a font reach, in em.
type font struct {
	bytes       int // of a code
	widths      map[int]float64
	missing     float64 // width of the others
	bottom, top float64
	left, right float64 // beyond where a glyph starts and ends
	reach       float64 // of each glyph to the right of where it starts, at least
	drawn       bool    // Type 3: glyphs are painted in every mode, and may bring their colours along
}

// What fonts reach that do not say it, or say too little.
const (
	lowest   = -0.35
	highest  = 1.1
	overhang = 0.2
)

// codes splits text into character codes.
func (f *font) codes(text []byte) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := 0; i < len(text); i += f.bytes {
			code := int(text[i])
			if f.bytes == 2 {
				code <<= 8
				if i+1 < len(text) {
					code |= int(text[i+1])
				}
			}
			if !yield(code) {
				return
			}
		}
	}
}

func (f *font) width(code int) float64 {
	if w, ok := f.widths[code]; ok {
		return w
	}
	return f.missing
}

// font reads one, once.
func (r *Reader) font(o pdf.Object) (*font, error) {
	ref, ok := o.(pdf.Ref)
	if f := r.fonts[ref]; ok && f != nil {
		return f, nil
	}
	d, err := r.file.Dict(o)
	if err != nil || d == nil {
		return nil, unclear(err)
	}
	f := &font{bytes: 1, widths: map[int]float64{}, missing: 1, bottom: lowest, top: highest, left: -overhang, right: overhang}
	switch d["Subtype"] {
	case pdf.Name("Type0"):
		err = r.composite(f, d)
	case pdf.Name("Type3"):
		err = r.procedures(f, d)
	default:
		err = r.simple(f, d)
	}
	if ok && err == nil {
		r.fonts[ref] = f
	}
	return f, err
}

// simple reads a font of one-byte codes (section 9.6.2).
func (r *Reader) simple(f *font, d pdf.Dict) error {
	descriptor, err := r.file.Dict(d["FontDescriptor"])
	if err != nil {
		return err
	}
	if err := r.extent(f, descriptor); err != nil {
		return err
	}
	if o, err := r.file.Resolve(d["Widths"]); err != nil {
		return err
	} else if o == nil {
		name, _ := d["BaseFont"].(pdf.Name)
		encoding, err := r.file.Resolve(d["Encoding"])
		f.standard(string(name), encoding)
		return err
	}
	if f.missing, err = r.number(descriptor["MissingWidth"]); err != nil {
		return err
	}
	f.missing /= 1000
	return r.listed(f, d, 0.001)
}

// listed reads FirstChar and Widths.
func (r *Reader) listed(f *font, d pdf.Dict, unit float64) error {
	list, err := r.file.Array(d["Widths"])
	if err != nil {
		return err
	}
	first, err := r.number(d["FirstChar"])
	if err != nil || len(list) > 256 || first < 0 || first > 255 {
		return unclear(err)
	}
	for i, o := range list {
		w, err := r.number(o)
		if err != nil {
			return err
		}
		f.widths[int(first)+i] = w * unit
	}
	return nil
}

// extent reads how far above and below the line glyphs reach. What is not believable counts for nothing.
func (r *Reader) extent(f *font, descriptor pdf.Dict) error {
	box, ok, err := r.file.Rectangle(descriptor["FontBBox"])
	if err != nil {
		return err
	}
	if ok {
		if bottom := box[1] / 1000; bottom > -2 {
			f.bottom = min(f.bottom, bottom)
		}
		if top := box[3] / 1000; top < 3 {
			f.top = max(f.top, top)
		}
	}
	return nil
}

// number resolves one; what is none is 0.
func (r *Reader) number(o pdf.Object) (float64, error) {
	o, err := r.file.Resolve(o)
	n, _ := pdf.Number(o)
	return n, err
}

// procedures reads a Type 3 font (section 9.6.5): its box, in its own units, must be told.
func (r *Reader) procedures(f *font, d pdf.Dict) error {
	f.drawn, f.missing = true, 0
	m, err := FormMatrix(r.file, &pdf.Stream{Dict: pdf.Dict{"Matrix": d["FontMatrix"]}})
	if err != nil {
		return err
	}
	box, ok, err := r.file.Rectangle(d["FontBBox"])
	if err != nil {
		return err
	}
	area := m.Area(Area{box[0], box[1], box[2], box[3]})
	if !ok || area.Empty() || m[0] <= 0 {
		return errUnclear
	}
	f.bottom, f.top, f.left, f.right, f.reach = area.Bottom, area.Top, min(area.Left, 0), 0, max(area.Right, 0)
	return r.listed(f, d, m[0])
}
