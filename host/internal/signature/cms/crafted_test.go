package cms

import (
	"bytes"
	"encoding/asn1"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/sim/signtest"
)

var text = []byte("Referto di prova\n")

// crafted is a SignedData as other programs make them, and as none should.
type crafted struct {
	attributes func([][]byte) [][]byte // changes them before they are signed
	unsorted   bool                    // and the value is over the sorted ones
	unsigned   []func(*cryptobyte.Builder)
	over       func(value []byte) func(*cryptobyte.Builder) // one more, over the value
	crls       [][]byte
	kind       asn1.ObjectIdentifier // of the content, when not what is signed
}

func encode(t testing.TB, add func(*cryptobyte.Builder)) []byte {
	t.Helper()
	var b cryptobyte.Builder
	add(&b)
	der, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func raw(der []byte) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) { b.AddBytes(der) }
}

func elements(t testing.TB, set []byte) [][]byte {
	t.Helper()
	s := cryptobyte.String(set)
	var body, one cryptobyte.String
	if !s.ReadASN1(&body, cbasn1.SET) {
		t.Fatal("no set")
	}
	var all [][]byte
	for body.ReadASN1Element(&one, cbasn1.SEQUENCE) {
		all = append(all, one)
	}
	return all
}

func (c crafted) make(t testing.TB, s signtest.Signatory) []byte {
	t.Helper()
	signing := Signing{Identity: s.Identity, Now: time.Now()}
	a := s.Identity.Algorithm
	usual, err := Attributes(signing, a.Digest(text))
	if err != nil {
		t.Fatal(err)
	}
	list := elements(t, usual)
	if c.attributes != nil {
		list = c.attributes(list)
	}
	sorted, err := setOfRaw(cbasn1.SET, slices.Clone(list))
	if err != nil {
		t.Fatal(err)
	}
	set := sorted
	if c.unsorted {
		slices.Reverse(list)
		set = encode(t, func(b *cryptobyte.Builder) { b.AddASN1(cbasn1.SET, raw(bytes.Join(list, nil))) })
	}
	value := s.Value(t, a.Digest(sorted))
	p, err := newParts(signing, nil, set, value, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.over != nil {
		c.unsigned = append(c.unsigned, c.over(value))
	}
	if len(c.unsigned) > 0 {
		unsigned, err := setOf(tagged(1), c.unsigned...)
		if err != nil {
			t.Fatal(err)
		}
		one, err := signerInfo(signing, set, value, unsigned)
		if err != nil {
			t.Fatal(err)
		}
		p.signers = encode(t, func(b *cryptobyte.Builder) { b.AddASN1(cbasn1.SET, raw(one)) })
	}
	if c.crls != nil {
		p.version = 5
		p.crls = encode(t, func(b *cryptobyte.Builder) { b.AddASN1(tagged(1), raw(bytes.Join(c.crls, nil))) })
	}
	if c.kind != nil {
		p.contentType = c.kind
	}
	var out bytes.Buffer
	if err := p.writeChecked(t.Context(), &out, signing, bytes.NewReader(text), usual); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func one(t testing.TB, signed []byte) signature.Found {
	t.Helper()
	d, err := Parse(bytes.NewReader(signed))
	if err != nil {
		t.Fatal(err)
	}
	return d.Verify(t.Context(), nil)[0]
}

func holds(t testing.TB, h *signtest.House, signed []byte) {
	t.Helper()
	signtest.Holds(t, "openssl", "cms", "-verify", "-cades", "-binary", "-purpose", "any", "-CAfile", h.CAFile(), "-inform", "DER",
		"-in", h.Temp(t, signed), "-out", filepath.Join(h.Folder, "content"))
}
