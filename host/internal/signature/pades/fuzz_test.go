package pades_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/pades"
	"raccordo/host/internal/sim/pdftest"
)

// FuzzDocument signs and verifies whatever comes. What is refused is refused with
// a code, and what is signed is the beginning of a document that can be opened.
func FuzzDocument(f *testing.F) {
	h := newHouse(f)
	signed := sign(f, h.doctor, withForm("/Lock <</Action /All /P 2>>"), signature.Options{Reason: "x"})
	for _, doc := range [][]byte{
		pdftest.Simple("", ""), withForm(""), pdftest.Hybrid(), certified(f, h, 1), certified(f, h, 2), signed,
		revise(certified(f, h, 3), map[int]string{4: "<</Length 2>>\nstream\nBT\nendstream"}),
	} {
		f.Add(doc)
	}
	opt := signature.Options{Identity: h.doctor.Identity, Now: summer, Field: &signature.Field{Page: -1, X: 1, Y: 1, Width: 50, Height: 20}}
	f.Fuzz(func(t *testing.T, doc []byte) {
		var code *signature.Error
		if _, err := pades.Verify(context.Background(), bytes.NewReader(doc), nil); err != nil && !errors.As(err, &code) {
			t.Fatal(err)
		}
		p, err := pades.Prepare(context.Background(), bytes.NewReader(doc), opt)
		if err != nil {
			if !errors.As(err, &code) {
				t.Fatal(err)
			}
			return
		}
		var out bytes.Buffer
		if err := p.Complete(context.Background(), h.doctor.Value(t, p.Digest()), &out); err != nil {
			t.Fatal(err)
		}
		found, err := pades.Verify(context.Background(), bytes.NewReader(out.Bytes()), nil)
		if err != nil || len(found) == 0 {
			t.Fatalf("signed, and not to be read: %v", err)
		}
		if last := found[len(found)-1]; last.Broken != nil || last.Covers != signature.Whole {
			t.Fatalf("signed, and broken: %s %v", last.Covers, last.Broken)
		}
	})
}
