package pdf

// find looks for an object, in the newest revision that speaks of it.
func (f *File) find(number int64) (entry, bool) {
	for _, s := range f.sections {
		if e, ok := s.find(number); ok {
			return e, true
		}
	}
	return 0, false
}

// Get reads an object; one that is not there is null (section 7.3.10).
func (f *File) Get(r Ref) (Object, error) { return f.get(r, nil) }

// Lookup reads an object whatever its generation; nil: there is none.
func (f *File) Lookup(number int64) (Object, error) {
	e, ok := f.find(number)
	if !ok || e.place() == free {
		return nil, nil
	}
	r := Ref{Number: number}
	if e.place() == direct {
		r.Generation = e.second()
	}
	return f.Get(r)
}

// Unambiguous reads an object that two readers must not understand differently: it
// lies in the file itself, and none of its dictionaries has a key twice.
func (f *File) Unambiguous(r Ref) (Object, error) {
	e, ok := f.find(r.Number)
	if !ok || e.place() != direct {
		return nil, broken("object not in the file itself")
	}
	p := newParser(f.src, f.base+e.first(), f.size)
	if got, err := p.header(); err != nil || got != r {
		return nil, broken("object not where the cross-reference says")
	}
	o, err := f.body(p, nil)
	if err == nil && p.twice {
		err = broken("key twice in a dictionary")
	}
	return o, err
}

// Offset is where an object starts in the file.
func (f *File) Offset(r Ref) (int64, bool) {
	e, ok := f.find(r.Number)
	return f.base + e.first(), ok && e.place() == direct && e.second() == r.Generation
}

// guard are the objects that are being read because of one another.
type guard struct {
	number int64
	up     *guard
}

func (g *guard) enter(number int64) (*guard, error) {
	depth := 0
	for i := g; i != nil; i = i.up {
		if depth++; i.number == number || depth > maxDepth {
			return nil, broken("objects that need one another")
		}
	}
	return &guard{number, g}, nil
}

func (f *File) get(r Ref, g *guard) (Object, error) {
	e, ok := f.find(r.Number)
	if !ok || e.place() == free {
		return nil, nil
	}
	g, err := g.enter(r.Number)
	if err != nil {
		return nil, err
	}
	if e.place() == packed {
		if r.Generation != 0 {
			return nil, nil
		}
		return f.unpack(e, r.Number, g)
	}
	if e.second() != r.Generation {
		return nil, nil
	}
	p := newParser(f.src, f.base+e.first(), f.size)
	got, err := p.header()
	if err != nil {
		return nil, err
	}
	if got != r {
		return nil, broken("object not where the cross-reference says")
	}
	return f.body(p, g)
}

// header reads "12 0 obj".
func (p *parser) header() (Ref, error) {
	number, ok := p.integer()
	generation, also := p.integer()
	p.skip()
	if p.word() != "obj" || !ok || !also || number > maxNumber || generation > 65535 {
		if p.err != nil {
			return Ref{}, p.err
		}
		return Ref{}, broken("no object where one should be")
	}
	return Ref{number, int(generation)}, nil
}

// body reads what comes between obj and endobj.
func (f *File) body(p *parser, g *guard) (Object, error) {
	o, err := p.object(0)
	if err != nil {
		return nil, err
	}
	if word, ok := o.(keyword); ok {
		if word == "endobj" {
			return nil, nil
		}
		return nil, broken("unexpected keyword in an object")
	}
	d, ok := o.(Dict)
	if !ok {
		return o, nil
	}
	p.skip()
	if p.word() != "stream" {
		return d, nil
	}
	if p.next() == '\r' && p.peek() == '\n' { // a lone CR or LF is one byte (section 7.3.8.1)
		p.pos++
	}
	return &Stream{Dict: d, Start: p.pos}, nil
}

// Resolve follows a reference; other objects are returned as they are.
func (f *File) Resolve(o Object) (Object, error) { return f.resolve(o, nil) }

func (f *File) resolve(o Object, g *guard) (Object, error) {
	for range maxDepth {
		r, ok := o.(Ref)
		if !ok {
			return o, nil
		}
		var err error
		if o, err = f.get(r, g); err != nil {
			return nil, err
		}
	}
	return nil, broken("references without end")
}

// Dict resolves to a dictionary; nil: it is none.
func (f *File) Dict(o Object) (Dict, error) {
	o, err := f.Resolve(o)
	d, _ := o.(Dict)
	return d, err
}

// Array resolves to an array; nil: it is none.
func (f *File) Array(o Object) (Array, error) {
	o, err := f.Resolve(o)
	a, _ := o.(Array)
	return a, err
}
