// Package xmlc14n reads XML that is to be signed or verified, and writes it in
// canonical form.
//
// Reading is strict and closed: XML 1.0 (fifth edition) with namespaces, well-formed to the
// letter. What could make two readers see two documents, or make
// one reader work for ever, is refused: DTDs and thus entities, external ones
// included, ids that occur twice, relative namespace names, deep nesting, more
// than 16 MiB. Every element knows where it stands in the text, so that a signature is
// put into a document without writing the rest of it anew.
//
// The package has a reader and a canonicaliser of its own because the Go ones
// differ from the standard where signatures break: encoding/xml keeps line
// breaks in attribute values and takes attributes twice, goxmldsig sorts attributes
// by name before namespace, adds empty xmlns and drops what stands outside the root.
//
// Standards: Canonical XML 1.0 and 1.1, Exclusive XML Canonicalization 1.0.
package xmlc14n

import (
	"iter"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// XMLSpace is the namespace of the prefix xml.
const XMLSpace = "http://www.w3.org/XML/1998/namespace"

const xmlnsSpace = "http://www.w3.org/2000/xmlns/"

// Document is a whole one.
type Document struct {
	Root *Element
	Text string // UTF-8, what the places of elements count in

	before, after []Node // comments and instructions outside the root
	ids           map[string]*Element
	charset       *charset
}

// Node is an *Element, Text, Comment or *Instruction.
type Node interface{ node() }

// Text is character data, as it is meant: without references, with line ends of
// one character.
type Text string

// Comment is one.
type Comment string

// Instruction is a processing instruction.
type Instruction struct{ Target, Data string }

// Element is one, with its name's namespace.
type Element struct {
	Prefix, Local, Space string
	Attrs                []Attr // without namespace declarations
	Parent               *Element
	Children             []Node

	// Places in Document.Text: of the start tag, of what is between the tags, and
	// after the end tag. An empty-element tag has both middle places at its end.
	Start, ContentStart, ContentEnd, End int

	declared []declaration
}

// Attr is an attribute; one without prefix has no namespace.
type Attr struct{ Prefix, Local, Space, Value string }

// declaration binds a prefix; the empty one is the default namespace's.
type declaration struct{ prefix, uri string }

func (*Element) node()     {}
func (Text) node()         {}
func (Comment) node()      {}
func (*Instruction) node() {}

// Is tells the element's name.
func (e *Element) Is(space, local string) bool { return e.Local == local && e.Space == space }

// Attr is the value of an attribute without namespace.
func (e *Element) Attr(local string) string {
	for _, a := range e.Attrs {
		if a.Space == "" && a.Local == local {
			return a.Value
		}
	}
	return ""
}

// Elements are the children that are elements.
func (e *Element) Elements() iter.Seq[*Element] {
	return func(yield func(*Element) bool) {
		for _, n := range e.Children {
			if child, ok := n.(*Element); ok && !yield(child) {
				return
			}
		}
	}
}

// Child is the one child element of that name; nil when there is none or
// more than one.
func (e *Element) Child(space, local string) *Element {
	var found *Element
	for child := range e.Elements() {
		if !child.Is(space, local) {
			continue
		}
		if found != nil {
			return nil
		}
		found = child
	}
	return found
}

// Find follows names of one namespace downwards, each to the one child of that name.
func (e *Element) Find(space string, path ...string) *Element {
	for _, local := range path {
		if e == nil {
			return nil
		}
		e = e.Child(space, local)
	}
	return e
}

// All is e and every element under it, in document order.
func (e *Element) All() iter.Seq[*Element] {
	return func(yield func(*Element) bool) { e.walk(yield) }
}

func (e *Element) walk(yield func(*Element) bool) bool {
	if !yield(e) {
		return false
	}
	for child := range e.Elements() {
		if !child.walk(yield) {
			return false
		}
	}
	return true
}

// Within tells whether e is ancestor or under it.
func (e *Element) Within(ancestor *Element) bool {
	for ; e != nil; e = e.Parent {
		if e == ancestor {
			return true
		}
	}
	return false
}

// Content is the text directly in e.
func (e *Element) Content() string {
	if e == nil {
		return ""
	}
	if len(e.Children) == 1 {
		if t, ok := e.Children[0].(Text); ok {
			return string(t)
		}
	}
	var all []byte
	for _, n := range e.Children {
		if t, ok := n.(Text); ok {
			all = append(all, t...)
		}
	}
	return string(all)
}

// ByID is the one element with that identifier; nil when there is none, or
// when it can not be told which.
func (d *Document) ByID(id string) *Element { return d.ids[id] }

// Lookup is the namespace that a prefix stands for at e; empty: none.
func (e *Element) Lookup(prefix string) string {
	for ; e != nil; e = e.Parent {
		for _, d := range e.declared {
			if d.prefix == prefix {
				return d.uri
			}
		}
	}
	return ""
}

// Offset is where a place of Text is in the document's bytes.
func (d *Document) Offset(place int) int64 { return d.charset.offset(d.Text, place) }

// Encode is text as the document's bytes have it.
func (d *Document) Encode(text string) (string, error) { return d.charset.encode(text) }

// Name is the element's name as it is written.
func (e *Element) Name() string {
	if e.Prefix == "" {
		return e.Local
	}
	return e.Prefix + ":" + e.Local
}

func refuse(detail string) error {
	return &signature.Error{Code: wire.ErrXMLRefused, Detail: detail}
}
