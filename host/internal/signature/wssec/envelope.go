package wssec

import (
	"fmt"
	"strings"
	"time"

	"raccordo/host/internal/signature/xmlc14n"
)

// envelope is a SOAP message and the two places where it is added to.
type envelope struct {
	text   string
	prefix string // of SOAP's names, with its colon
	header *xmlc14n.Element
	body   *xmlc14n.Element
	bodyID string // that it has already
}

func readEnvelope(d *xmlc14n.Document) (*envelope, error) {
	root := d.Root
	if root.Local != "Envelope" || root.Space != soap11 && root.Space != soap12 {
		return nil, refuse("not a SOAP envelope")
	}
	e := &envelope{text: d.Text, header: root.Child(root.Space, "Header"), body: root.Child(root.Space, "Body")}
	if root.Prefix != "" {
		e.prefix = root.Prefix + ":"
	}
	children := 0
	for range root.Elements() {
		children++
	}
	if e.body == nil || e.header == nil && children > 1 || children > 2 {
		return nil, refuse("SOAP header or body")
	}
	if d.Offset(len(d.Text)) != int64(len(d.Text)) { // what is added would need its encoding too
		return nil, refuse("encoding")
	}
	if e.header != nil {
		for child := range e.header.Elements() {
			if child.Is(extension, "Security") {
				return nil, refuse("security header twice")
			}
		}
	}
	for _, a := range e.body.Attrs {
		if a.Space == utility && a.Local == "Id" {
			e.bodyID = a.Value
		}
	}
	return e, nil
}

// with is the message with a security header, and an id at its Body.
func (e *envelope) with(s *security, now time.Time, ttl time.Duration, signed string) string {
	security := s.header(e.body.Space, now, ttl, signed)
	var b strings.Builder
	tag := e.body.Start + len("<") + len(e.body.Name())
	switch {
	case e.header == nil:
		b.WriteString(e.text[:e.body.Start] + "<" + e.prefix + "Header>" + security + "</" + e.prefix + "Header>" + e.text[e.body.Start:tag])
	case e.header.ContentStart == e.header.End: // <Header/>
		at := e.header.End - len("/>")
		b.WriteString(e.text[:at] + ">" + security + "</" + e.header.Name() + ">" + e.text[e.header.End:tag])
	default:
		b.WriteString(e.text[:e.header.ContentStart] + security + e.text[e.header.ContentStart:tag])
	}
	if e.bodyID == "" {
		fmt.Fprintf(&b, ` xmlns:%[1]s="%[2]s" %[1]s:Id="%[3]s"`, "wsu"+s.id, utility, s.body)
	}
	b.WriteString(e.text[tag:])
	return b.String()
}
