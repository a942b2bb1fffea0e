package pades_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/signature/pades"
	"raccordo/host/internal/sim/pdftest"
	"raccordo/host/internal/sim/signtest"
	"raccordo/host/internal/wire"
)

// parts are what a signature signs, and its value.
func parts(t testing.TB, doc []byte) (content, der []byte) {
	t.Helper()
	found := regexp.MustCompile(`/ByteRange \[0 (\d+) (\d+) (\d+) *\]`).FindAllSubmatch(doc, -1)
	if len(found) == 0 {
		t.Fatal("no ByteRange")
	}
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(string(found[len(found)-1][i+1]))
	}
	value, err := hex.DecodeString(string(doc[n[0]+1 : n[1]-1]))
	if err != nil {
		t.Fatal(err)
	}
	var envelope asn1.RawValue
	rest, err := asn1.Unmarshal(value, &envelope)
	if err != nil || len(bytes.Trim(rest, "\x00")) > 0 {
		t.Fatal("after the value there is more than zeros", err)
	}
	return append(bytes.Clone(doc[:n[0]]), doc[n[1]:n[1]+n[2]]...), envelope.FullBytes
}

func TestAlgorithms(t *testing.T) {
	h := newHouse(t)
	stamper := h.stamper(t)
	for _, s := range h.All(t) {
		for level, opt := range map[string]signature.Options{"B": {}, "T": {Stamper: stamper}} {
			t.Run(s.Name+" "+level, func(t *testing.T) {
				signed := sign(t, s, pdftest.Simple("", ""), opt)
				f := h.holds(t, signed, 1)[0]
				if f.Format != "PAdES-B-"+level || f.Algorithm != s.Identity.Algorithm || !f.ClaimedAt.Equal(summer) || !f.Certificate.Equal(s.Identity.Certificate) {
					t.Errorf("found %s %v %v", f.Format, f.Algorithm, f.ClaimedAt)
				}
				content, der := parts(t, signed)
				out := h.Temp(t, nil)
				said := signtest.Holds(t, "openssl", "cms", "-verify", "-cades", "-purpose", "any", "-binary", "-inform", "DER",
					"-in", h.Temp(t, der), "-content", h.Temp(t, content), "-CAfile", h.CAFile(), "-out", out)
				if !strings.Contains(said, "Verification successful") {
					t.Error(said)
				}
				printed := signtest.Holds(t, "openssl", "cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", h.Temp(t, der))
				if level == "B" && strings.Contains(printed, "signingTime") { // the token of T has one of its own
					t.Error("PAdES has no signing-time attribute (EN 319 142-1, section 6.3)")
				}
				h.flipped(t, signed)
			})
		}
	}
}

// flipped changes one byte of the document, and one of the signature's value.
func (h *house) flipped(t *testing.T, signed []byte) {
	t.Helper()
	places := map[string]int{
		"contents of the page": bytes.Index(signed, []byte("Documento")),
		"date":                 bytes.LastIndex(signed, []byte("/M (D:2026")) + 6,
		"value":                digestAt(signed),
	}
	for name, at := range places {
		bad := bytes.Clone(signed)
		if bad[at]++; name == "value" {
			bad[at] = "10"[min(1, max(0, bad[at]-'1'))] // still hexadecimal
		}
		found := verify(t, bad)
		if len(found) != 1 || found[0].Broken == nil {
			t.Errorf("%s: one byte changed, and the signature holds", name)
		}
		if name == "date" {
			continue // programs of others take their time
		}
		path := h.Temp(t, bad)
		if said, _ := signtest.Run(t, "pdfsig", "-nssdir", "sql:"+h.nss, path); strings.Contains(said, "Signature is Valid.") {
			t.Errorf("%s: pdfsig: %s", name, said)
		}
		os.Remove(path)
	}
}

// digestAt is where the message-digest attribute has its value.
func digestAt(signed []byte) int {
	const oid = "2a864886f70d010904"
	at := bytes.LastIndex(signed, []byte("/Contents <"))
	return at + bytes.Index(signed[at:], []byte(oid)) + len(oid) + 20
}

