package pades_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/sim/pdftest"
)

// Signatures that others make in other ways.
func TestKinds(t *testing.T) {
	h := newHouse(t)
	whole := byHand(t, h, "", "", "")
	kind := func(name string) []byte {
		return seal(t, h.doctor, rewritten(whole, "/SubFilter /ETSI.CAdES.detached", "/SubFilter /"+name))
	}
	for _, row := range []struct {
		name   string
		doc    []byte
		format string
		broken error
	}{
		{"PKCS #7", kind("adbe.pkcs7.detached"), "PDF adbe.pkcs7.detached", nil},
		{"SHA-1", kind("adbe.pkcs7.sha1"), "PDF adbe.pkcs7.sha1", cms.ErrWeak},
		{"RSA alone", kind("adbe.x509.rsa_sha1"), "PDF adbe.x509.rsa_sha1", cms.ErrWeak},
		{"unknown", kind("nobody.knows"), "PDF nobody.knows", &signature.Error{Code: "sign.format_unsuitable"}},
		{"with a content of its own", foreign(t, h, whole), "PAdES-B-B", cms.ErrMalformed},
		{"nothing that is read", rewrittenValue(whole, "30"), "", cms.ErrMalformed},
		{"in the field itself", inField(t, h), "PAdES-B-B", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := verify(t, row.doc)[0]
			if row.format != "" && f.Format != row.format || !errors.Is(f.Broken, row.broken) {
				t.Errorf("%s %v", f.Format, f.Broken)
			}
			if row.broken == nil && (f.Covers != signature.Whole || !f.ClaimedAt.Equal(summer)) {
				t.Errorf("%s at %v", f.Covers, f.ClaimedAt)
			}
		})
	}
}

// rewrittenValue has another value.
func rewrittenValue(doc []byte, value string) []byte {
	doc = bytes.Clone(doc)
	at := bytes.LastIndex(doc, []byte("/Contents <")) + len("/Contents <")
	end := at + bytes.IndexByte(doc[at:], '>')
	copy(doc[at:end], strings.Repeat("0", end-at))
	copy(doc[at:], value)
	return doc
}

