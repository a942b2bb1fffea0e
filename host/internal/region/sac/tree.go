package sac

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxDepth and maxNodes bound an answer; the deepest one of the schemas has
// six levels, the longest some hundred elements.
const (
	maxDepth = 32
	maxNodes = 20000
)

// node is one element of an answer. Prefixes are gone: the services choose them
// freely, and VisualizzaPrescritto even makes the common types the default.
type node struct {
	name     xml.Name
	text     []byte
	children []*node
}

// parse reads a whole document. A DTD is refused, entities with it.
func parse(body []byte) (*node, error) { return parseWith(body, bulk) }

// bulk is from which length on a text of base64 is taken out of the decoder's
// hands, which turns every byte over several times: the promemoria is most of
// an answer.
const bulk = 1024

func parseWith(body []byte, bulk int) (*node, error) {
	// The decoder asks a bytes.Reader for one byte at a time and never looks
	// ahead, so that what is left of it tells where the decoder is.
	source := bytes.NewReader(body)
	d := xml.NewDecoder(source)
	plain := true // the bytes are those that the decoder sees
	d.CharsetReader = func(label string, input io.Reader) (io.Reader, error) {
		plain = false
		return charset(label, input)
	}
	var root *node
	var open []*node
	count := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			// The text of a syntax error can quote the answer: only its line is kept.
			line, _ := d.InputPos()
			return nil, fmt.Errorf("%w: not well-formed XML at line %d", ErrAnswer, line)
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, fmt.Errorf("%w: document type declaration", ErrAnswer)
		case xml.StartElement:
			n := &node{name: t.Name}
			count++
			switch {
			case len(open) >= maxDepth || count > maxNodes:
				return nil, fmt.Errorf("%w: too many or too deep elements", ErrAnswer)
			case len(open) > 0:
				parent := open[len(open)-1]
				parent.children = append(parent.children, n)
			case root != nil:
				return nil, fmt.Errorf("%w: two roots", ErrAnswer)
			default:
				root = n
			}
			open = append(open, n)
			if plain {
				n.text = lift(body, source, bulk)
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				n := open[len(open)-1]
				n.text = append(n.text, t...)
			}
		}
	}
	if root == nil {
		return nil, fmt.Errorf("%w: empty", ErrAnswer)
	}
	return root, nil
}

// lift takes a long text of base64 out of source, which is at the end of a start
// tag of body, if one begins there.
func lift(body []byte, source *bytes.Reader, bulk int) []byte {
	start := len(body) - source.Len()
	if source.Len() < bulk || start < 2 || body[start-2] == '/' { // an empty element has no text
		return nil
	}
	end := bytes.IndexByte(body[start:], '<')
	if end < bulk {
		return nil
	}
	text := body[start : start+end : start+end]
	for _, b := range text {
		if !base64Byte[b] {
			return nil
		}
	}
	if _, err := source.Seek(int64(end), io.SeekCurrent); err != nil {
		return nil
	}
	return text
}

// base64Byte are the bytes of RFC 4648, section 4, and what may stand between
// them.
var base64Byte = func() (set [256]bool) {
	for _, b := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\n") {
		set[b] = true
	}
	return set
}()

// charset accepts ISO-8859-1, which the ministry tolerates (section 3).
func charset(label string, input io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-8":
		return input, nil
	case "iso-8859-1", "latin1":
		raw, err := io.ReadAll(input)
		if err != nil {
			return nil, err
		}
		runes := make([]rune, len(raw))
		for i, b := range raw {
			runes[i] = rune(b)
		}
		return strings.NewReader(string(runes)), nil
	}
	return nil, fmt.Errorf("charset %q", label)
}

// child finds the first child of this local name in one of the namespaces.
func (n *node) child(local string, spaces ...string) *node {
	for _, c := range n.all(local, spaces...) {
		return c
	}
	return nil
}

func (n *node) all(local string, spaces ...string) []*node {
	if n == nil {
		return nil
	}
	var found []*node
	for _, c := range n.children {
		for _, s := range spaces {
			if c.name.Local == local && c.name.Space == s {
				found = append(found, c)
			}
		}
	}
	return found
}

// value is the trimmed text of a child, empty when there is none.
func (n *node) value(local string, spaces ...string) string {
	if c := n.child(local, spaces...); c != nil {
		return strings.TrimSpace(string(c.text))
	}
	return ""
}

// payload opens the envelope: the element local in namespace space, or the
// Fault that came instead.
func payload(body []byte, local, space string) (*node, error) {
	root, err := parse(body)
	if err != nil {
		return nil, err
	}
	if root.name != (xml.Name{Space: nsEnvelope, Local: "Envelope"}) {
		return nil, fmt.Errorf("%w: not a SOAP 1.1 envelope", ErrAnswer)
	}
	inner := root.child("Body", nsEnvelope)
	if inner == nil {
		return nil, fmt.Errorf("%w: no body", ErrAnswer)
	}
	if f := inner.child("Fault", nsEnvelope); f != nil {
		// Children of a SOAP 1.1 fault have no namespace; some servers give one.
		return nil, &Fault{Code: trimPrefix(f.value("faultcode", "", nsEnvelope)), Text: f.value("faultstring", "", nsEnvelope)}
	}
	n := inner.child(local, space)
	if n == nil {
		return nil, fmt.Errorf("%w: no %s in namespace %s", ErrAnswer, local, space)
	}
	return n, nil
}

// FindFault is the Fault in body, or nil when there is none.
func FindFault(body []byte) *Fault {
	var f *Fault
	if _, err := payload(body, "", ""); errors.As(err, &f) {
		return f
	}
	return nil
}

// trimPrefix drops a QName's prefix.
func trimPrefix(qname string) string {
	if _, local, ok := strings.Cut(qname, ":"); ok {
		return local
	}
	return qname
}
