package pades

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"unicode/utf16"

	"raccordo/host/internal/pdf"
)

// How a signature's dictionary starts: the place of /Contents, and that of the
// numbers of /ByteRange, are known before anything else is.
const (
	rangeHead  = "<</ByteRange [0 "
	rangeRoom  = 33 // three numbers of ten digits
	rangeTail  = "]\n/Contents "
	valueStart = len(rangeHead) + rangeRoom + len(rangeTail)
)

// value is the signature's dictionary, its /Contents and /ByteRange not filled in
// (EN 319 142-1, sections 4.1 and 6.3; ISO 32000-1, table 252). Nothing says
// who signs: that is in the certificate.
func (r *revision) value(room int, references pdf.Array) pdf.Raw {
	var b bytes.Buffer
	b.WriteString(rangeHead)
	b.Write(bytes.Repeat([]byte(" "), rangeRoom))
	b.WriteString(rangeTail)
	b.WriteByte('<')
	b.Write(bytes.Repeat([]byte("0"), 2*room))
	b.WriteString(">\n")
	rest := pdf.Dict{
		"Type":      pdf.Name("Sig"),
		"Filter":    pdf.Name("Adobe.PPKLite"),
		"SubFilter": pdf.Name("ETSI.CAdES.detached"),
		"M":         pdf.String{Bytes: []byte(date(r.opt.Now))},
	}
	if r.opt.Reason != "" {
		rest["Reason"] = text(r.opt.Reason)
	}
	if r.opt.Location != "" {
		rest["Location"] = text(r.opt.Location)
	}
	if len(references) > 0 {
		rest["Reference"] = references
	}
	var d bytes.Buffer
	pdf.Write(&d, rest)
	b.Write(d.Bytes()[len("<<"):])
	return b.Bytes()
}

// place cuts the revision where the value of the signature, whose dictionary
// starts at a place, comes; and says so in /ByteRange.
func (p *prepared) place(revision []byte, at int) {
	size := p.src.Size()
	open := at + valueStart
	end := open + 2*p.room + 2
	numbers := fmt.Sprintf("%d %d %d", size+int64(open), size+int64(end), len(revision)-end)
	copy(revision[at+len(rangeHead):], numbers)
	p.before = bytes.Clone(revision[:open])
	p.after = bytes.Clone(revision[end:])
}

// contents is the value as it stands in the file: hexadecimal, filled up with zeros.
func (p *prepared) contents(der []byte) []byte {
	b := bytes.Repeat([]byte("0"), 2*p.room+2)
	b[0], b[len(b)-1] = '<', '>'
	hex.Encode(b[1:], der)
	return b
}

// text is a text string: ASCII, else UTF-16 (section 7.9.2.2).
func text(s string) pdf.String {
	ascii := true
	for _, c := range s {
		ascii = ascii && c >= ' ' && c <= '~'
	}
	if ascii {
		return pdf.String{Bytes: []byte(s)}
	}
	b := []byte{0xfe, 0xff}
	for _, unit := range utf16.Encode([]rune(s)) {
		b = append(b, byte(unit>>8), byte(unit))
	}
	return pdf.String{Bytes: b, Hex: true}
}
