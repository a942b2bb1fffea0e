package pdf

// Page is one, with what it inherits from the nodes above it (table 30).
type Page struct {
	Ref     Ref
	Dict    Dict
	inherit Dict
}

// maxPages bounds the walk over the tree of pages.
const maxPages = 1 << 18

// inherited are the entries that a page takes from above.
var inherited = []Name{"MediaBox", "CropBox", "Rotate", "Resources"}

// Value is an entry of the page, or of a node above it.
func (p Page) Value(key Name) Object {
	if o, ok := p.Dict[key]; ok {
		return o
	}
	return p.inherit[key]
}

// Catalog is the root of the document.
func (f *File) Catalog() (Ref, Dict, error) {
	r, _ := f.Trailer()["Root"].(Ref)
	d, err := f.Dict(r)
	if err == nil && (d == nil || d["Pages"] == nil) {
		err = broken("no catalog")
	}
	return r, d, err
}

// Pages calls each for every page, in order, until it returns false.
func (f *File) Pages(each func(Page) (bool, error)) error {
	return f.walk(func(kids Array) Array { return kids }, each)
}

// LastPage is the last one.
func (f *File) LastPage() (page Page, err error) {
	backwards := func(kids Array) Array {
		list := make(Array, len(kids))
		for i, kid := range kids {
			list[len(kids)-1-i] = kid
		}
		return list
	}
	found := false
	err = f.walk(backwards, func(p Page) (bool, error) {
		page, found = p, true
		return false, nil
	})
	if err == nil && !found {
		err = broken("no pages")
	}
	return page, err
}

// node is one of the tree of pages that is still to be looked at.
type node struct {
	ref     Object
	inherit Dict
	depth   int
}

func (f *File) walk(order func(Array) Array, each func(Page) (bool, error)) error {
	_, catalog, err := f.Catalog()
	if err != nil {
		return err
	}
	seen := map[Ref]bool{}
	todo := []node{{ref: catalog["Pages"], inherit: Dict{}}}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		r, ok := n.ref.(Ref)
		if !ok || seen[r] || len(seen) > maxPages || n.depth > maxDepth {
			return broken("tree of pages")
		}
		seen[r] = true
		d, err := f.Dict(r)
		if err != nil {
			return err
		}
		if d == nil {
			return broken("tree of pages")
		}
		if _, ok := d["Kids"]; !ok {
			if more, err := each(Page{r, d, n.inherit}); err != nil || !more {
				return err
			}
			continue
		}
		kids, err := f.Array(d["Kids"])
		if err != nil {
			return err
		}
		if len(kids) > maxPages {
			return broken("tree of pages")
		}
		down := bequeath(d, n.inherit)
		kids = order(kids)
		for i := len(kids) - 1; i >= 0; i-- {
			todo = append(todo, node{kids[i], down, n.depth + 1})
		}
	}
	return nil
}

// bequeath is what the kids of a node inherit.
func bequeath(d, above Dict) Dict {
	own := Dict{}
	for _, key := range inherited {
		if o, ok := d[key]; ok {
			own[key] = o
		}
	}
	if len(own) == 0 {
		return above
	}
	for key, o := range above {
		if _, ok := own[key]; !ok {
			own[key] = o
		}
	}
	return own
}
