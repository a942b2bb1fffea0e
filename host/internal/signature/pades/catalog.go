package pades

import (
	"maps"

	"raccordo/host/internal/pdf"
)

// catalog enters a field into the form, and the form and what PAdES adds to PDF into
// the catalog. Nothing is rewritten that stays the same.
func (r *revision) catalog(added *pdf.Ref) error {
	root, old, err := r.file.Catalog()
	if err != nil {
		return err
	}
	catalog := maps.Clone(old)
	if err := r.enter(catalog, added); err != nil {
		return err
	}
	if err := r.extensions(catalog); err != nil {
		return err
	}
	if !pdf.Equal(old, catalog) {
		r.update.Put(root, catalog)
	}
	return nil
}

// enter changes the form, in the catalog or in its own object.
func (r *revision) enter(catalog pdf.Dict, added *pdf.Ref) error {
	dict := maps.Clone(r.form.dict)
	if dict == nil {
		dict = pdf.Dict{}
	}
	flags, _ := dict["SigFlags"].(pdf.Integer)
	dict["SigFlags"] = flags | signaturesExist | appendOnly
	if added != nil {
		fields, err := r.file.Array(dict["Fields"])
		if err != nil {
			return err
		}
		longer := append(fields[:len(fields):len(fields)], *added)
		if at, ok := dict["Fields"].(pdf.Ref); ok && fields != nil {
			r.update.Put(at, longer)
		} else {
			dict["Fields"] = longer
		}
	}
	at, own := catalog["AcroForm"].(pdf.Ref)
	switch {
	case own && r.form.dict != nil:
		if !pdf.Equal(r.form.dict, dict) {
			r.update.Put(at, dict)
		}
	case r.form.dict != nil:
		catalog["AcroForm"] = dict
	default:
		catalog["AcroForm"] = r.update.Add(dict)
	}
	return nil
}

// extensions names what ETSI added to PDF 1.7 (section 7.12); PDF 2.0 has it.
func (r *revision) extensions(catalog pdf.Dict) error {
	version := r.file.Version()
	if v, ok := catalog["Version"].(pdf.Name); ok && string(v) > version {
		version = string(v)
	}
	old, err := r.file.Dict(catalog["Extensions"])
	if err != nil || version >= "2.0" || old["ESIC"] != nil {
		return err
	}
	dict := pdf.Dict{}
	maps.Copy(dict, old)
	dict["ESIC"] = pdf.Dict{"BaseVersion": pdf.Name("1.7"), "ExtensionLevel": pdf.Integer(2)}
	catalog["Extensions"] = dict
	return nil
}
