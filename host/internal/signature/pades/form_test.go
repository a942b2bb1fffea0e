package pades_test

import (
	"bytes"
	"strings"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/sim/pdftest"
	"raccordo/host/internal/sim/signtest"
)

// The one field that waits for a signature is signed; fields are not lost.
func TestWaitingField(t *testing.T) {
	h := newHouse(t)
	for _, row := range []struct {
		name, lock string
		opt        signature.Options
		field      string // that pdfsig names
		want       string // in the signed revision
	}{
		{name: "waiting", field: "medico"},
		{name: "waiting with a lock", lock: "/Lock <</Type /SigFieldLock /Action /Include /Fields [(nota)]>>", field: "medico", want: "/FieldMDP"},
		{name: "waiting with conditions", lock: "/SV <</Type /SV /Ff 1 /SubFilter [/adbe.pkcs7.detached]>>", field: "Firma1"},
		{name: "a place is told", opt: signature.Options{Field: &signature.Field{Page: 1, X: 10, Y: 10, Width: 200, Height: 60}}, field: "Firma1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			signed := sign(t, h.doctor, withForm(row.lock), row.opt)
			h.holds(t, signed, 1)
			said := signtest.Holds(t, "pdfsig", "-nssdir", "sql:"+h.nss, h.Temp(t, signed))
			if !strings.Contains(said, "Signature Field Name: "+row.field) {
				t.Errorf("not %s: %s", row.field, said)
			}
			out := string(pdftest.QPDF(t, signed, "--qdf", "--object-streams=disable"))
			if !strings.Contains(out, row.want) || !strings.Contains(out, "(vuota)") {
				t.Errorf("no %s", row.want)
			}
			again := sign(t, h.One(t, "P-256 SHA-256"), signed, signature.Options{})
			h.holds(t, again, 2)
		})
	}
}

// Whom nobody can tell apart is not signed for: a field of one's own is added.
func TestManyWaitingFields(t *testing.T) {
	h := newHouse(t)
	b := pdftest.New()
	b.Pages("/AcroForm <</Fields [6 0 R]>>", "/Annots [7 0 R 8 0 R]")
	b.Object(6, "<</FT /Sig /T (firme) /Kids [7 0 R 8 0 R]>>")
	b.Object(7, "<</Type /Annot /Subtype /Widget /T (paziente) /Parent 6 0 R /Rect [60 100 200 150] /P 3 0 R>>")
	b.Object(8, "<</Type /Annot /Subtype /Widget /T (medico) /Parent 6 0 R /Rect [260 100 400 150] /P 3 0 R>>")
	signed := sign(t, h.doctor, b.End(""), signature.Options{})
	h.holds(t, signed, 1)
	if !bytes.Contains(signed, []byte("/T (Firma1)")) {
		t.Error("somebody else's field was signed")
	}
}

// What an author permits: filling in the field that is there.
func TestCertified(t *testing.T) {
	h := newHouse(t)
	for permission := 2; permission <= 3; permission++ {
		signed := sign(t, h.One(t, "P-256 SHA-256"), certified(t, h, permission), signature.Options{})
		h.holds(t, signed, 2)
	}
}

// A lock may bar everything (ISO 32000-2, table 236).
func TestLocked(t *testing.T) {
	h := newHouse(t)
	doc := byHand(t, h, "", "", "/Lock <</Type /SigFieldLock /Action /All /P 1>>")
	if _, err := prepare(t, h.doctor, doc); err == nil || err.Error() != "document.pdf_locked" {
		t.Error(err)
	}
}
