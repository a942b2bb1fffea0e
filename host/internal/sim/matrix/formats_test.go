package matrix

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/smallstep/pkcs7"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/asic"
	"raccordo/host/internal/signature/cades"
	"raccordo/host/internal/signature/jws"
	"raccordo/host/internal/signature/pades"
	"raccordo/host/internal/signature/xades"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/clinic/paper"
	"raccordo/host/internal/sim/signtest"
)

// word stands in every document: it is what is changed.
const word = "sintetico"

const text = "Profilo sanitario sintetico: è una prova.\n"

const xml = `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><title xsi:type="ST">Profilo sanitario sintetico &amp; più</title></ClinicalDocument>
`

// format is a row of the table.
type format struct {
	name, by string // by: the programs that verify it
	document func(t *testing.T) []byte
	stamped  bool
	opt      signature.Options
	prepare  func(context.Context, signature.Source, signature.Options) (signature.Prepared, error)
	verify   func(context.Context, signature.Source, signature.Source) ([]signature.Found, error)
	// others lets programs of others verify it; nil: it holds.
	others func(h *house, s signed) error
	// change turns one byte into another; nil: of the word in the document.
	change func(h *house, s *signed)
}

// signed is a signed document with what it was made of.
type signed struct {
	t        *testing.T
	identity signature.Identity
	original []byte
	data     []byte
	detached bool
}

