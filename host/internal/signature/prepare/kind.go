package prepare

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/wire"
)

// Kind is what a document is by its own bytes; its name proves nothing.
type Kind int

// The kinds that make a difference here.
const (
	Other Kind = iota
	PDF
	XML
	Text
	PNG
	JPEG
	Envelope // CMS: a .p7m
	ZIP      // office documents, ASiC
)

// kinds is what is said and done with each. A viewer is chosen by the ending,
// so only kinds whose showing starts nothing have one: XML and HTML are shown as
// the text that is signed.
var kinds = map[Kind]struct{ name, media, ending string }{
	Other:    {"file", "application/octet-stream", ""},
	PDF:      {"PDF", "application/pdf", ".pdf"},
	XML:      {"XML", "application/xml", ".txt"},
	Text:     {"testo", "text/plain", ".txt"},
	PNG:      {"immagine", "image/png", ".png"},
	JPEG:     {"immagine", "image/jpeg", ".jpg"},
	Envelope: {"firmato", "application/pkcs7-mime", ""},
	ZIP:      {"archivio", "application/zip", ""},
}

// String is the kind as people are shown it, Italian.
func (k Kind) String() string { return kinds[k].name }

// MediaType is the kind's (RFC 6838).
func (k Kind) MediaType() string { return kinds[k].media }

// Ending is the file name's with which a copy can be shown; empty: it can not.
func (k Kind) Ending() string { return kinds[k].ending }

// Seen is what people must see of a document before they sign it: the document,
// or what is in the envelope that gets one more signature.
func Seen(d wire.SignDocument, src signature.Source) signature.Source {
	if d.Format != "cades" || signature.Packaging(d.Packaging) == signature.Detached || KindOf(src) != Envelope {
		return src
	}
	if inner, err := cms.Parse(src); err == nil && inner.Content != nil {
		return inner.Content
	}
	return src
}

// sniffed is how many bytes are looked at: a PDF's header may come that late
// (ISO 32000-1, annex H.3.4.1).
const sniffed = 1024

// KindOf looks at the first bytes of a document.
func KindOf(src signature.Source) Kind {
	head := make([]byte, min(sniffed, src.Size()))
	if n, err := src.ReadAt(head, 0); n < len(head) && err != nil {
		return Other
	}
	start := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case bytes.Contains(head, []byte("%PDF-")):
		return PDF
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return PNG
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return JPEG
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return ZIP
	case envelope(head):
		return Envelope
	case bytes.HasPrefix(start, []byte("<")) && !bytes.HasPrefix(bytes.ToLower(start), []byte("<!doctype html")) && !bytes.HasPrefix(bytes.ToLower(start), []byte("<html")):
		return XML
	case wide(head):
		return XML
	case text(head):
		return Text
	}
	return Other
}

// signedData is the object identifier of CMS SignedData, DER.
var signedData = []byte{0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02}

// envelope finds the object identifier behind a SEQUENCE of whatever length, or
// the PEM form of one.
func envelope(head []byte) bool {
	if bytes.HasPrefix(head, []byte("-----BEGIN PKCS7-----")) || bytes.HasPrefix(head, []byte("-----BEGIN CMS-----")) {
		return true
	}
	return len(head) > 0 && head[0] == 0x30 && bytes.Contains(head[:min(len(head), 32)], signedData)
}

// wide tells XML in UTF-16, by its byte order mark.
func wide(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\xff\xfe<\x00")) || bytes.HasPrefix(head, []byte("\xfe\xff\x00<"))
}

// text tells UTF-8, and Latin-1, without control characters.
func text(head []byte) bool {
	if len(head) == 0 {
		return false
	}
	for i := 0; i < len(head); {
		r, n := utf8.DecodeRune(head[i:])
		if r != utf8.RuneError && unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' && r != '\f' {
			return false
		}
		if r == utf8.RuneError && n == 1 && head[i] < 0xA0 && i < len(head)-utf8.UTFMax { // no letter of Latin-1 either
			return false
		}
		i += n
	}
	return true
}
