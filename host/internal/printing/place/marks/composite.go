package marks

import "raccordo/host/internal/pdf"

// composite reads a font of two-byte codes that are glyphs (section 9.7). Other codes
// and vertical writing are not understood.
func (r *Reader) composite(f *font, d pdf.Dict) error {
	encoding, err := r.file.Resolve(d["Encoding"])
	if err != nil || encoding != pdf.Name("Identity-H") {
		return unclear(err)
	}
	f.bytes = 2
	list, err := r.file.Array(d["DescendantFonts"])
	if err != nil || len(list) != 1 {
		return unclear(err)
	}
	cid, err := r.file.Dict(list[0])
	if err != nil || cid == nil {
		return unclear(err)
	}
	descriptor, err := r.file.Dict(cid["FontDescriptor"])
	if err != nil {
		return err
	}
	if err := r.extent(f, descriptor); err != nil {
		return err
	}
	if o := cid["DW"]; o != nil {
		w, err := r.number(o)
		if err != nil {
			return err
		}
		f.missing = w / 1000
	}
	widths, err := r.file.Array(cid["W"])
	if err != nil {
		return err
	}
	return r.ranges(f, widths)
}

// ranges reads W (section 9.7.4.3): "c [w1 w2 …]" and "first last w".
func (r *Reader) ranges(f *font, list pdf.Array) error {
	for len(list) >= 2 {
		first, err := r.number(list[0])
		if err != nil {
			return err
		}
		second, err := r.file.Resolve(list[1])
		if err != nil {
			return err
		}
		if each, ok := second.(pdf.Array); ok {
			for i, o := range each {
				w, err := r.number(o)
				if err != nil {
					return err
				}
				if err := f.put(int(first)+i, w); err != nil {
					return err
				}
			}
			list = list[2:]
			continue
		}
		last, ok := pdf.Number(second)
		if !ok || len(list) < 3 || last-first > 1<<16 {
			return errUnclear
		}
		w, err := r.number(list[2])
		if err != nil {
			return err
		}
		for code := int(first); code <= int(last); code++ {
			if err := f.put(code, w); err != nil {
				return err
			}
		}
		list = list[3:]
	}
	return nil
}

func (f *font) put(code int, w float64) error {
	if len(f.widths) == maxWidths {
		return errUnclear
	}
	f.widths[code] = w / 1000
	return nil
}
