package pades_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "time/tzdata"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/pades"
	"raccordo/host/internal/signature/timestamp"
	"raccordo/host/internal/sim/signtest"
)

// summer is two hours from UTC.
var summer = time.Date(2026, 7, 14, 16, 5, 9, 0, time.UTC)

// house has an authority that pdfsig trusts.
type house struct {
	*signtest.House
	nss    string
	doctor signtest.Signatory // RSA
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{House: signtest.New(t)}
	h.nss = filepath.Join(h.Folder, "nss")
	if err := os.Mkdir(h.nss, 0o700); err != nil {
		t.Fatal(err)
	}
	signtest.Holds(t, "certutil", "-N", "-d", "sql:"+h.nss, "--empty-password")
	signtest.Holds(t, "certutil", "-A", "-d", "sql:"+h.nss, "-n", "ca", "-t", "C,C,C", "-i", h.CAFile())
	name := func(oid asn1.ObjectIdentifier, value string) pkix.AttributeTypeAndValue {
		return pkix.AttributeTypeAndValue{Type: oid, Value: value}
	}
	h.doctor = h.Issue(t, "RSA", "rsa", signature.Algorithm{Scheme: signature.PKCS1v15, Hash: crypto.SHA256}, &x509.Certificate{
		KeyUsage: x509.KeyUsageContentCommitment,
		Subject: pkix.Name{CommonName: "PROVA NICOLÒ", ExtraNames: []pkix.AttributeTypeAndValue{
			name(asn1.ObjectIdentifier{2, 5, 4, 4}, "PROVÀ ȘTEFĂNESCU"), name(asn1.ObjectIdentifier{2, 5, 4, 42}, "NICOLÒ"),
		}},
	})
	return h
}

func (h *house) stamper(t testing.TB) signature.Stamper {
	return timestamp.New(h.TSA(t).URL, http.DefaultClient, timestamp.Options{})
}

// sign makes a signed document of one.
func sign(t testing.TB, s signtest.Signatory, doc []byte, opt signature.Options) []byte {
	t.Helper()
	opt.Identity = s.Identity
	if opt.Now.IsZero() {
		opt.Now = summer
	}
	p, err := pades.Prepare(t.Context(), bytes.NewReader(doc), opt)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := p.Complete(t.Context(), s.Value(t, p.Digest()), &out); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(out.Bytes(), doc) {
		t.Fatal("the original is not the beginning of the signed document")
	}
	return out.Bytes()
}

// holds lets pdfsig, qpdf and Verify look at a document with so many signatures,
// the last one over all of it.
func (h *house) holds(t testing.TB, doc []byte, signatures int) []signature.Found {
	t.Helper()
	path := h.Temp(t, doc)
	defer os.Remove(path)
	signtest.Holds(t, "qpdf", "--check", path)
	h.readers(t, path, signatures)
	found := verify(t, doc)
	if len(found) != signatures {
		t.Fatalf("%d signatures, want %d", len(found), signatures)
	}
	for i, f := range found {
		if f.Broken != nil {
			t.Errorf("signature %d: %v", i, f.Broken)
		}
		covers := signature.Revision
		if i == len(found)-1 {
			covers = signature.Whole
		}
		if f.Covers != covers {
			t.Errorf("signature %d covers %s, want %s", i, f.Covers, covers)
		}
	}
	return found
}

// readers asks poppler.
func (h *house) readers(t testing.TB, path string, signatures int) {
	t.Helper()
	said := signtest.Holds(t, "pdfsig", "-nssdir", "sql:"+h.nss, path)
	for text, n := range map[string]int{
		"Signature is Valid.": signatures, "Certificate is Trusted.": signatures, "Not total document signed": signatures - 1,
		"- Total document signed": 1,
	} {
		if got := strings.Count(said, text); got != n {
			t.Errorf("pdfsig says %q %d times, want %d:\n%s", text, got, n, said)
		}
	}
}

func verify(t testing.TB, doc []byte) []signature.Found {
	t.Helper()
	found, err := pades.Verify(t.Context(), bytes.NewReader(doc), nil)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func prepare(t testing.TB, s signtest.Signatory, doc []byte) (signature.Prepared, error) {
	t.Helper()
	return pades.Prepare(t.Context(), bytes.NewReader(doc), signature.Options{Identity: s.Identity, Now: summer})
}

func verifyErr(t testing.TB, doc []byte) ([]signature.Found, error) {
	t.Helper()
	return pades.Verify(t.Context(), bytes.NewReader(doc), nil)
}
