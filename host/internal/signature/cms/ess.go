package cms

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// certificateID is which certificate a signer says to have used, inside what is
// signed (RFC 5035).
type certificateID struct {
	digest []byte
	sum    func([]byte) []byte
}

func (c *certificateID) names(der []byte) bool { return bytes.Equal(c.sum(der), c.digest) }

func sum1(b []byte) []byte   { s := sha1.Sum(b); return s[:] }
func sum256(b []byte) []byte { s := sha256.Sum256(b); return s[:] }

// certificateID reads signing-certificate-v2, or signing-certificate; nil: the
// signer says nothing.
func (s *SignerInfo) certificateID() (*certificateID, error) {
	second, err := s.signed.one(oidSigningCertV2)
	if err != nil {
		return nil, err
	}
	first, err := s.signed.one(oidSigningCert)
	if err != nil {
		return nil, err
	}
	malformed := fmt.Errorf("%w: signing certificate attribute", ErrMalformed)
	attribute := second
	if second == nil {
		attribute = first
	}
	if attribute == nil {
		return nil, nil
	}
	var signing, certs, id, digest cryptobyte.String
	if !attribute.ReadASN1(&signing, cbasn1.SEQUENCE) || !signing.ReadASN1(&certs, cbasn1.SEQUENCE) || !certs.ReadASN1(&id, cbasn1.SEQUENCE) {
		return nil, malformed
	}
	c := &certificateID{sum: sum1}
	if second != nil {
		c.sum = sum256
		if id.PeekASN1Tag(cbasn1.SEQUENCE) { // not the default
			h, err := readHash(&id)
			if err != nil {
				return nil, err
			}
			c.sum = func(b []byte) []byte { x := h.New(); x.Write(b); return x.Sum(nil) }
		}
	}
	if !id.ReadASN1(&digest, cbasn1.OCTET_STRING) {
		return nil, malformed
	}
	c.digest = digest
	return c, nil
}

// certificate finds the signer's among those that came along. It must be the one
// that the signed attributes name, when they name one.
func (s *SignerInfo) certificate(all []*x509.Certificate, unread [][]byte) (*x509.Certificate, *certificateID, error) {
	id, err := s.certificateID()
	if err != nil {
		return nil, nil, err
	}
	var named *x509.Certificate
	for _, c := range all {
		if !s.identifies(c) {
			continue
		}
		if id == nil || id.names(c.Raw) {
			return c, id, nil
		}
		named = c
	}
	if named != nil {
		return named, id, ErrCertificate
	}
	for _, der := range unread {
		if s.issuer == nil || !bytes.Contains(der, s.issuer) {
			continue
		}
		if id != nil && !id.names(der) {
			return nil, id, ErrCertificate
		}
		return nil, id, &signature.Error{Code: wire.ErrSignAlgorithm, Detail: "certificate"} // perhaps a curve that Go has not
	}
	return nil, id, ErrNoSigner
}

// identifies compares the SignerIdentifier. Some signers write the issuer's name
// in other string types than the certificate has.
func (s *SignerInfo) identifies(c *x509.Certificate) bool {
	if s.issuer == nil {
		if len(c.SubjectKeyId) > 0 {
			return bytes.Equal(c.SubjectKeyId, s.keyID)
		}
		return false
	}
	return c.SerialNumber.Cmp(s.serial) == 0 && (bytes.Equal(c.RawIssuer, s.issuer) || sameName(s.issuer, c))
}

// sameName compares names as text, whatever their string types.
func sameName(issuer []byte, c *x509.Certificate) bool {
	var sequence pkix.RDNSequence
	if _, err := asn1.Unmarshal(issuer, &sequence); err != nil {
		return false
	}
	var name pkix.Name
	name.FillFromRDNSequence(&sequence)
	return name.String() == c.Issuer.String()
}