// foreign has a signature that holds, over a content that it brings itself.
func foreign(t testing.TB, h *house, doc []byte) []byte {
	t.Helper()
	content := []byte("another document")
	digest := sha256.Sum256(content)
	signing := cms.Signing{Identity: h.doctor.Identity}
	attributes, err := cms.Attributes(signing, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	var der bytes.Buffer
	value := h.doctor.Value(t, h.doctor.Identity.Algorithm.Digest(attributes))
	if err := cms.Attached(t.Context(), &der, signing, bytes.NewReader(content), attributes, value, nil); err != nil {
		t.Fatal(err)
	}
	return rewrittenValue(doc, hex.EncodeToString(der.Bytes()))
}

// inField has the signature's dictionary in the field, not in an object of its own.
func inField(t testing.TB, h *house) []byte {
	b := pdftest.New()
	b.Pages("/AcroForm <</Fields [6 0 R] /SigFlags 3>>", "/Annots [6 0 R]")
	b.Object(6, "<</Type /Annot /Subtype /Widget /FT /Sig /T (autore) /Rect [0 0 0 0] /P 3 0 R /V <<"+
		"/Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (D:20260714180509+02'00') /ByteRange ["+
		strings.Repeat(" ", 40)+"] /Contents <"+strings.Repeat("0", 2*handRoom)+">>> >>")
	return seal(t, h.doctor, b.End(""))
}

// stamped adds a time-stamp of the document.
func stamped(t testing.TB, s signature.Stamper, doc []byte) []byte {
	t.Helper()
	doc = revise(doc, map[int]string{
		1:  "<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [6 0 R 8 0 R 20 0 R] /SigFlags 3>> /Metadata 11 0 R /DSS <</Certs [22 0 R] /OCSPs [23 0 R]>> >>",
		3:  page + "/Annots [6 0 R 8 0 R 10 0 R 20 0 R]>>",
		20: "<</Type /Annot /Subtype /Widget /FT /Sig /T (marca) /V 21 0 R /Rect [0 0 0 0] /F 132 /P 3 0 R>>",
		21: "<</Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161 /ByteRange [" + strings.Repeat(" ", 40) +
			"] /Contents <" + strings.Repeat("0", 2*handRoom) + ">>>",
		22: "<</Length 3>>\nstream\nabc\nendstream",
		23: "<</Length 4>>\nstream\nocsp\nendstream",
	})
	open := bytes.LastIndex(doc, []byte("/Contents <")) + len("/Contents ")
	end := open + bytes.IndexByte(doc[open:], '>') + 1
	numbers := bytes.LastIndex(doc, []byte("/ByteRange [")) + len("/ByteRange [")
	copy(doc[numbers:], "0 "+strconv.Itoa(open)+" "+strconv.Itoa(end)+" "+strconv.Itoa(len(doc)-end))
	digest := sha256.Sum256(append(bytes.Clone(doc[:open]), doc[end:]...))
	token, err := s.Stamp(t.Context(), digest[:])
	if err != nil {
		t.Fatal(err)
	}
	hex.Encode(doc[open+1:], token)
	return doc
}

// A time-stamp of the document proves the signatures before it; a broken one is told.
func TestDocumentTimeStamp(t *testing.T) {
	h := newHouse(t)
	stamper := h.stamper(t)
	doc := stamped(t, stamper, byHand(t, h, "", "", ""))
	found := verify(t, doc)
	if len(found) != 1 || found[0].Broken != nil || found[0].Covers != signature.Whole || found[0].Format != "PAdES-B-LT" {
		t.Fatalf("%+v", found)
	}
	f := found[0]
	if len(f.Stamps) != 1 || f.Stamps[0].Broken != nil || time.Since(f.Stamps[0].At).Abs() > time.Hour || f.Stamps[0].Authority == nil {
		t.Errorf("%+v", f.Stamps)
	}
	if len(f.OCSPs) != 1 || string(f.OCSPs[0]) != "ocsp" {
		t.Errorf("%q", f.OCSPs)
	}
	bad := bytes.Clone(doc)
	bad[bytes.LastIndex(bad, []byte("ocsp"))] = 'x'
	found = verify(t, bad)
	if len(found) != 2 || found[0].Broken != nil || len(found[0].Stamps) != 0 || !errors.Is(found[1].Broken, cms.ErrChanged) {
		t.Errorf("%+v", found)
	}
	// Something else than a time-stamp in its place.
	doc = seal(t, h.doctor, bytes.Clone(doc))
	if found = verify(t, doc); len(found) != 2 || !errors.Is(found[1].Broken, cms.ErrMalformed) {
		t.Errorf("%+v", found)
	}
}

func TestNotSigned(t *testing.T) {
	signed := byHand(t, newHouse(t), "", "", "")
	for name, row := range map[string]struct {
		doc  []byte
		want string
	}{
		"no form":       {pdftest.Simple("", ""), "document.not_signed"},
		"empty field":   {withForm(""), "document.not_signed"},
		"form gone":     {revise(signed, map[int]string{1: "<</Type /Catalog /Pages 2 0 R>>"}), "document.not_signed"},
		"field gone":    {revise(signed, map[int]string{6: "<</FT /Tx /T (autore)>>"}), "document.not_signed"},
		"not a PDF":     {[]byte("text"), "document.pdf_broken"},
		"encrypted PDF": {pdftest.QPDF(t, pdftest.Simple("", ""), "--encrypt", "", "geheim", "256", "--"), "document.pdf_encrypted"},
	} {
		if _, err := verifyErr(t, row.doc); err == nil || !strings.HasPrefix(err.Error(), row.want) {
			t.Errorf("%s: %v, want %s", name, err, row.want)
		}
	}
}
