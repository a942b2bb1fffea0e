package pades

import (
	"fmt"
	"slices"

	"raccordo/host/internal/pdf"
)

// judge decides what a change of an object does to a signature before it.
type judge struct {
	old, now  *pdf.File
	roles     *roles
	locks     []lock
	permitted int
}

func modified(what string) error { return fmt.Errorf("%w: %s", ErrModified, what) }

// What may differ in an object of a kind, without a word about what it says.
var (
	pageKeys    = []pdf.Name{"Annots", "Tabs", "LastModified"}
	looseKeys   = []pdf.Name{"AcroForm", "DSS", "Extensions", "Version", "Metadata"}
	fixedKeys   = []pdf.Name{"Pages", "OCProperties", "OpenAction", "AA", "Names", "Dests", "Type"}
	formKeys    = []pdf.Name{"Fields", "SigFlags", "DR", "DA", "NeedAppearances"}
	signingKeys = []pdf.Name{"V", "AP", "AS", "F", "M", "MK", "DA", "Lock"}
	fillingKeys = []pdf.Name{"V", "AP", "AS", "F", "M", "MK", "DA", "I", "RV"}
)

// object judges one that is not what it was.
func (j *judge) object(number int64, before, after pdf.Object) (growth, error) {
	as := j.roles.of[number]
	was, _ := before.(pdf.Dict)
	is, _ := after.(pdf.Dict)
	if as == rolePage && is != nil {
		return j.page(was, is)
	}
	if j.roles.shown[number] {
		return other, modified("what is shown")
	}
	switch as {
	case roleRoot:
		return j.root(was, is)
	case roleForm:
		return j.form(was, is)
	case roleList:
		return j.fields(before, after)
	case roleNotes:
		return j.notes(before, after)
	case roleField:
		return j.field(j.roles.fields[number], was, is)
	case roleLook:
		return written, nil
	case roleProof, roleAbout:
		if after == nil {
			return other, nil
		}
		return proven, nil
	case roleNote:
		return noted, nil
	}
	if s, ok := before.(*pdf.Stream); ok && s.Dict["Type"] == pdf.Name("XRef") {
		return same, nil // nothing refers to it
	} else if ok && s.Dict["Type"] == pdf.Name("ObjStm") {
		return other, modified("an object stream")
	}
	return other, nil
}

// differing are the keys whose values are not what they were.
func differing(was, is pdf.Dict) []pdf.Name {
	var keys []pdf.Name
	for key, o := range was {
		if !pdf.Equal(o, is[key]) {
			keys = append(keys, key)
		}
	}
	for key := range is {
		if _, ok := was[key]; !ok {
			keys = append(keys, key)
		}
	}
	return keys
}

func (j *judge) root(was, is pdf.Dict) (growth, error) {
	if is == nil {
		return other, modified("the catalog")
	}
	total := proven
	for _, key := range differing(was, is) {
		switch {
		case slices.Contains(fixedKeys, key):
			return other, modified("the catalog")
		case key == "AcroForm":
			before, err := j.old.Dict(was[key])
			if err != nil {
				return other, err
			}
			after, err := j.now.Dict(is[key])
			if err != nil {
				return other, err
			}
			g, err := j.form(before, after)
			if err != nil {
				return other, err
			}
			total = max(total, g)
		case !slices.Contains(looseKeys, key):
			total = other
		}
	}
	return total, nil
}

func (j *judge) form(was, is pdf.Dict) (growth, error) {
	if is == nil {
		return other, modified("the form")
	}
	total := proven
	for _, key := range differing(was, is) {
		switch {
		case key == "Fields":
			g, err := j.fields(was[key], is[key])
			if err != nil {
				return other, err
			}
			total = max(total, g)
		case key == "XFA":
			return other, modified("the form")
		case !slices.Contains(formKeys, key):
			total = other
		}
	}
	return total, nil
}

// fields judges a list of fields that was added to.
func (j *judge) fields(before, after pdf.Object) (growth, error) {
	return j.longer(before, after, func(item pdf.Object) (growth, error) {
		d, err := j.now.Dict(item)
		if err != nil {
			return other, err
		}
		return j.widget(d)
	})
}

// notes judges a list of annotations that was added to.
func (j *judge) notes(before, after pdf.Object) (growth, error) {
	return j.longer(before, after, func(item pdf.Object) (growth, error) {
		d, err := j.now.Dict(item)
		if err != nil {
			return other, err
		}
		if d["Subtype"] == pdf.Name("Widget") {
			return j.widget(d)
		}
		return noted, nil
	})
}

// longer judges a list: what was in it has to be in it still.
func (j *judge) longer(before, after pdf.Object, added func(pdf.Object) (growth, error)) (growth, error) {
	was, err := j.old.Array(before)
	if err != nil {
		return other, err
	}
	is, err := j.now.Array(after)
	if err != nil {
		return other, err
	}
	total := same
	for _, item := range is {
		if len(was) > 0 && pdf.Equal(item, was[0]) {
			was = was[1:]
			continue
		}
		g, err := added(item)
		if err != nil {
			return other, err
		}
		total = max(total, g)
	}
	if len(was) > 0 {
		return other, modified("something was taken away")
	}
	return total, nil
}

// widget judges a new field or its widget.
func (j *judge) widget(d pdf.Dict) (growth, error) {
	kind, value := d["FT"], d["V"]
	for parent := d["Parent"]; kind == nil && parent != nil; {
		above, err := j.now.Dict(parent)
		if err != nil || above == nil {
			return other, err
		}
		kind, value = above["FT"], above["V"]
		if kind == nil {
			return other, nil
		}
	}
	if kind != pdf.Name("Sig") {
		if j.permitted < permitAll {
			return other, modified("a field was added")
		}
		return other, nil
	}
	return j.signing(value)
}

// signing tells a time-stamp of the document from a signature.
func (j *judge) signing(value pdf.Object) (growth, error) {
	d, err := j.now.Dict(value)
	if err == nil && d["SubFilter"] == pdf.Name("ETSI.RFC3161") {
		return proven, nil
	}
	return signed, err
}

func (j *judge) page(was, is pdf.Dict) (growth, error) {
	total := same
	for _, key := range differing(was, is) {
		if !slices.Contains(pageKeys, key) {
			return other, modified("a page")
		}
		if key == "Annots" {
			g, err := j.notes(was[key], is[key])
			if err != nil {
				return other, err
			}
			total = max(total, g)
		}
	}
	return total, nil
}

// field judges one that was there: filled in, or signed.
func (j *judge) field(f *field, was, is pdf.Dict) (growth, error) {
	if f == nil { // one with others below it
		return other, nil
	}
	if is == nil || f.kind == pdf.Name("Sig") && f.value != nil {
		return other, modified("a signature or a field")
	}
	if slices.ContainsFunc(j.locks, func(l lock) bool { return l.holds(f.name) }) {
		return other, modified("a field that the signature fixes")
	}
	may, g := fillingKeys, written
	if f.kind == pdf.Name("Sig") {
		may, g = signingKeys, signed
		if v, ok := is["V"]; ok {
			var err error
			if g, err = j.signing(v); err != nil {
				return other, err
			}
		}
	}
	for _, key := range differing(was, is) {
		if !slices.Contains(may, key) {
			return other, modified("a field")
		}
	}
	return g, nil
}
