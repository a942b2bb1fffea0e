package pades

import (
	"slices"
	"strings"
	"unicode/utf16"

	"raccordo/host/internal/pdf"
)

// What an author may permit (ISO 32000-1, table 254).
const (
	permitNothing = 1
	permitForms   = 2
	permitNotes   = 3
	permitAll     = 4 // no author says anything
)

// lock says which fields a signature fixes (table 256).
type lock struct {
	action pdf.Name // All, Include, Exclude
	fields []string
}

func (l lock) holds(name string) bool {
	named := slices.ContainsFunc(l.fields, func(n string) bool { return n == name || strings.HasPrefix(name, n+".") })
	switch l.action {
	case "All":
		return true
	case "Include":
		return named
	case "Exclude":
		return !named
	}
	return false
}

// readLocks reads what the signatures of the document forbid.
func (f *form) readLocks(file *pdf.File) error {
	permitted := permitAll
	_, catalog, err := file.Catalog()
	if err != nil {
		return err
	}
	permissions, err := file.Dict(catalog["Perms"])
	if err != nil {
		return err
	}
	values := []pdf.Object{permissions["DocMDP"]}
	for _, s := range f.signatures {
		if s.value == nil {
			continue
		}
		values = append(values, s.value)
		// A lock may bar everything (ISO 32000-2, table 236).
		l, err := file.Dict(s.dict["Lock"])
		if err != nil {
			return err
		}
		permitted = min(permitted, permission(l, permitAll))
	}
	for _, value := range values {
		p, locks, err := restrictions(file, value)
		if err != nil {
			return err
		}
		permitted = min(permitted, p)
		f.fixed = append(f.fixed, locks...)
	}
	f.locked, f.certified = permitted == permitNothing, permitted < permitAll
	return nil
}

// restrictions reads the transforms of one signature (table 253).
func restrictions(file *pdf.File, value pdf.Object) (permitted int, locks []lock, err error) {
	permitted = permitAll
	dict, err := file.Dict(value)
	if err != nil {
		return 0, nil, err
	}
	references, err := file.Array(dict["Reference"])
	if err != nil {
		return 0, nil, err
	}
	for _, item := range references {
		reference, err := file.Dict(item)
		if err != nil {
			return 0, nil, err
		}
		params, err := file.Dict(reference["TransformParams"])
		if err != nil {
			return 0, nil, err
		}
		switch reference["TransformMethod"] {
		case pdf.Name("DocMDP"):
			permitted = min(permitted, permission(params, permitForms))
		case pdf.Name("FieldMDP"):
			l, err := readLock(file, params)
			if err != nil {
				return 0, nil, err
			}
			locks = append(locks, l)
			permitted = min(permitted, permission(params, permitAll))
		}
	}
	return permitted, locks, nil
}

// permission reads /P; what is no permission is taken for the narrowest one.
func permission(params pdf.Dict, otherwise int) int {
	p, told := params["P"]
	if !told {
		return otherwise
	}
	if n, ok := p.(pdf.Integer); ok && n >= permitNothing && n <= permitNotes {
		return int(n)
	}
	return permitNothing
}

func readLock(file *pdf.File, d pdf.Dict) (l lock, err error) {
	l.action, _ = d["Action"].(pdf.Name)
	names, err := file.Array(d["Fields"])
	for _, name := range names {
		if s, ok := name.(pdf.String); ok {
			l.fields = append(l.fields, plain(s.Bytes))
		}
	}
	return l, err
}

func decode16(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	return string(utf16.Decode(units))
}
