package pdf

import "strconv"

// section reads the cross-reference at an offset, table or stream.
func (f *File) section(at int64) (*section, error) {
	if at < 0 || at >= f.size-f.base {
		return nil, broken("offset of a cross-reference section")
	}
	p := newParser(f.src, f.base+at, f.size)
	p.skip()
	start := p.pos
	if p.word() == "xref" {
		return f.table(p, at)
	}
	p.pos = start
	return f.xrefStream(p, at)
}

// table reads a classic table and its trailer (section 7.5.4).
func (f *File) table(p *parser, at int64) (*section, error) {
	s := &section{at: at}
	for {
		p.skip()
		if c := p.peek(); c < '0' || c > '9' {
			break
		}
		first, ok := p.integer()
		count, also := p.integer()
		if !ok || !also || first > maxNumber {
			return nil, broken("subsection of a cross-reference table")
		}
		r := run{first: first}
		for range count {
			e, err := f.row(p)
			if err != nil {
				return nil, err
			}
			r.entries = append(r.entries, e)
		}
		// Some writers number from 1 and mean 0: the first one is the head of the
		// list of free objects, which is number 0.
		if r.first == 1 && count > 0 && r.entries[0] == newEntry(free, 0, 65535) {
			r.first = 0
		}
		s.add(r)
	}
	if p.word() != "trailer" {
		return nil, broken("cross-reference table without trailer")
	}
	o, err := p.object(0)
	if err != nil {
		return nil, err
	}
	trailer, ok := o.(Dict)
	if !ok || p.twice {
		return nil, broken("trailer")
	}
	s.trailer = trailer
	if at, ok := trailer["XRefStm"].(Integer); ok {
		q := newParser(f.src, f.base+int64(at), f.size)
		if s.hidden, err = f.xrefStream(q, int64(at)); err != nil {
			return nil, err
		}
	}
	return s, s.order()
}

// row reads "0000000017 00000 n".
func (f *File) row(p *parser) (entry, error) {
	if err := f.count(); err != nil {
		return 0, err
	}
	offset, ok := p.integer()
	p.skip()
	// A generation of more than 65535 is found on free objects only.
	generation, err := strconv.ParseInt(p.word(), 10, 64)
	if !ok || err != nil || generation < 0 {
		return 0, broken("row of a cross-reference table")
	}
	p.skip()
	switch p.word() {
	case "n":
		if offset == 0 {
			return newEntry(free, 0, 0), nil // so some writers mark what they left out
		}
		if offset > f.size || generation > 65535 {
			return 0, broken("offset in a cross-reference table")
		}
		return newEntry(direct, offset, generation), nil
	case "f":
		return newEntry(free, 0, min(generation, 65535)), nil
	}
	return 0, broken("row of a cross-reference table")
}
