package sac

import (
	"bytes"
	"encoding/xml"
	"time"

	"raccordo/host/internal/ricetta"
)

// writer builds one envelope. Elements are written in the order of the schema,
// which is an xs:sequence; an absent value leaves its element out.
type writer struct {
	buf    bytes.Buffer
	prefix string
}

// envelope writes a request whose root is root in namespace ns; types adds the
// namespace of the common types.
func envelope(root, ns string, types bool, body func(w *writer)) []byte {
	w := &writer{prefix: "r"}
	w.buf.WriteString(xml.Header)
	w.buf.WriteString(`<soapenv:Envelope xmlns:soapenv="` + nsEnvelope + `"><soapenv:Body><r:` + root + ` xmlns:r="` + ns + `"`)
	if types {
		w.buf.WriteString(` xmlns:t="` + nsTypes + `"`)
	}
	w.buf.WriteString(">")
	body(w)
	w.buf.WriteString("</r:" + root + "></soapenv:Body></soapenv:Envelope>")
	return w.buf.Bytes()
}

func (w *writer) text(name, value string) {
	if value == "" {
		return
	}
	w.buf.WriteString("<" + w.prefix + ":" + name + ">")
	// bytes.Buffer never fails; characters XML has no room for become U+FFFD.
	_ = xml.EscapeText(&w.buf, []byte(value))
	w.buf.WriteString("</" + w.prefix + ":" + name + ">")
}

func (w *writer) flag(name string, set bool) {
	if set {
		w.text(name, "1")
	}
}

// when writes an instant as every service wants it: local time of Rome, 24
// hours. The zero time leaves the element out.
func (w *writer) when(name string, at time.Time) {
	if !at.IsZero() {
		w.text(name, at.In(ricetta.Rome()).Format(ricetta.Timestamp))
	}
}
