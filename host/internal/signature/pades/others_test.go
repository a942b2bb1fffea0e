package pades_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/sim/pdftest"
	"raccordo/host/internal/sim/signtest"
)

// colleague signs with poppler.
type colleague struct{ *house }

func (h *house) colleague(t testing.TB) colleague {
	t.Helper()
	certificate, key := h.Files(t, h.One(t, "RSA SHA-256"))
	p12 := filepath.Join(h.Folder, "colleague.p12")
	signtest.Holds(t, "openssl", "pkcs12", "-export", "-in", certificate, "-inkey", key, "-name", "collega", "-passout", "pass:prova", "-out", p12)
	signtest.Holds(t, "pk12util", "-i", p12, "-W", "prova", "-K", "", "-d", "sql:"+h.nss)
	return colleague{h}
}

func (c colleague) poppler(t testing.TB, doc []byte, args ...string) []byte {
	t.Helper()
	return pdftest.Made(t, "pdfsig", func(dir, out string) []string {
		return append(append([]string{"-nssdir", "sql:" + c.nss, "-nick", "collega"}, args...), pdftest.Write(t, dir, "in.pdf", doc), out)
	})
}

// What others signed is found to hold, is signed by us as well, and by them once
// more: every signature holds, for poppler, for mupdf and for us.
func TestOthers(t *testing.T) {
	h := newHouse(t)
	c := h.colleague(t)
	for _, row := range []struct {
		name string
		doc  []byte
	}{
		{"poppler", c.poppler(t, read(t, "libreoffice.pdf"), "-add-signature", "-reason", "Visto")},
		{"poppler, object streams", c.poppler(t, read(t, "tex.pdf"), "-add-signature")},
		{"poppler, a field that waits", c.poppler(t, withForm(""), "-sign", "medico")},
	} {
		t.Run(row.name, func(t *testing.T) {
			found := verify(t, row.doc)
			if len(found) != 1 || found[0].Broken != nil || found[0].Covers != signature.Whole || found[0].Format != "PDF adbe.pkcs7.detached" {
				t.Fatalf("%+v", found)
			}
			ours := sign(t, h.doctor, row.doc, signature.Options{Field: &signature.Field{Page: 1, X: 20, Y: 20, Width: 200, Height: 60}})
			all(t, ours, 2)
			said := signtest.Holds(t, "mutool", "sign", "-v", h.Temp(t, ours))
			if strings.Count(said, "Verifying signature") != 2 || strings.Count(said, "unchanged since signing") != 1 ||
				strings.Count(said, "The signature is valid but there have been edits") != 1 {
				t.Error(said)
			}
			all(t, c.poppler(t, ours, "-add-signature"), 3)
		})
	}
}

// all says that all signatures hold and the last one covers everything.
func all(t *testing.T, doc []byte, signatures int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "doc.pdf")
	if err := os.WriteFile(path, doc, 0o600); err != nil {
		t.Fatal(err)
	}
	said := signtest.Holds(t, "pdfsig", "-nocert", path)
	if strings.Count(said, "Signature is Valid.") != signatures {
		t.Error(said)
	}
	found := verify(t, doc)
	for i, f := range found {
		covers := signature.Revision
		if i == signatures-1 {
			covers = signature.Whole
		}
		if f.Broken != nil || f.Covers != covers {
			t.Errorf("signature %d of %d: %s %v", i, len(found), f.Covers, f.Broken)
		}
	}
}
