package prepare

import (
	"path"
	"strings"
	"unicode"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// Name is the file name of a signed document: the document's own where the
// signature is within it, else with the ending of the format.
func Name(d wire.SignDocument) string {
	name := Clean(d.Name)
	switch {
	case d.Format == "cades" && signature.Packaging(d.Packaging) == signature.Detached:
		return name + ".p7s"
	case d.Format == "cades" && strings.EqualFold(path.Ext(name), ".p7m"):
		return name // one more signature in the same envelope
	case d.Format == "cades":
		return name + ".p7m"
	case d.Format == "xades" && signature.Packaging(d.Packaging) == signature.Detached:
		return name + ".xades.xml"
	case d.Format == "jws":
		return name + ".jws"
	case d.Format == "asic":
		return name + ".asice"
	}
	return name
}

// Clean makes a name that people can read and a folder can take: without
// folders, control characters, and characters that are not seen or turn the
// direction of reading, with which "fdp.exe" can look like "exe.pdf".
func Clean(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), r == unicode.ReplacementChar,
			r == '\u2028', r == '\u2029', strings.ContainsRune(`<>:"|?*`, r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	if name == "" {
		return "documento"
	}
	return name
}
