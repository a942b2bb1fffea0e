package cms

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"raccordo/host/internal/sim/signtest"
)

// What was signed as attributes must not pass for a document that was signed
// without any.
func TestAttributesAreNoDocument(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "P-256 SHA-256")
	signing := Signing{Identity: s.Identity}
	attributes, err := Attributes(signing, s.Identity.Algorithm.Digest(text))
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		content []byte
		want    error
	}{
		"a document":       {text, nil},
		"a set, but other": {[]byte{0x31, 0}, nil},
		"attributes":       {attributes, ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			value := s.Value(t, s.Identity.Algorithm.Digest(row.content))
			p, err := newParts(signing, nil, attributes, value, nil)
			if err != nil {
				t.Fatal(err)
			}
			signed := append([]byte{0xa0}, attributes[1:]...)
			one := elements(t, p.signers)[0]
			without := bytes.Replace(elementBody(t, one), signed, nil, 1)
			p.signers = encode(t, func(b *cryptobyte.Builder) {
				b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) { b.AddASN1(cbasn1.SEQUENCE, raw(without)) })
			})
			var out bytes.Buffer
			if err := p.write(&out, int64(len(row.content)), func(w io.Writer) error { _, err := w.Write(row.content); return err }); err != nil {
				t.Fatal(err)
			}
			d, err := Parse(bytes.NewReader(out.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			if f := d.Verify(t.Context(), nil)[0]; !errors.Is(f.Broken, row.want) || row.want == nil && f.Broken != nil {
				t.Errorf("%v", f.Broken)
			}
		})
	}
}

// elementBody is what is inside an element.
func elementBody(t testing.TB, der []byte) []byte {
	t.Helper()
	s := cryptobyte.String(der)
	var body cryptobyte.String
	var tag cbasn1.Tag
	if !s.ReadAnyASN1(&body, &tag) {
		t.Fatal("no element")
	}
	return body
}
