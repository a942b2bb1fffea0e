package arss

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	soapSpace = "http://schemas.xmlsoap.org/soap/envelope/"
	space     = "http://arubasignservice.arubapec.it/"
)

// field is an element of a request: a string, a truth value, or fields.
type field struct {
	name  string
	value any
}

type fields []field

// envelope writes a request of SOAP 1.1: the operation is in the service's
// namespace, what is in it in none (elementFormDefault).
func envelope(operation string, in fields) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="` + soapSpace + `"><s:Body><a:` + operation + ` xmlns:a="` + space + `">`)
	if err := in.xml(&b); err != nil {
		return nil, err
	}
	b.WriteString(`</a:` + operation + `></s:Body></s:Envelope>`)
	return b.Bytes(), nil
}

func (all fields) xml(b *bytes.Buffer) error {
	for _, f := range all {
		b.WriteString("<" + f.name + ">")
		var err error
		if inner, ok := f.value.(fields); ok {
			err = inner.xml(b)
		} else {
			err = xml.EscapeText(b, []byte(fmt.Sprint(f.value)))
		}
		if err != nil {
			return err
		}
		b.WriteString("</" + f.name + ">")
	}
	return nil
}

// json writes the same for the REST form, whose wrappers have names of their own.
func (all fields) json() ([]byte, error) {
	return json.Marshal(all.object())
}

func (all fields) object() map[string]any {
	o := map[string]any{}
	for _, f := range all {
		name := f.name
		switch name {
		case "Identity":
			name = "identity"
		case "SignHashRequest":
			name = "request"
		}
		if inner, ok := f.value.(fields); ok {
			o[name] = inner.object()
			continue
		}
		o[name] = f.value
	}
	return o
}

// node is an element of an answer, without prefixes.
type node struct {
	name     string
	text     []byte
	children []*node
}

// get is the text of a child; of the node itself with an empty name.
func (n *node) get(name string) string {
	if name == "" {
		return string(bytes.TrimSpace(n.text))
	}
	for _, c := range n.children {
		if c.name == name {
			return string(bytes.TrimSpace(c.text))
		}
	}
	return ""
}

func (n *node) all(name string) (found []*node) {
	for _, c := range n.children {
		if c.name == name {
			found = append(found, c)
		}
	}
	return found
}

// one is the only child of that name, or nil.
func (n *node) one(name string) *node {
	if found := n.all(name); len(found) == 1 {
		return found[0]
	}
	return nil
}

// fault is a SOAP fault.
type fault struct{ code, text string }

func (f *fault) Error() string { return "fault" }

// What bounds an answer: the deepest of the schema has seven levels.
const (
	maxDepth = 16
	maxNodes = 5000
)

var errForm = errors.New("not an answer of the right form")

// soap reads an answer. A document type declaration is refused, entities with it.
func soap(operation string, body []byte) (*node, error) {
	root, err := tree(body)
	if err != nil {
		return nil, err
	}
	in := root.one("Body")
	if root.name != "Envelope" || in == nil {
		return nil, errForm
	}
	if f := in.one("Fault"); f != nil {
		return nil, &fault{"fault", f.get("faultstring")}
	}
	response := in.one(operation + "Response")
	if response == nil {
		return nil, errForm
	}
	answer := response.one("return")
	if answer == nil {
		return nil, errForm
	}
	return answer, nil
}

func tree(body []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	root := &node{}
	open := []*node{root}
	for count := 0; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errForm // the decoder's own words can quote the answer
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, errForm
		case xml.StartElement:
			if count++; count > maxNodes || len(open) > maxDepth {
				return nil, errForm
			}
			n := &node{name: t.Name.Local}
			top := open[len(open)-1]
			top.children = append(top.children, n)
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			top := open[len(open)-1]
			top.text = append(top.text, t...)
		}
	}
	if len(root.children) != 1 {
		return nil, errForm
	}
	return root.children[0], nil
}

// rest reads an answer: the "return" itself, or an object that holds it.
func rest(_ string, body []byte) (*node, error) {
	var v any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber() // a session may be one
	if d.Decode(&v) != nil || d.More() {
		if word := strings.TrimSpace(string(body)); word != "" && len(word) <= 4096 && !strings.ContainsAny(word, "{}[]<>\"\r\n") {
			return &node{text: []byte(word)}, nil // a session as it is
		}
		return nil, errForm
	}
	root, ok := jsonNode("return", v, 0)
	if !ok {
		return nil, errForm
	}
	if inner := root.one("return"); inner != nil {
		return inner, nil
	}
	return root, nil
}

func jsonNode(name string, v any, depth int) (*node, bool) {
	n := &node{name: name}
	switch t := v.(type) {
	case nil:
	case string:
		n.text = []byte(t)
	case bool, json.Number:
		n.text = fmt.Append(nil, t)
	case map[string]any:
		if depth > maxDepth {
			return nil, false
		}
		for key, value := range t {
			many, several := value.([]any)
			if !several {
				many = []any{value}
			}
			for _, one := range many {
				child, ok := jsonNode(key, one, depth+1)
				if !ok {
					return nil, false
				}
				n.children = append(n.children, child)
			}
		}
	default:
		return nil, false
	}
	return n, true
}