// What a reader that knows nothing of us finds in the file.
func TestDictionary(t *testing.T) {
	h := newHouse(t)
	signed := sign(t, h.doctor, pdftest.Simple("", ""), signature.Options{Reason: "Perché (sì)", Location: "Torino"})
	out := string(pdftest.QPDF(t, signed, "--qdf", "--object-streams=disable"))
	for _, want := range []string{
		"/SubFilter /ETSI.CAdES.detached", "/Filter /Adobe.PPKLite", "/M (D:20260714180509+02'00')", "/SigFlags 3",
		"/FT /Sig", "/F 132", "/ExtensionLevel 2", "/BaseVersion /1.7", "/Location (Torino)",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(out, "/Cert ") || strings.Contains(out, "/AP ") {
		t.Error("/Cert is not for PAdES, and what is not seen has no appearance")
	}
	if said := signtest.Holds(t, "qpdf", "--json", h.Temp(t, signed)); !strings.Contains(said, `"/Reason": "u:Perché (sì)"`) {
		t.Error("the reason is not what was told")
	}
	signed = sign(t, h.doctor, pdftest.QPDF(t, pdftest.Simple("", ""), "--force-version=2.0"), signature.Options{})
	if bytes.Contains(signed, []byte("/ESIC")) {
		t.Error("PDF 2.0 needs no extension for PAdES")
	}
}

type failing struct{}

func (failing) Stamp(context.Context, []byte) ([]byte, error) {
	return nil, &signature.Error{Code: wire.ErrTSADown}
}

func TestRefused(t *testing.T) {
	h := newHouse(t)
	whole := pdftest.Simple("", "")
	at := func(page int, x, width float64) signature.Options {
		return signature.Options{Field: &signature.Field{Page: page, X: x, Y: 10, Width: width, Height: 50}}
	}
	for _, row := range []struct {
		name string
		doc  []byte
		opt  signature.Options
		want wire.ErrorCode
	}{
		{"RC4", pdftest.QPDF(t, whole, "--allow-weak-crypto", "--encrypt", "", "geheim", "128", "--"), signature.Options{}, wire.ErrPDFSealed},
		{"AES-256", pdftest.QPDF(t, whole, "--encrypt", "", "geheim", "256", "--"), signature.Options{}, wire.ErrPDFSealed},
		{"AES-256, object streams", pdftest.QPDF(t, whole, "--object-streams=generate", "--encrypt", "x", "y", "256", "--"), signature.Options{}, wire.ErrPDFSealed},
		{"text", []byte("Nel mezzo del cammin di nostra vita"), signature.Options{}, wire.ErrPDFBroken},
		{"empty", nil, signature.Options{}, wire.ErrPDFBroken},
		{"half", whole[:len(whole)/2], signature.Options{}, wire.ErrPDFBroken},
		{"without the end of its trailer", whole[:len(whole)-40], signature.Options{}, wire.ErrPDFBroken},
		{"no catalog", bytes.ReplaceAll(whole, []byte("/Root"), []byte("/Roof")), signature.Options{}, wire.ErrPDFBroken},
		{"objects moved", bytes.Replace(whole, []byte("endobj"), []byte("endobj  "), 1), signature.Options{}, wire.ErrPDFBroken},
		{"pages that are their own kids", bytes.Replace(whole, []byte("[3 0 R]"), []byte("[2 0 R]"), 1), signature.Options{}, wire.ErrPDFBroken},
		{"certified", certified(t, h, 1), signature.Options{}, wire.ErrPDFLocked},
		{"page too high", whole, at(2, 10, 100), wire.ErrParams},
		{"page 0", whole, at(0, 10, 100), wire.ErrParams},
		{"beside the page", whole, at(1, 590, 100), wire.ErrParams},
		{"no width", whole, at(1, 10, 0), wire.ErrParams},
		{"detached", whole, signature.Options{Packaging: signature.Detached}, wire.ErrSignFormat},
		{"no time-stamp", whole, signature.Options{Stamper: failing{}}, wire.ErrTSADown},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.opt.Identity, row.opt.Now = h.doctor.Identity, summer
			p, err := pades.Prepare(t.Context(), bytes.NewReader(row.doc), row.opt)
			if err == nil {
				var out bytes.Buffer
				if err = p.Complete(t.Context(), h.doctor.Value(t, p.Digest()), &out); err != nil && out.Len() > 0 {
					t.Error("something was written")
				}
			}
			var fault *signature.Error
			if !errors.As(err, &fault) || fault.Code != row.want {
				t.Errorf("%v, want %s", err, row.want)
			}
		})
	}
}

