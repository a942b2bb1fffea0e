package pades

import (
	"raccordo/host/internal/pdf"
)

// Limits of a form.
const (
	maxFields = 200_000
	maxLevels = 32
)

// field is one without fields below it. Field and widget are one object, or two.
type field struct {
	kind    pdf.Object // FT
	ref     pdf.Ref
	dict    pdf.Dict
	name    string // fully qualified
	widgets []widget
	value   pdf.Object // V; nil: empty
}

type widget struct {
	ref  pdf.Ref
	dict pdf.Dict
}

// form is the interactive form, as far as signatures go (section 12.7).
type form struct {
	dict       pdf.Dict        // AcroForm; nil: there is none
	names      map[string]bool // of the top level
	fields     []*field
	parents    []pdf.Ref // fields with others below them
	signatures []*field
	certified  bool // an author allows no more than filling in and signing
	locked     bool // nothing more may be signed
	fixed      []lock
}

// readForm reads the form of the document, and what its signatures forbid.
func readForm(file *pdf.File) (*form, error) {
	f, err := readFields(file)
	if err != nil {
		return nil, err
	}
	return f, f.readLocks(file)
}

// readFields reads the tree of fields.
func readFields(file *pdf.File) (*form, error) {
	f := &form{names: map[string]bool{}}
	_, catalog, err := file.Catalog()
	if err != nil {
		return nil, err
	}
	if f.dict, err = file.Dict(catalog["AcroForm"]); err != nil || f.dict == nil {
		return f, err
	}
	roots, err := file.Array(f.dict["Fields"])
	if err != nil {
		return nil, err
	}
	w := &walk{file: file, form: f, seen: map[pdf.Ref]bool{}}
	return f, w.kids(roots, nil, "", 0)
}

// walk goes through the tree of fields.
type walk struct {
	file *pdf.File
	form *form
	seen map[pdf.Ref]bool
}

// kids looks at fields below one, of a type that they inherit.
func (w *walk) kids(list pdf.Array, kind pdf.Object, prefix string, level int) error {
	if level > maxLevels || len(w.seen) > maxFields {
		return &pdf.Fault{Place: "tree of fields"}
	}
	for _, item := range list {
		ref, _ := item.(pdf.Ref)
		if w.seen[ref] {
			continue
		}
		w.seen[ref] = ref != pdf.Ref{}
		dict, err := w.file.Dict(item)
		if err != nil {
			return err
		}
		if dict == nil {
			continue
		}
		if err := w.field(ref, dict, kind, prefix, level); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) field(ref pdf.Ref, dict pdf.Dict, kind pdf.Object, prefix string, level int) error {
	name, err := w.name(dict)
	if err != nil {
		return err
	}
	if level == 0 {
		w.form.names[name] = true
	} else {
		name = prefix + "." + name
	}
	if own, err := w.file.Resolve(dict["FT"]); err != nil {
		return err
	} else if own != nil {
		kind = own
	}
	kids, err := w.file.Array(dict["Kids"])
	if err != nil {
		return err
	}
	fields, widgets, err := w.sort(kids)
	if err != nil {
		return err
	}
	if len(fields) > 0 {
		w.form.parents = append(w.form.parents, ref)
		return w.kids(fields, kind, name, level+1)
	}
	if len(kids) == 0 {
		widgets = []widget{{ref, dict}}
	}
	f := &field{kind: kind, ref: ref, dict: dict, name: name, widgets: widgets}
	value, err := w.file.Resolve(dict["V"])
	if err != nil {
		return err
	}
	if value != nil {
		f.value = dict["V"]
	}
	w.form.fields = append(w.form.fields, f)
	if kind == pdf.Name("Sig") {
		w.form.signatures = append(w.form.signatures, f)
	}
	return nil
}

// sort tells the fields among kids from those that are only widgets.
func (w *walk) sort(kids pdf.Array) (fields pdf.Array, widgets []widget, err error) {
	for _, kid := range kids {
		dict, err := w.file.Dict(kid)
		if err != nil {
			return nil, nil, err
		}
		if dict == nil {
			continue
		}
		if _, named := dict["T"]; named {
			fields = append(fields, kid)
			continue
		}
		ref, _ := kid.(pdf.Ref)
		widgets = append(widgets, widget{ref, dict})
	}
	return fields, widgets, nil
}

func (w *walk) name(dict pdf.Dict) (string, error) {
	o, err := w.file.Resolve(dict["T"])
	s, _ := o.(pdf.String)
	return plain(s.Bytes), err
}

// plain reads a text string, UTF-16 or bytes.
func plain(b []byte) string {
	if len(b) < 2 || b[0] != 0xfe || b[1] != 0xff {
		return string(b)
	}
	return decode16(b[2:])
}
