package xmlc14n

import (
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// MaxSize is the largest document, in bytes: XML is held in memory.
const MaxSize = 16 << 20

const mark = "\xef\xbb\xbf" // byte order mark

// charset is how a document's bytes are its text.
type charset struct {
	single *charmap.Charmap // nil: UTF-8
	skip   int64            // byte order mark
}

var charsets = map[string]*charmap.Charmap{
	"utf-8": nil, "us-ascii": nil,
	"iso-8859-1": charmap.ISO8859_1, "iso-8859-15": charmap.ISO8859_15, "windows-1252": charmap.Windows1252,
}

func (c *charset) offset(text string, place int) int64 {
	if c.single != nil {
		return int64(utf8.RuneCountInString(text[:place]))
	}
	return c.skip + int64(place)
}

func (c *charset) encode(text string) (string, error) {
	if c.single == nil {
		return text, nil
	}
	return c.single.NewEncoder().String(text)
}

// Read reads a document. Its error is a *signature.Error with the code
// document.xml_refused or document.too_large, or the source's own.
func Read(src signature.Source) (*Document, error) {
	raw, err := Load(src)
	if err != nil {
		return nil, err
	}
	return Parse(raw)
}

// Load takes a document's bytes into memory.
func Load(src signature.Source) ([]byte, error) {
	if src.Size() > MaxSize {
		return nil, &signature.Error{Code: wire.ErrDocLarge, Detail: "xml"}
	}
	raw := make([]byte, src.Size())
	_, err := io.ReadFull(io.NewSectionReader(src, 0, src.Size()), raw)
	return raw, err
}

// Parse is Read of what is in memory already.
func Parse(raw []byte) (*Document, error) {
	if len(raw) > MaxSize {
		return nil, &signature.Error{Code: wire.ErrDocLarge, Detail: "xml"}
	}
	text := string(raw)
	c := &charset{}
	if strings.HasPrefix(text, mark) {
		text, c.skip = text[len(mark):], int64(len(mark))
	}
	p := &parser{s: text}
	name, err := p.declaration()
	if err != nil {
		return nil, err
	}
	if name = strings.ToLower(name); name == "" {
		name = "utf-8"
	}
	single, known := charsets[name]
	if !known || c.skip > 0 && name != "utf-8" {
		return nil, refuse("encoding")
	}
	if c.single = single; single != nil {
		if text, err = single.NewDecoder().String(text); err != nil {
			return nil, refuse("encoding")
		}
		p.s = text // the declaration is ASCII: what was read of it stays where it is
	}
	if name == "us-ascii" && strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return nil, refuse("encoding")
	}
	if fault := illegal(text); fault != "" {
		return nil, refuse(fault)
	}
	d := &Document{Text: text, charset: c, ids: map[string]*Element{}}
	if err := p.document(d); err != nil {
		return nil, err
	}
	return d, d.index()
}

// utilitySpace is the namespace of wsu:Id.
const utilitySpace = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"

// index finds the identifiers. Without a schema their names tell them: Id, ID,
// xml:id and wsu:Id must not occur twice; an id in small letters is often
// something else, and if it is there twice it names nothing.
func (d *Document) index() error {
	strict := map[string]bool{}
	for e := range d.Root.All() {
		for _, a := range e.Attrs {
			sure, is := identifier(a)
			if !is {
				continue
			}
			_, twice := d.ids[a.Value]
			switch {
			case !twice:
				d.ids[a.Value] = e
			case sure && strict[a.Value]:
				return refuse("id twice")
			default:
				d.ids[a.Value] = nil
			}
			strict[a.Value] = strict[a.Value] || sure
		}
	}
	return nil
}

func identifier(a Attr) (sure, is bool) {
	switch a.Space {
	case "":
		return a.Local == "Id" || a.Local == "ID", strings.EqualFold(a.Local, "id")
	case XMLSpace:
		return true, a.Local == "id"
	case utilitySpace:
		return true, a.Local == "Id"
	}
	return false, false
}