func plain(*testing.T) []byte   { return []byte(text) }
func element(*testing.T) []byte { return []byte(xml) }
func pdf(t *testing.T) []byte {
	doc, err := paper.Draw(paper.Profile, anagrafe.Patients()[0], anagrafe.Doctors()[0], now)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func container(form asic.Form) func(context.Context, signature.Source, signature.Options) (signature.Prepared, error) {
	return func(ctx context.Context, src signature.Source, opt signature.Options) (signature.Prepared, error) {
		return asic.Prepare(ctx, []asic.File{{Name: "profilo.txt", MediaType: "text/plain", Source: src}}, opt, form)
	}
}

var formats = []format{
	{name: "CAdES-B-B, attached", by: "openssl cms", document: plain, prepare: cades.Prepare, verify: cades.Verify, others: (*house).cms},
	{name: "CAdES-B-B, detached", by: "openssl cms", document: plain, opt: signature.Options{Packaging: signature.Detached}, prepare: cades.Prepare, verify: cades.Verify, others: (*house).cms},
	{name: "CAdES-B-T, attached", by: "openssl cms, openssl ts", document: plain, stamped: true, prepare: cades.Prepare, verify: cades.Verify, others: (*house).stampedCMS},
	{name: "PAdES-B-B", by: "pdfsig, qpdf, openssl cms", document: pdf, prepare: pades.Prepare, verify: pades.Verify, others: (*house).pdf, change: middle},
	{name: "PAdES-B-T", by: "pdfsig, qpdf, openssl cms, openssl ts", document: pdf, stamped: true, prepare: pades.Prepare, verify: pades.Verify, others: (*house).stampedPDF, change: middle},
	{name: "XAdES-B-B, enveloped", by: "xmlsec1 (RSA-PSS: xmllint and openssl dgst)", document: element, prepare: xades.Prepare, verify: xades.Verify, others: (*house).xades},
	{name: "XAdES-B-T, enveloped", by: "xmlsec1 (RSA-PSS: xmllint and openssl dgst), openssl ts", document: element, stamped: true, prepare: xades.Prepare, verify: xades.Verify, others: (*house).stampedXAdES},
	{name: "ASiC-E with XAdES", by: "unzip, xmlsec1 (RSA-PSS: xmllint and openssl dgst)", document: plain, prepare: container(asic.XAdES), verify: asic.Verify, others: (*house).asicXAdES, change: middle},
	{name: "ASiC-E with CAdES", by: "unzip, openssl cms, openssl dgst", document: plain, prepare: container(asic.CAdES), verify: asic.Verify, others: (*house).asicCAdES, change: middle},
	{name: "JWS, compact", by: "npm jose", document: plain, prepare: jws.Prepare, verify: jws.Verify, others: (*house).jws, change: payload},
}

// changed has another letter in the place of the word's first.
func (f format) changed(h *house, s signed) signed {
	c := s
	c.data, c.original = bytes.Clone(s.data), bytes.Clone(s.original)
	switch {
	case f.change != nil:
		f.change(h, &c)
	case s.detached:
		c.original[bytes.Index(c.original, []byte(word))] ^= 1
	default:
		c.data[bytes.Index(c.data, []byte(word))] ^= 1
	}
	return c
}

// middle changes a byte of the document in the middle of what it is in.
func middle(_ *house, s *signed) {
	if at := bytes.Index(s.data, s.original); at >= 0 {
		s.data[at+len(s.original)/2] ^= 1
		return
	}
	at := bytes.Index(s.data, []byte("profilo.txt")) + len("profilo.txt") + 8 // compressed
	s.data[at] ^= 1
}

// payload changes a letter between the first dot and the second.
func payload(_ *house, s *signed) { s.data[bytes.IndexByte(s.data, '.')+3] ^= 1 }

func (h *house) cms(s signed) error {
	args := []string{"cms", "-verify", "-cades", "-purpose", "any", "-binary", "-inform", "DER", "-CAfile", h.CAFile(), "-in", h.Temp(s.t, s.data), "-out", os.DevNull}
	if s.detached {
		args = append(args, "-content", h.Temp(s.t, s.original))
	}
	return h.run(s, "openssl", args...)
}

func (h *house) stampedCMS(s signed) error {
	return errors.Join(h.cms(s), h.token(s, s.data))
}

// token lets openssl verify the time-stamp over a CMS's first signature.
func (h *house) token(s signed, der []byte) error {
	p7, err := pkcs7.Parse(der)
	if err != nil {
		return err
	}
	for _, a := range p7.Signers[0].UnauthenticatedAttributes {
		if a.Type.String() != "1.2.840.113549.1.9.16.2.14" {
			continue
		}
		return h.run(s, "openssl", "ts", "-verify", "-token_in", "-in", h.Temp(s.t, a.Value.Bytes), "-data", h.Temp(s.t, p7.Signers[0].EncryptedDigest), "-CAfile", h.CAFile())
	}
	return errors.New("no time-stamp")
}

func (h *house) pdf(s signed) error {
	file := h.Temp(s.t, s.data)
	said, err := signtest.Run(s.t, "pdfsig", "-nssdir", "sql:"+h.nss, file)
	for _, want := range []string{"Signature is Valid.", "Certificate is Trusted.", "- Total document signed"} {
		if !strings.Contains(said, want) {
			err = errors.Join(err, fmt.Errorf("pdfsig does not say %q: %s", want, said))
		}
	}
	content, der, err2 := ranged(s.data)
	if err = errors.Join(err, err2, h.run(s, "qpdf", "--check", file)); err != nil {
		return err
	}
	return h.run(s, "openssl", "cms", "-verify", "-cades", "-purpose", "any", "-binary", "-inform", "DER", "-CAfile", h.CAFile(),
		"-in", h.Temp(s.t, der), "-content", h.Temp(s.t, content), "-out", os.DevNull)
}

func (h *house) stampedPDF(s signed) error {
	_, der, err := ranged(s.data)
	if err != nil {
		return err
	}
	return errors.Join(h.pdf(s), h.token(s, der))
}

func (h *house) xades(s signed) error {
	return h.xmldsig(s, h.Temp(s.t, s.data), "2/2", "--enabled-reference-uris", "empty,same-doc")
}

func (h *house) stampedXAdES(s signed) error {
	file := h.Temp(s.t, s.data)
	value, err := h.said(s, "xmllint", "--xpath", "//*[local-name()='SignatureValue']", file)
	if err != nil {
		return err
	}
	canonical, err := h.said(s, "xmllint", "--exc-c14n", h.Temp(s.t, []byte(inherit(value))))
	if err != nil {
		return err
	}
	token, err := h.base64(s, file, "EncapsulatedTimeStamp")
	return errors.Join(err, h.xades(s), h.run(s, "openssl", "ts", "-verify", "-token_in", "-in", token, "-data", h.Temp(s.t, []byte(canonical)), "-CAfile", h.CAFile()))
}

func (h *house) asicXAdES(s signed) error {
	folder, err := h.unpacked(s)
	if err != nil {
		return err
	}
	s.t.Chdir(folder)
	return h.xmldsig(s, filepath.Join("META-INF", "signatures001.xml"), "2/2", "--enabled-reference-uris", "empty,same-doc,local,remote")
}

func (h *house) asicCAdES(s signed) error {
	folder, err := h.unpacked(s)
	if err != nil {
		return err
	}
	s.t.Chdir(folder)
	sum, err := h.said(s, "sh", "-c", "openssl dgst -sha256 -binary profilo.txt | base64")
	if err != nil {
		return err
	}
	count, err := h.said(s, "xmllint", "--xpath", "count(//*[local-name()='DigestValue'][.='"+strings.TrimSpace(sum)+"'])", "META-INF/ASiCManifest001.xml")
	if err == nil && strings.TrimSpace(count) != "1" {
		err = errors.New("the manifest has another digest")
	}
	return errors.Join(err, h.run(s, "openssl", "cms", "-verify", "-cades", "-purpose", "any", "-binary", "-inform", "DER", "-CAfile", h.CAFile(),
		"-in", "META-INF/signature001.p7s", "-content", "META-INF/ASiCManifest001.xml", "-out", os.DevNull))
}

func (h *house) jws(s signed) error {
	return h.run(s, "node", h.jose[0], h.jose[1], h.Temp(s.t, s.data))
}
