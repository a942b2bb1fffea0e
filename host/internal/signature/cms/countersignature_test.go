package cms

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"

	"raccordo/host/internal/sim/signtest"
)

// counter makes a countersignature, with others above it.
func counter(t testing.TB, s signtest.Signatory, digested func([]byte) []byte, above func([]byte) func(*cryptobyte.Builder)) func([]byte) func(*cryptobyte.Builder) {
	return func(value []byte) func(*cryptobyte.Builder) {
		signing := Signing{Identity: s.Identity, Now: time.Now()}
		a := s.Identity.Algorithm
		usual, err := Attributes(signing, a.Digest(digested(value)))
		if err != nil {
			t.Fatal(err)
		}
		set, err := setOfRaw(0x31, without(oidContentType)(elements(t, usual)))
		if err != nil {
			t.Fatal(err)
		}
		own := s.Value(t, a.Digest(set))
		var unsigned []byte
		if above != nil {
			if unsigned, err = setOf(tagged(1), above(own)); err != nil {
				t.Fatal(err)
			}
		}
		info, err := signerInfo(signing, set, own, unsigned)
		if err != nil {
			t.Fatal(err)
		}
		return attribute(oidCountersignature, raw(info))
	}
}

func same(value []byte) []byte { return value }

func TestCountersignatures(t *testing.T) {
	h := signtest.New(t)
	first, second, third := h.One(t, "P-256 SHA-256"), h.One(t, "RSA SHA-256"), h.One(t, "PSS SHA-512")
	endless := counter(t, second, same, nil)
	for range maxCountersigned + 1 {
		endless = counter(t, second, same, endless)
	}
	for _, row := range []struct {
		name string
		over func([]byte) func(*cryptobyte.Builder)
		want []error // of the countersignatures
	}{
		{"one", counter(t, second, same, nil), []error{nil}},
		{"one above another", counter(t, second, same, counter(t, third, same, nil)), []error{nil, nil}},
		{"over something else", counter(t, second, bytes.ToUpper, nil), []error{ErrChanged}},
		{"over the content", counter(t, second, func([]byte) []byte { return text }, nil), []error{ErrChanged}},
		{"nonsense", func([]byte) func(*cryptobyte.Builder) { return attribute(oidCountersignature, raw([]byte{0x30, 0})) }, []error{ErrMalformed}},
		{"without end", endless, []error{nil, nil, nil, nil, ErrMalformed}},
	} {
		t.Run(row.name, func(t *testing.T) {
			signed := crafted{over: row.over}.make(t, first)
			holds(t, h, signed)
			d, err := Parse(bytes.NewReader(signed))
			if err != nil {
				t.Fatal(err)
			}
			// Crafted brings the first one's only.
			d.Certificates = append(d.Certificates, second.Identity.Certificate, third.Identity.Certificate)
			found := d.Verify(t.Context(), nil)
			if len(found) != 1+len(row.want) || found[0].Broken != nil || found[0].Format != "CAdES-B-B" {
				t.Fatalf("%d found, the signature is %v", len(found), found[0].Broken)
			}
			for i, f := range found[1:] {
				if f.Format != Countersignature || !errors.Is(f.Broken, row.want[i]) || row.want[i] == nil && f.Broken != nil {
					t.Errorf("%d: %s, %v", i, f.Format, f.Broken)
				}
			}
		})
	}
}
