package xmlc14n

import (
	"bufio"
	"cmp"
	"io"
	"slices"
	"strings"
)

// Method is a canonicalisation.
type Method struct {
	Exclusive bool
	V11       bool // Canonical XML 1.1
	Comments  bool
	Prefixes  []string // exclusive: those treated as inclusively; the empty one is the default namespace
}

// Exclusive is Exclusive XML Canonicalization 1.0 without comments.
var Exclusive = Method{Exclusive: true}

const (
	inclusive10 = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	inclusive11 = "http://www.w3.org/2006/12/xml-c14n11"
	exclusive10 = "http://www.w3.org/2001/10/xml-exc-c14n"
)

// MethodOf is the one that an algorithm's identifier names.
func MethodOf(algorithm string) (m Method, ok bool) {
	switch algorithm {
	case inclusive10:
		return Method{}, true
	case inclusive10 + "#WithComments":
		return Method{Comments: true}, true
	case inclusive11:
		return Method{V11: true}, true
	case inclusive11 + "#WithComments":
		return Method{V11: true, Comments: true}, true
	case exclusive10 + "#":
		return Method{Exclusive: true}, true
	case exclusive10 + "#WithComments":
		return Method{Exclusive: true, Comments: true}, true
	}
	return Method{}, false
}

// Selection is what of a document is written.
type Selection struct {
	Apex    *Element            // with all under it; nil: the whole document
	Without func(*Element) bool // of these nothing; may be nil
}

// Canonical writes the canonical form, UTF-8.
func (d *Document) Canonical(w io.Writer, m Method, s Selection) error {
	c := &canon{w: bufio.NewWriter(w), m: m, rendered: map[string]string{}, without: s.Without}
	if s.Apex != nil {
		if err := c.element(s.Apex, true); err != nil {
			return err
		}
		return c.w.Flush()
	}
	for _, n := range d.before {
		if c.other(n) {
			c.w.WriteByte('\n')
		}
	}
	if err := c.element(d.Root, true); err != nil {
		return err
	}
	for _, n := range d.after {
		if _, ok := n.(Comment); ok && !m.Comments {
			continue
		}
		c.w.WriteByte('\n')
		c.other(n)
	}
	return c.w.Flush()
}

// canon writes one document; bufio keeps the first error until Flush.
type canon struct {
	w        *bufio.Writer
	m        Method
	rendered map[string]string // namespace declarations in force in the output
	without  func(*Element) bool
}

// other writes a comment or an instruction, and tells whether it did.
func (c *canon) other(n Node) bool {
	switch n := n.(type) {
	case Comment:
		if !c.m.Comments {
			return false
		}
		c.w.WriteString("<!--" + string(n) + "-->")
	case *Instruction:
		c.w.WriteString("<?" + n.Target)
		if n.Data != "" {
			c.w.WriteByte(' ')
			c.w.WriteString(n.Data)
		}
		c.w.WriteString("?>")
	}
	return true
}

func (c *canon) element(e *Element, apex bool) error {
	if c.without != nil && c.without(e) {
		return nil
	}
	attrs, err := c.attributes(e, apex)
	if err != nil {
		return err
	}
	name := e.Name()
	c.w.WriteString("<" + name)
	hid := c.namespaces(e, apex)
	for _, a := range attrs {
		c.w.WriteByte(' ')
		if a.Prefix != "" {
			c.w.WriteString(a.Prefix + ":")
		}
		c.w.WriteString(a.Local + `="`)
		escape(c.w, a.Value, attrEscapes)
		c.w.WriteByte('"')
	}
	c.w.WriteByte('>')
	for _, n := range e.Children {
		switch n := n.(type) {
		case *Element:
			if err := c.element(n, false); err != nil {
				return err
			}
		case Text:
			escape(c.w, string(n), textEscapes)
		default:
			c.other(n)
		}
	}
	c.w.WriteString("</" + name + ">")
	for _, d := range hid {
		c.rendered[d.prefix] = d.uri
	}
	return nil
}

// namespaces writes the declarations that e needs, and returns what they hide.
func (c *canon) namespaces(e *Element, apex bool) (hid []declaration) {
	for _, d := range c.needed(e, apex) {
		if d.prefix == "xml" || c.rendered[d.prefix] == d.uri {
			continue
		}
		hid = append(hid, declaration{d.prefix, c.rendered[d.prefix]})
		c.rendered[d.prefix] = d.uri
		c.w.WriteString(" xmlns")
		if d.prefix != "" {
			c.w.WriteString(":" + d.prefix)
		}
		c.w.WriteString(`="`)
		escape(c.w, d.uri, attrEscapes)
		c.w.WriteByte('"')
	}
	return hid
}

// needed are the declarations that e must have in force, sorted by prefix.
func (c *canon) needed(e *Element, apex bool) []declaration {
	in := e.declared
	if apex {
		in = inScope(e)
	}
	if c.m.Exclusive {
		all := in
		in = []declaration{{e.Prefix, e.Space}}
		for _, a := range e.Attrs {
			if a.Prefix != "" {
				in = append(in, declaration{a.Prefix, a.Space})
			}
		}
		for _, d := range all {
			if slices.Contains(c.m.Prefixes, d.prefix) {
				in = append(in, d)
			}
		}
	}
	if len(in) > 1 {
		in = slices.Clone(in)
		slices.SortFunc(in, func(a, b declaration) int { return strings.Compare(a.prefix, b.prefix) })
	}
	return in
}

// inScope are the namespaces in force at e.
func inScope(e *Element) []declaration {
	var all []declaration
	seen := map[string]bool{}
	for ; e != nil; e = e.Parent {
		for _, d := range e.declared {
			if !seen[d.prefix] {
				seen[d.prefix] = true
				all = append(all, d)
			}
		}
	}
	return all
}

// attributes are e's in their order. Inclusively an apex has the xml: attributes of
// its ancestors too; in version 1.1 only lang and space are inherited.
func (c *canon) attributes(e *Element, apex bool) ([]Attr, error) {
	attrs := slices.Clone(e.Attrs)
	if apex && !c.m.Exclusive {
		for up := e.Parent; up != nil; up = up.Parent {
			for _, a := range up.Attrs {
				if a.Space != XMLSpace || slices.ContainsFunc(attrs, func(b Attr) bool { return b.Space == a.Space && b.Local == a.Local }) {
					continue
				}
				if c.m.V11 && a.Local == "base" {
					return nil, refuse("xml:base")
				}
				if !c.m.V11 || a.Local == "lang" || a.Local == "space" {
					attrs = append(attrs, a)
				}
			}
		}
	}
	slices.SortFunc(attrs, func(a, b Attr) int {
		return cmp.Or(strings.Compare(a.Space, b.Space), strings.Compare(a.Local, b.Local))
	})
	return attrs, nil
}
