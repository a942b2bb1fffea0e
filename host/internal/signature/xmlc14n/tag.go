package xmlc14n

import (
	"strings"
)

// attribute is one as it is written.
type attribute struct{ prefix, local, value string }

// name reads a name with at most one colon.
func (p *parser) name() (prefix, local string, err error) {
	rest := p.s[p.pos:]
	n := nameEnd(rest)
	local = rest[:n]
	if n > 0 && strings.HasPrefix(rest[n:], ":") {
		more := nameEnd(rest[n+1:])
		prefix, local = local, rest[n+1:n+1+more]
		n += 1 + more
	}
	if local == "" {
		return "", "", refuse("name")
	}
	p.pos += n
	return prefix, local, nil
}

func (p *parser) space() (any bool) {
	for p.pos < len(p.s) && isSpace(p.s[p.pos]) {
		p.pos++
		any = true
	}
	return any
}

func (p *parser) take(token string) bool {
	if !strings.HasPrefix(p.s[p.pos:], token) {
		return false
	}
	p.pos += len(token)
	return true
}

// startTag reads one; open becomes the new element unless that is empty.
func (p *parser) startTag(open **Element) (Node, error) {
	e := &Element{Parent: *open, Start: p.pos}
	p.pos++
	var err error
	if e.Prefix, e.Local, err = p.name(); err != nil {
		return nil, err
	}
	var written []attribute
	for {
		apart := p.space()
		empty := p.take("/>")
		if empty || p.take(">") {
			if err := p.resolve(e, written); err != nil {
				return nil, err
			}
			e.ContentStart = p.pos
			if empty {
				e.ContentEnd, e.End = p.pos, p.pos
				p.restore()
				return e, nil
			}
			if p.depth++; p.depth > maxDepth {
				return nil, refuse("too deep")
			}
			*open = e
			return e, nil
		}
		if !apart {
			return nil, refuse("tag")
		}
		a, err := p.attribute()
		if err != nil {
			return nil, err
		}
		if written = append(written, a); p.nodes+len(written) > maxNodes {
			return nil, refuse("too many nodes")
		}
	}
}

func (p *parser) attribute() (a attribute, err error) {
	if a.prefix, a.local, err = p.name(); err != nil {
		return a, err
	}
	p.space()
	if !p.take("=") {
		return a, refuse("attribute")
	}
	p.space()
	quote := `"`
	if !strings.HasPrefix(p.s[p.pos:], quote) {
		quote = "'"
	}
	if !p.take(quote) {
		return a, refuse("attribute")
	}
	value, err := p.until(0, quote)
	if err != nil {
		return a, err
	}
	if strings.Contains(value, "<") {
		return a, refuse("attribute")
	}
	a.value, err = decode(value, true)
	return a, err
}

func (p *parser) endTag(open **Element) error {
	e := *open
	at := p.pos
	p.pos += len("</")
	prefix, local, err := p.name()
	if err != nil {
		return err
	}
	p.space()
	if e == nil || prefix != e.Prefix || local != e.Local || !p.take(">") {
		return refuse("end tag")
	}
	e.ContentEnd, e.End = at, p.pos
	*open = e.Parent
	p.depth--
	p.restore()
	return nil
}

// resolve takes an element's declarations and finds the namespaces of its names.
func (p *parser) resolve(e *Element, written []attribute) error {
	p.nodes += len(written)
	var hid []declaration
	for _, a := range written {
		bound := a.local
		if a.prefix == "" && a.local == "xmlns" {
			bound = ""
		} else if a.prefix != "xmlns" {
			continue
		}
		if err := declarable(bound, a.value); err != nil {
			return err
		}
		for _, d := range e.declared {
			if d.prefix == bound {
				return refuse("attribute twice")
			}
		}
		e.declared = append(e.declared, declaration{bound, a.value})
		hid = append(hid, declaration{bound, p.scope[bound]})
		p.scope[bound] = a.value
		if len(e.declared) > maxDeclarations {
			return refuse("too many namespaces")
		}
	}
	p.hid = append(p.hid, hid)
	return p.names(e, written)
}

// maxDeclarations is how many namespaces an element may declare.
const maxDeclarations = 256

func (p *parser) names(e *Element, written []attribute) error {
	e.Space = p.scope[e.Prefix]
	if e.Prefix != "" && e.Space == "" {
		return refuse("prefix")
	}
	type name struct{ space, local string }
	if len(written) == 0 {
		return nil
	}
	seen := make(map[name]bool, len(written))
	e.Attrs = make([]Attr, 0, len(written)-len(e.declared))
	for _, a := range written {
		if a.prefix == "xmlns" || a.prefix == "" && a.local == "xmlns" {
			continue
		}
		n := name{local: a.local}
		if a.prefix != "" {
			if n.space = p.scope[a.prefix]; n.space == "" {
				return refuse("prefix")
			}
		}
		if seen[n] {
			return refuse("attribute twice")
		}
		seen[n] = true
		e.Attrs = append(e.Attrs, Attr{a.prefix, a.local, n.space, a.value})
	}
	return nil
}

// restore puts back what an element's declarations hid.
func (p *parser) restore() {
	last := len(p.hid) - 1
	for _, d := range p.hid[last] {
		if d.uri == "" {
			delete(p.scope, d.prefix)
		} else {
			p.scope[d.prefix] = d.uri
		}
	}
	p.hid = p.hid[:last]
}

// declarable holds the constraints of Namespaces in XML 1.0 (third edition), and that of
// canonicalisation: a namespace name is absolute.
func declarable(prefix, uri string) error {
	switch {
	case prefix == "xmlns", uri == xmlnsSpace, (prefix == "xml") != (uri == XMLSpace), prefix != "" && uri == "":
		return refuse("namespace")
	case uri == "":
		return nil
	}
	scheme, _, ok := strings.Cut(uri, ":")
	if !ok || scheme == "" || strings.Trim(scheme, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.") != "" ||
		!in(rune(scheme[0]), [][2]rune{{'A', 'Z'}, {'a', 'z'}}) || strings.ContainsAny(uri, " <>\"{}|\\^`\t\r\n") {
		return refuse("relative namespace")
	}
	return nil
}
