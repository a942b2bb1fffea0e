package cms

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"raccordo/host/internal/signature/cms/ber"
	"raccordo/host/internal/sim/signtest"
)

// indefinite rewrites an element, and all within it, with indefinite lengths
// and its strings in segments of three octets, but for what is to be kept.
func indefinite(t testing.TB, w *ber.Walker, keep func(raw []byte) bool) []byte {
	t.Helper()
	e, err := w.Peek()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := w.Clone().Raw(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	if !e.Constructed() || keep(raw) {
		if err := w.Skip(); err != nil {
			t.Fatal(err)
		}
		if e.Tag != 0x04 {
			return raw
		}
		out := []byte{0x24, 0x80}
		for piece := range slices.Chunk(raw[e.Body-e.Start:], 3) {
			out = append(append(out, 0x04, byte(len(piece))), piece...)
		}
		return append(out, 0, 0)
	}
	if _, err := w.Enter(e.Tag); err != nil {
		t.Fatal(err)
	}
	out := []byte{e.Tag, 0x80}
	for {
		if _, err := w.Peek(); errors.Is(err, io.EOF) {
			break
		}
		out = append(out, indefinite(t, w, keep)...)
	}
	if err := w.Leave(); err != nil {
		t.Fatal(err)
	}
	return append(out, 0, 0)
}

// isCertificate tells a SEQUENCE of a SEQUENCE that begins with a version.
func isCertificate(raw []byte) bool {
	return bytes.Contains(raw[:min(14, len(raw))], []byte{0xa0, 3, 2, 1, 2})
}

// isAttributes tells the signed attributes, whose first is the content type:
// openssl leaves their values as they are before it hashes them.
func isAttributes(raw []byte) bool {
	return raw[0] == 0xa0 && bytes.Contains(raw[:min(20, len(raw))], []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3})
}

func TestIndefiniteLengthsEverywhere(t *testing.T) {
	h := signtest.New(t)
	for _, s := range h.All(t) {
		t.Run(s.Name, func(t *testing.T) {
			der := crafted{}.make(t, s)
			rewritten := func(keep func([]byte) bool) []byte {
				return indefinite(t, ber.NewWalker(bytes.NewReader(der), int64(len(der))), keep)
			}
			if f := one(t, rewritten(isCertificate)); f.Broken != nil { // RFC 5652, section 5.4: hashed as DER
				t.Errorf("attributes of indefinite length: %v", f.Broken)
			}
			signed := rewritten(func(raw []byte) bool { return isCertificate(raw) || isAttributes(raw) })
			holds(t, h, signed)
			d, err := Parse(bytes.NewReader(signed))
			if err != nil {
				t.Fatal(err)
			}
			if f := d.Verify(t.Context(), nil)[0]; f.Broken != nil || f.Format != "CAdES-B-B" || d.Size != int64(len(signed)) {
				t.Errorf("%+v", f)
			}
			second := h.One(t, "P-256 SHA-256")
			signing := Signing{Identity: second.Identity, Now: time.Now()}
			a := second.Identity.Algorithm
			attributes, err := Attributes(signing, a.Digest(text))
			if err != nil {
				t.Fatal(err)
			}
			var both bytes.Buffer
			if err := d.Add(t.Context(), &both, signing, attributes, second.Value(t, a.Digest(attributes)), nil); err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(both.Bytes(), d.signers[0]) {
				t.Error("the first signature was written anew")
			}
			holds(t, h, both.Bytes())
			again, err := Parse(bytes.NewReader(both.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range again.Verify(t.Context(), nil) {
				if f.Broken != nil {
					t.Error(f.Broken)
				}
			}
			signed[bytes.Index(signed, []byte("Ref"))] ^= 1
			if f := one(t, signed); !errors.Is(f.Broken, ErrChanged) {
				t.Errorf("a flipped octet: %v", f.Broken)
			}
		})
	}
}