// A value that is not one of this certificate over this document is never written.
func TestForeignValue(t *testing.T) {
	h := newHouse(t)
	opt := signature.Options{Identity: h.doctor.Identity, Now: summer}
	p, err := pades.Prepare(t.Context(), bytes.NewReader(pdftest.Simple("", "")), opt)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte("another document"))
	stranger := h.One(t, "P-256 SHA-256")
	for name, value := range map[string][]byte{
		"another document": h.doctor.Value(t, digest[:]),
		"another key":      stranger.Value(t, p.Digest()),
		"nothing":          nil,
	} {
		var out bytes.Buffer
		err := p.Complete(t.Context(), value, &out)
		if !errors.Is(err, signature.ErrValue) || !errors.Is(err, &signature.Error{Code: wire.ErrRemoteSig}) || out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes written", name, err, out.Len())
		}
	}
}

// certified is a document of an author who permits little (ISO 32000-1, section 12.8.2.2).
func certified(t testing.TB, h *house, permission int) []byte {
	t.Helper()
	reference := "/Reference [<</Type /SigRef /TransformMethod /DocMDP /TransformParams <</Type /TransformParams /V /1.2 /P " + strconv.Itoa(permission) + ">>>>]"
	return byHand(t, h, "/Perms <</DocMDP 7 0 R>>", reference, "")
}

const handRoom = 4096

// byHand is a document with a text field, signed by other code than ours: more may be said in its
// catalog, in the signature and in the field.
func byHand(t testing.TB, h *house, catalog, value, field string) []byte {
	t.Helper()
	b := pdftest.New()
	b.Pages("/AcroForm <</Fields [6 0 R 8 0 R] /SigFlags 3>> /Metadata 11 0 R "+catalog, "/Annots [6 0 R 8 0 R 10 0 R]")
	b.Object(6, "<</Type /Annot /Subtype /Widget /FT /Sig /T (autore) /V 7 0 R /Rect [0 0 0 0] /F 132 /P 3 0 R "+field+">>")
	b.Object(7, "<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (D:20260714180509+02'00') "+value+
		" /ByteRange ["+strings.Repeat(" ", 40)+"] /Contents <"+strings.Repeat("0", 2*handRoom)+">>>")
	b.Object(8, "<</Type /Annot /Subtype /Widget /FT /Tx /T (nota) /V (vuota) /Rect [60 600 300 620] /P 3 0 R /F 4 /DA (/Helv 10 Tf 0 g) /AP <</N 9 0 R>>>>")
	b.Stream(9, "/Type /XObject /Subtype /Form /BBox [0 0 9 9]", "")
	b.Object(10, "<</Type /Annot /Subtype /Text /Rect [1 1 9 9] /Contents (vuota)>>")
	b.Stream(11, "/Type /Metadata /Subtype /XML", "")
	return seal(t, h.doctor, b.End(""))
}

// seal fills in the last signature of a document.
func seal(t testing.TB, s signtest.Signatory, doc []byte) []byte {
	t.Helper()
	open := bytes.LastIndex(doc, []byte("/Contents <")) + len("/Contents ")
	end := open + bytes.IndexByte(doc[open:], '>') + 1
	numbers := bytes.LastIndex(doc, []byte("/ByteRange [")) + len("/ByteRange [")
	copy(doc[numbers:], "0 "+strconv.Itoa(open)+" "+strconv.Itoa(end)+" "+strconv.Itoa(len(doc)-end))
	hash := crypto.SHA256.New()
	hash.Write(doc[:open])
	hash.Write(doc[end:])
	signing := cms.Signing{Identity: s.Identity}
	attributes, err := cms.Attributes(signing, hash.Sum(nil))
	if err != nil {
		t.Fatal(err)
	}
	der, err := cms.Detached(signing, attributes, s.Value(t, s.Identity.Algorithm.Digest(attributes)), nil)
	if err != nil {
		t.Fatal(err)
	}
	hex.Encode(doc[open+1:], der)
	return doc
}
