package verify

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cades"
	"raccordo/host/internal/signature/pades"
)

// Two people sign one after the other: both hold, and the first one's is not
// called incomplete for the second.
func TestTwoSignatures(t *testing.T) {
	w := newWorld(t)
	mario, anna := w.signer(t), w.signer(t, named("Anna", "Bianchi"))
	for name, tt := range map[string]struct {
		document []byte
		prepare  func(ctx context.Context, src signature.Source, opt signature.Options) (signature.Prepared, error)
		codes    string
	}{
		"PDF": {pdf(), pades.Prepare, "revision"}, "a .p7m": {document, cades.Prepare, ""},
	} {
		t.Run(name, func(t *testing.T) {
			signed := tt.document
			for _, p := range []*party{mario, anna} {
				prepared, err := tt.prepare(context.Background(), bytes.NewReader(signed), w.signing(t, p, false))
				must(t, err)
				signed = complete(t, prepared, p)
			}
			out, err := w.verifier(t).Verify(context.Background(), bytes.NewReader(signed), nil, "")
			must(t, err)
			if out.Verdict != valid || len(out.Signatures) != 2 || out.Added || codes(out.Signatures[0])+codes(out.Signatures[1]) != tt.codes {
				t.Errorf("%+v", out)
			}
			if !strings.Contains(out.Text, "Mario Rossi") || !strings.Contains(out.Text, "Anna Bianchi") {
				t.Error(out.Text)
			}
		})
	}
}

// What is written over a signed PDF afterwards, as a further revision, is seen.
func TestRevisionAfterSignature(t *testing.T) {
	w := newWorld(t)
	p := w.signer(t)
	prepared, err := pades.Prepare(context.Background(), bytes.NewReader(pdf()), w.signing(t, p, false))
	must(t, err)
	signed := complete(t, prepared, p)
	text := "BT /F1 24 Tf 72 700 Td (Refurto) Tj ET"
	at := len(signed)
	i := bytes.LastIndex(signed, []byte("startxref"))
	previous, err := strconv.Atoi(strings.Fields(string(signed[i:]))[1])
	must(t, err)
	size := bytes.LastIndex(signed, []byte("/Size "))
	count, err := strconv.Atoi(strings.Fields(string(signed[size:]))[1])
	must(t, err)
	update := fmt.Sprintf("4 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n", len(text), text)
	update += fmt.Sprintf("xref\n4 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n", at, count, previous, at+len(update))
	out, s := verify(t, w.verifier(t), append(signed, update...))
	if out.Verdict == valid || out.Text != "La firma di Mario Rossi non è valida: il documento è stato modificato dopo la firma." {
		t.Errorf("%+v\n%+v", out, s)
	}
}
