package pades

import (
	"context"

	"raccordo/host/internal/pdf"
)

// role is what an object is to the document: what may be changed in it follows.
type role int

const (
	roleNone  role = iota
	roleRoot       // the catalog
	roleForm       // the interactive form
	roleList       // its list of fields
	rolePage       //
	roleNotes      // the list of a page's annotations
	roleNote       // an annotation, and what belongs to it
	roleField      // a field or its widget
	roleLook       // the appearance of a field
	roleProof      // the document security store
	roleAbout      // metadata
)

// roles knows what the objects of a revision are.
type roles struct {
	file   *pdf.File
	form   *form
	of     map[int64]role
	fields map[int64]*field
	shown  map[int64]bool // what pages are made of, and how they behave
}

// maxShown bounds the walk through what is shown.
const maxShown = 1 << 20

func readRoles(ctx context.Context, file *pdf.File) (*roles, error) {
	r := &roles{file: file, of: map[int64]role{}, fields: map[int64]*field{}, shown: map[int64]bool{}}
	root, catalog, err := file.Catalog()
	if err != nil {
		return nil, err
	}
	if r.form, err = readFields(file); err != nil {
		return nil, err
	}
	r.mark(root, roleRoot)
	r.mark(catalog["AcroForm"], roleForm)
	r.mark(r.form.dict["Fields"], roleList)
	r.mark(file.Trailer()["Info"], roleAbout)
	r.mark(catalog["Metadata"], roleAbout)
	if err := r.proofs(catalog["DSS"]); err != nil {
		return nil, err
	}
	if err := r.inForm(); err != nil {
		return nil, err
	}
	todo := pdf.Array{}
	for _, key := range []pdf.Name{"Pages", "OCProperties", "OpenAction", "AA", "Names"} {
		todo = append(todo, catalog[key])
	}
	for _, f := range r.form.signatures {
		for _, w := range f.widgets {
			if f.value != nil {
				todo = append(todo, w.dict["AP"])
			}
		}
	}
	return r, r.show(ctx, todo)
}

func (r *roles) mark(o pdf.Object, as role) {
	if ref, ok := o.(pdf.Ref); ok && r.of[ref.Number] == roleNone {
		r.of[ref.Number] = as
	}
}

// proofs are the dictionaries and lists of the document security store. Its streams never
// change.
func (r *roles) proofs(dss pdf.Object) error {
	r.mark(dss, roleProof)
	dict, err := r.file.Dict(dss)
	if err != nil {
		return err
	}
	for _, key := range []pdf.Name{"Certs", "CRLs", "OCSPs", "VRI"} {
		r.mark(dict[key], roleProof)
	}
	vri, err := r.file.Dict(dict["VRI"])
	if err != nil {
		return err
	}
	for _, key := range vri.Keys() {
		r.mark(vri[key], roleProof)
		one, err := r.file.Dict(vri[key])
		if err != nil {
			return err
		}
		for _, key := range []pdf.Name{"Cert", "CRL", "OCSP"} {
			r.mark(one[key], roleProof)
		}
	}
	return nil
}

// inForm are the fields, their widgets, and how those look that are not signed.
func (r *roles) inForm() error {
	for _, ref := range r.form.parents {
		r.mark(ref, roleField)
	}
	for _, f := range r.form.fields {
		r.mark(f.ref, roleField)
		r.fields[f.ref.Number] = f
		for _, w := range f.widgets {
			r.mark(w.ref, roleField)
			r.fields[w.ref.Number] = f
			if err := r.looks(w.dict["AP"]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *roles) looks(appearance pdf.Object) error {
	dict, err := r.file.Dict(appearance)
	if err != nil {
		return err
	}
	r.mark(appearance, roleLook)
	for _, state := range dict {
		r.mark(state, roleLook)
		o, err := r.file.Resolve(state)
		if err != nil {
			return err
		}
		states, _ := o.(pdf.Dict)
		for _, o := range states {
			r.mark(o, roleLook)
		}
	}
	return nil
}

// show walks through everything that pages are made of, but for annotations.
func (r *roles) show(ctx context.Context, todo pdf.Array) error {
	for len(todo) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		o := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if ref, ok := o.(pdf.Ref); ok {
			if r.shown[ref.Number] {
				continue
			}
			if len(r.shown) >= maxShown {
				return &pdf.Fault{Place: "too many objects"}
			}
			r.shown[ref.Number] = true
			var err error
			if o, err = r.file.Get(ref); err != nil {
				return err
			}
			if err := r.page(ref, o); err != nil {
				return err
			}
		}
		switch o := o.(type) {
		case pdf.Array:
			todo = append(todo, o...)
		case pdf.Dict:
			todo = inside(todo, o)
		case *pdf.Stream:
			todo = inside(todo, o.Dict)
		}
	}
	return nil
}

func inside(todo pdf.Array, d pdf.Dict) pdf.Array {
	for key, o := range d {
		if key == "Annots" && isPage(d) || key == "Parent" {
			continue
		}
		switch o.(type) {
		case pdf.Ref, pdf.Array, pdf.Dict:
			todo = append(todo, o)
		}
	}
	return todo
}

func isPage(d pdf.Dict) bool { return d["Type"] == pdf.Name("Page") }

// page notes which annotations a page has.
func (r *roles) page(ref pdf.Ref, o pdf.Object) error {
	d, ok := o.(pdf.Dict)
	if !ok || !isPage(d) {
		return nil
	}
	r.mark(ref, rolePage)
	r.mark(d["Annots"], roleNotes)
	list, err := r.file.Array(d["Annots"])
	if err != nil {
		return err
	}
	for _, item := range list {
		r.mark(item, roleNote)
	}
	return nil
}
