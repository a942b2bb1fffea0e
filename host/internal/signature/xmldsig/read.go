package xmldsig

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"strings"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/signature/xmlc14n"
	"raccordo/host/internal/wire"
)

// Signature is a ds:Signature as it was read.
type Signature struct {
	Document     *xmlc14n.Document
	Element      *xmlc14n.Element
	Value        *xmlc14n.Element // ds:SignatureValue
	Algorithm    signature.Algorithm
	References   []Read
	Certificates []*x509.Certificate

	info   *xmlc14n.Element
	method xmlc14n.Method
}

// Read is a reference as it was read.
type Read struct {
	ID, URI, Type string
	Target        *xmlc14n.Element // that a same-document reference names; nil: the whole document, or external
	External      bool

	hash   crypto.Hash
	digest []byte
	steps  transforms
}

// Limits of what a document can make its reader compute.
const (
	maxSignatures   = 100
	maxReferences   = 256 // of one signature
	maxCertificates = 64  // of one signature
)

// All are the ds:Signature elements of a document.
func All(d *xmlc14n.Document) ([]*xmlc14n.Element, error) {
	var all []*xmlc14n.Element
	for e := range d.Root.All() {
		if !e.Is(Space, "Signature") {
			continue
		}
		if all = append(all, e); len(all) > maxSignatures {
			return nil, &signature.Error{Code: wire.ErrXMLRefused, Detail: "too many signatures"}
		}
	}
	return all, nil
}

// Parse reads a ds:Signature. It checks nothing but its structure.
func Parse(d *xmlc14n.Document, e *xmlc14n.Element) (*Signature, error) {
	s := &Signature{Document: d, Element: e, info: e.Child(Space, "SignedInfo"), Value: e.Child(Space, "SignatureValue")}
	if s.info == nil || s.Value == nil {
		return nil, malformed("SignedInfo")
	}
	s.Certificates = certificates(e.Child(Space, "KeyInfo"))
	method := s.info.Child(Space, "SignatureMethod")
	canonical := s.info.Child(Space, "CanonicalizationMethod")
	if method == nil || canonical == nil {
		return s, malformed("SignatureMethod")
	}
	var err error
	if s.Algorithm, err = methodOf(method.Attr("Algorithm")); err != nil {
		return s, err
	}
	if s.method, err = Canonicalisation(canonical); err != nil {
		return s, err
	}
	for child := range s.info.Elements() {
		if !child.Is(Space, "Reference") {
			continue
		}
		r, err := s.reference(child)
		if err != nil {
			return s, err
		}
		if s.References = append(s.References, r); len(s.References) > maxReferences {
			return s, malformed("Reference")
		}
	}
	if len(s.References) == 0 {
		return s, malformed("Reference")
	}
	return s, nil
}

// certificates are those of a KeyInfo; what can not be read is left out.
func certificates(info *xmlc14n.Element) []*x509.Certificate {
	if info == nil {
		return nil
	}
	var all []*x509.Certificate
	for e := range info.All() {
		if !e.Is(Space, "X509Certificate") || len(all) == maxCertificates {
			continue
		}
		if der, err := Base64(e); err == nil {
			if c, err := x509.ParseCertificate(der); err == nil {
				all = append(all, c)
			}
		}
	}
	return all
}

// Base64 is an element's content.
func Base64(e *xmlc14n.Element) ([]byte, error) {
	if e == nil {
		return nil, malformed("base64")
	}
	text := strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, e.Content())
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || text == "" {
		return nil, malformed("base64")
	}
	return raw, nil
}

// reference reads one and finds what it names.
func (s *Signature) reference(e *xmlc14n.Element) (Read, error) {
	r := Read{ID: e.Attr("Id"), URI: e.Attr("URI"), Type: e.Attr("Type")}
	switch {
	case r.URI == "":
	case strings.HasPrefix(r.URI, "#"):
		id := r.URI[1:]
		if inner, ok := strings.CutPrefix(id, "xpointer(id('"); ok {
			if id, ok = strings.CutSuffix(inner, "'))"); !ok {
				return r, unsupported("reference")
			}
		}
		if r.Target = s.Document.ByID(id); r.Target == nil {
			return r, malformed("reference without target")
		}
	default:
		r.External = true
	}
	method := e.Child(Space, "DigestMethod")
	if method == nil {
		return r, malformed("DigestMethod")
	}
	var err error
	if r.hash, err = DigestOf(method.Attr("Algorithm")); err != nil {
		return r, err
	}
	if r.digest, err = Base64(e.Child(Space, "DigestValue")); err != nil {
		return r, err
	}
	if r.steps, err = readTransforms(e.Child(Space, "Transforms")); err != nil {
		return r, err
	}
	return r, nil
}

// CheckValue verifies the signature's value over its SignedInfo with a certificate.
func (s *Signature) CheckValue(certificate *x509.Certificate) error {
	if s.Algorithm.Hash == crypto.SHA1 {
		return cms.ErrWeak
	}
	flat, err := Base64(s.Value)
	if err != nil {
		return err
	}
	value, err := DER(s.Algorithm, certificate.PublicKey, flat)
	if err != nil {
		return err
	}
	sum := s.Algorithm.Hash.New()
	if err := s.Document.Canonical(sum, s.method, xmlc14n.Selection{Apex: s.info}); err != nil {
		return err
	}
	return s.Algorithm.Check(certificate.PublicKey, sum.Sum(nil), value)
}
