package pades

import (
	"fmt"
	"maps"
	"slices"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/signature"
)

// revision is the one that has the signature.
type revision struct {
	file   *pdf.File
	form   *form
	opt    signature.Options
	update *pdf.Update
}

// Flags of a form and of a widget (tables 219 and 165).
const (
	signaturesExist = 1
	appendOnly      = 2
	printed         = 4
	lockedInPlace   = 128
)

// build puts all objects of the revision, and says which is the signature.
func (r *revision) build(room int) (pdf.Ref, error) {
	value := r.update.Reserve()
	if waiting := r.waiting(); waiting != nil && (r.opt.Field == nil || r.form.certified) {
		references, err := r.fieldLock(waiting)
		if err != nil {
			return value, err
		}
		r.update.Put(value, r.value(room, references))
		if err := r.fill(waiting, value); err != nil {
			return value, err
		}
		return value, r.catalog(nil)
	}
	r.update.Put(value, r.value(room, nil))
	added, err := r.add(value)
	if err != nil {
		return value, err
	}
	return value, r.catalog(&added)
}

// waiting is the field that the document has for a signature: when there are
// several, nobody here can tell whose they are. One with a seed value has
// conditions of its own.
func (r *revision) waiting() *field {
	var found *field
	for _, f := range r.form.signatures {
		if f.value != nil {
			continue
		}
		if found != nil {
			return nil
		}
		found = f
	}
	if found == nil || found.ref == (pdf.Ref{}) || found.dict["SV"] != nil || len(found.widgets) > 1 ||
		slices.ContainsFunc(r.form.fixed, func(l lock) bool { return l.holds(found.name) }) {
		return nil
	}
	return found
}

// fieldLock is what signing a field with a lock has to say (section 12.7.4.5).
func (r *revision) fieldLock(f *field) (pdf.Array, error) {
	l, err := r.file.Dict(f.dict["Lock"])
	if err != nil || l == nil {
		return nil, err
	}
	params := pdf.Dict{"Type": pdf.Name("TransformParams"), "V": pdf.Name("1.2")}
	for _, key := range []pdf.Name{"Action", "Fields", "P"} {
		o, err := r.file.Resolve(l[key])
		if err != nil {
			return nil, err
		}
		if o != nil {
			params[key] = o
		}
	}
	return pdf.Array{pdf.Dict{
		"Type": pdf.Name("SigRef"), "TransformMethod": pdf.Name("FieldMDP"),
		"TransformParams": params, "Data": r.file.Trailer()["Root"],
	}}, nil
}

// fill signs a field that is there.
func (r *revision) fill(f *field, value pdf.Ref) error {
	dict := maps.Clone(f.dict)
	dict["V"] = value
	if len(f.widgets) == 0 || f.widgets[0].ref == (pdf.Ref{}) {
		r.update.Put(f.ref, dict)
		return nil
	}
	w := f.widgets[0]
	box, page, err := r.box(w)
	if err != nil {
		return err
	}
	if w.ref == f.ref {
		w.dict = dict
	} else {
		r.update.Put(f.ref, dict)
		w.dict = maps.Clone(w.dict)
	}
	if box.width > 0 && box.height > 0 {
		if err := r.draw(w.dict, box, page); err != nil {
			return err
		}
	}
	r.update.Put(w.ref, w.dict)
	return nil
}

// add makes a field of its own, which is its widget too.
func (r *revision) add(value pdf.Ref) (pdf.Ref, error) {
	number := 1
	for r.form.names[fmt.Sprint("Firma", number)] {
		number++
	}
	dict := pdf.Dict{
		"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"),
		"T": text(fmt.Sprint("Firma", number)), "V": value, "F": pdf.Integer(printed | lockedInPlace),
		"Rect": pdf.Array{pdf.Integer(0), pdf.Integer(0), pdf.Integer(0), pdf.Integer(0)},
	}
	page, err := r.page()
	if err != nil {
		return pdf.Ref{}, err
	}
	dict["P"] = page.Ref
	if r.opt.Field != nil {
		seen, err := r.file.View(page)
		if err != nil {
			return pdf.Ref{}, err
		}
		view := view{seen}
		box, err := view.box(*r.opt.Field)
		if err != nil {
			return pdf.Ref{}, err
		}
		dict["Rect"] = box.rect()
		if err := r.draw(dict, box, view); err != nil {
			return pdf.Ref{}, err
		}
	}
	added := r.update.Add(dict)
	return added, r.extend(page.Ref, page.Dict, "Annots", added)
}

// extend appends to a list of an object, where the list is: in the object, or
// in one of its own.
func (r *revision) extend(owner pdf.Ref, dict pdf.Dict, key pdf.Name, item pdf.Ref) error {
	list, err := r.file.Array(dict[key])
	if err != nil {
		return err
	}
	longer := append(slices.Clone(list), item)
	if at, ok := dict[key].(pdf.Ref); ok && list != nil {
		r.update.Put(at, longer)
		return nil
	}
	dict = maps.Clone(dict)
	dict[key] = longer
	r.update.Put(owner, dict)
	return nil
}
