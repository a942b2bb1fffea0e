package xmldsig

import (
	"bytes"
	"context"
	"crypto"
	"crypto/subtle"
	"encoding/base64"
	"io"
	"strings"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/signature/xmlc14n"
)

const (
	xpath   = "http://www.w3.org/TR/1999/REC-xpath-19991116"
	filter2 = "http://www.w3.org/2002/06/xmldsig-filter2"
	decode  = Space + "base64"
)

// transforms are a reference's, in their order: first what leaves signatures
// out, then one that makes bytes of what is left.
type transforms struct {
	enveloped bool // this signature is left out
	leaves    bool // all signatures are
	base64    bool
	method    *xmlc14n.Method // nil: none is named
}

func readTransforms(list *xmlc14n.Element) (t transforms, err error) {
	if list == nil {
		return t, nil
	}
	for e := range list.Elements() {
		if !e.Is(Space, "Transform") || t.base64 || t.method != nil {
			return t, unsupported("transform")
		}
		switch uri := e.Attr("Algorithm"); uri {
		case Enveloped:
			t.enveloped = true
		case xpath, filter2:
			if !leavesSignatures(e, uri) {
				return t, unsupported("transform")
			}
			t.leaves = true
		case decode:
			t.base64 = true
		default:
			m, err := Canonicalisation(e)
			if err != nil {
				return t, err
			}
			t.method = &m
		}
	}
	return t, nil
}

// Canonicalisation reads a CanonicalizationMethod or a Transform; none is
// Canonical XML 1.0.
func Canonicalisation(e *xmlc14n.Element) (xmlc14n.Method, error) {
	if e == nil {
		return xmlc14n.Method{}, nil
	}
	m, ok := xmlc14n.MethodOf(e.Attr("Algorithm"))
	if !ok {
		return m, unsupported("canonicalisation")
	}
	if inclusive := e.Child(ExcC14N, "InclusiveNamespaces"); inclusive != nil && m.Exclusive {
		for _, prefix := range strings.Fields(inclusive.Attr("PrefixList")) {
			if prefix == "#default" {
				prefix = ""
			}
			m.Prefixes = append(m.Prefixes, prefix)
		}
	}
	return m, nil
}

// leavesSignatures tells whether an XPath transform is one of those that leave out all
// signatures, and nothing else.
func leavesSignatures(e *xmlc14n.Element, uri string) bool {
	space, begin, end := Space, "not(ancestor-or-self::", ")"
	if uri == filter2 {
		space, begin, end = filter2, "/descendant::", ""
	}
	x := e.Child(space, "XPath")
	if x == nil || uri == filter2 && x.Attr("Filter") != "subtract" {
		return false
	}
	text := strings.Join(strings.Fields(x.Content()), "")
	if uri == filter2 {
		text = strings.Replace(text, "//", begin, 1)
	}
	name, ok := strings.CutPrefix(text, begin)
	if !ok {
		return false
	}
	if name, ok = strings.CutSuffix(name, end); !ok {
		return false
	}
	prefix, local, ok := strings.Cut(name, ":")
	return ok && local == "Signature" && prefix != "" && x.Lookup(prefix) == Space
}

// Covers tells whether something put at the end of an element would change
// what a reference signs.
func (s *Signature) Covers(r Read, end *xmlc14n.Element) bool {
	switch {
	case r.External:
		return false
	case r.Target != nil && !end.Within(r.Target):
		return false
	}
	for e := end; e != nil; e = e.Parent {
		if s.without(r, e) {
			return false
		}
		if e == r.Target {
			break
		}
	}
	return true
}

// without tells what a reference's transforms leave out.
func (s *Signature) without(r Read, e *xmlc14n.Element) bool {
	return r.steps.enveloped && e == s.Element || r.steps.leaves && e.Is(Space, "Signature")
}

// Check computes a reference's digest; external gives what is outside the document.
func (s *Signature) Check(ctx context.Context, r Read, external signature.Source) error {
	if r.hash == crypto.SHA1 {
		return cms.ErrWeak
	}
	sum := r.hash.New()
	var err error
	if r.External {
		err = outside(ctx, sum, r, external)
	} else {
		err = s.inside(sum, r)
	}
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(sum.Sum(nil), r.digest) != 1 {
		return cms.ErrChanged
	}
	return nil
}

func outside(ctx context.Context, w io.Writer, r Read, external signature.Source) error {
	if r.steps.base64 {
		return unsupported("transform")
	}
	if r.steps.method == nil && !r.steps.leaves {
		return cms.Copy(ctx, w, external)
	}
	d, err := xmlc14n.Read(external)
	if err != nil {
		return err
	}
	return d.Canonical(w, method(r, true), xmlc14n.Selection{Without: func(e *xmlc14n.Element) bool {
		return r.steps.leaves && e.Is(Space, "Signature")
	}})
}

func (s *Signature) inside(w io.Writer, r Read) error {
	selection := xmlc14n.Selection{Apex: r.Target, Without: func(e *xmlc14n.Element) bool { return s.without(r, e) }}
	if !r.steps.base64 {
		return s.Document.Canonical(w, method(r, false), selection)
	}
	var text bytes.Buffer
	if r.Target == nil || r.steps.enveloped || r.steps.leaves {
		return unsupported("transform")
	}
	for e := range r.Target.All() {
		text.WriteString(e.Content())
	}
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text.String()), ""))
	if err != nil {
		return malformed("base64")
	}
	_, err = w.Write(raw)
	return err
}

// method is a reference's canonicalisation. What a same-document reference selects has no
// comments (XML Signature 1.1, section 4.4.3.3).
func method(r Read, comments bool) xmlc14n.Method {
	var m xmlc14n.Method
	if r.steps.method != nil {
		m = *r.steps.method
	}
	m.Comments = m.Comments && comments
	return m
}
