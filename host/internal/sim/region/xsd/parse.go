// Package xsd reads a SOAP request into a small tree and checks it against a
// schema written as Go data, as strictly as XML Schema 1.0 does for the subset
// that the Sistema TS services use: sequences of elements with occurrences, and
// strings with lengths and patterns. It never fetches, never expands an entity
// and refuses every document type declaration. Messages follow Xerces' wording
// (cvc-…), because that is what the ministry's gateway answers.
package xsd

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits of a request: far above what a prescription needs, far below what
// would hurt.
const (
	MaxDepth    = 16
	MaxElements = 4096
)

// ErrDoctype is the refusal of a DTD, where entity bombs live.
var ErrDoctype = errors.New("DOCTYPE is disallowed")

// Node is one element: its name, its attributes that are not namespace
// declarations, its child elements and its own character data.
type Node struct {
	Name     xml.Name
	Attrs    []xml.Attr
	Children []*Node
	Text     string
}

// Child returns the first child of that local name, or nil.
func (n *Node) Child(local string) *Node {
	for _, c := range n.Children {
		if c.Name.Local == local {
			return c
		}
	}
	return nil
}

// Value is the text of the first child of that local name, "" when absent.
func (n *Node) Value(local string) string {
	if c := n.Child(local); c != nil {
		return c.Text
	}
	return ""
}

// Parse reads one document. Encodings: UTF-8 and ISO-8859-1 (the two that the
// specification names, section 3).
func Parse(body []byte) (*Node, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = charset
	p := parser{}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := p.take(token); err != nil {
			return nil, err
		}
	}
	if p.root == nil {
		return nil, errors.New("premature end of file")
	}
	return p.root, nil
}

type parser struct {
	root     *Node
	open     []*Node
	scopes   [][]string // namespaces declared by each open element
	text     [][]byte   // character data of each open element
	elements int
}

func (p *parser) take(token xml.Token) error {
	switch t := token.(type) {
	case xml.Directive:
		return ErrDoctype
	case xml.ProcInst:
		if t.Target != "xml" || p.root != nil {
			return fmt.Errorf("processing instruction %q is not allowed", t.Target)
		}
	case xml.StartElement:
		return p.start(t)
	case xml.EndElement:
		last := len(p.open) - 1
		p.open[last].Text = string(p.text[last])
		p.open, p.scopes, p.text = p.open[:last], p.scopes[:last], p.text[:last]
	case xml.CharData:
		if len(p.open) > 0 {
			last := len(p.open) - 1
			p.text[last] = append(p.text[last], t...)
		} else if len(bytes.TrimSpace(bytes.TrimPrefix(t, []byte("\ufeff")))) > 0 {
			return errors.New("content is not allowed outside the root element")
		}
	}
	return nil
}

func (p *parser) start(t xml.StartElement) error {
	p.elements++
	switch {
	case len(p.open) >= MaxDepth:
		return fmt.Errorf("elements nested deeper than %d", MaxDepth)
	case p.elements > MaxElements:
		return fmt.Errorf("more than %d elements", MaxElements)
	case len(p.open) == 0 && p.root != nil:
		return errors.New("the markup following the root element must be well-formed")
	}
	n := &Node{Name: t.Name}
	declared, err := p.attributes(n, t.Attr)
	if err != nil {
		return err
	}
	p.scopes = append(p.scopes, declared)
	if !p.bound(n.Name) {
		return fmt.Errorf("the prefix %q for element %q is not bound", n.Name.Space, n.Name.Local)
	}
	for _, a := range n.Attrs {
		if !p.bound(a.Name) {
			return fmt.Errorf("the prefix %q for attribute %q is not bound", a.Name.Space, a.Name.Local)
		}
	}
	if len(p.open) == 0 {
		p.root = n
	} else {
		parent := p.open[len(p.open)-1]
		parent.Children = append(parent.Children, n)
	}
	p.open, p.text = append(p.open, n), append(p.text, nil)
	return nil
}

// attributes parts namespace declarations from attributes and refuses the
// duplicates that encoding/xml lets through.
func (p *parser) attributes(n *Node, attrs []xml.Attr) (declared []string, err error) {
	seen := map[xml.Name]bool{}
	for _, a := range attrs {
		if seen[a.Name] {
			return nil, fmt.Errorf("attribute %q was already specified for element %q", a.Name.Local, n.Name.Local)
		}
		seen[a.Name] = true
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			declared = append(declared, a.Value)
			continue
		}
		n.Attrs = append(n.Attrs, a)
	}
	return declared, nil
}

// bound tells whether a name's namespace was declared: encoding/xml leaves the
// bare prefix in place of the namespace when it was not.
func (p *parser) bound(name xml.Name) bool {
	const xmlNamespace = "http://www.w3.org/XML/1998/namespace"
	if name.Space == "" || name.Space == xmlNamespace {
		return !strings.Contains(name.Local, ":")
	}
	for _, scope := range p.scopes {
		for _, uri := range scope {
			if uri == name.Space {
				return true
			}
		}
	}
	return false
}

func charset(label string, r io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-8", "us-ascii":
		return r, nil
	case "iso-8859-1", "latin1":
		raw, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		runes := make([]rune, len(raw))
		for i, b := range raw {
			runes[i] = rune(b)
		}
		return strings.NewReader(string(runes)), nil
	}
	return nil, fmt.Errorf("invalid encoding name %q", label)
}
