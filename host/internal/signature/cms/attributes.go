package cms

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Attributes are the signed attributes over a content's digest, as they are
// signed: a DER SET OF (RFC 5652, section 5.4). What the key signs is their
// digest, with the hash of the identity's algorithm.
func Attributes(s Signing, messageDigest []byte) ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	all := []func(*cryptobyte.Builder){
		attribute(oidContentType, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(s.contentType()) }),
		attribute(oidMessageDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(messageDigest) }),
		attribute(oidSigningCertV2, func(b *cryptobyte.Builder) { addSigningCertificate(b, s.Identity.Certificate) }),
	}
	if !s.Now.IsZero() {
		all = append(all, attribute(oidSigningTime, func(b *cryptobyte.Builder) { addTime(b, s.Now) }))
	}
	return setOf(cbasn1.SET, all...)
}

// attribute is Attribute ::= SEQUENCE { type, SET OF value } with one value.
func attribute(oid asn1.ObjectIdentifier, value func(*cryptobyte.Builder)) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oid)
			b.AddASN1(cbasn1.SET, value)
		})
	}
}

// setOf writes a SET OF in DER: its elements are sorted (X.690, section 11.6).
func setOf(tag cbasn1.Tag, elements ...func(*cryptobyte.Builder)) ([]byte, error) {
	encoded := make([][]byte, 0, len(elements))
	for _, add := range elements {
		var b cryptobyte.Builder
		add(&b)
		e, err := b.Bytes()
		if err != nil {
			return nil, err
		}
		encoded = append(encoded, e)
	}
	return setOfRaw(tag, encoded)
}

func setOfRaw(tag cbasn1.Tag, encoded [][]byte) ([]byte, error) {
	slices.SortFunc(encoded, bytes.Compare)
	var b cryptobyte.Builder
	b.AddASN1(tag, func(b *cryptobyte.Builder) {
		for _, e := range encoded {
			b.AddBytes(e)
		}
	})
	return b.Bytes()
}

// addSigningCertificate writes SigningCertificateV2 (RFC 5035, section 3): the
// default hash, SHA-256, is not named; the issuer is copied as it stands in
// the certificate.
func addSigningCertificate(b *cryptobyte.Builder, c *x509.Certificate) {
	digest := sha256.Sum256(c.Raw)
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // SigningCertificateV2
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // certs
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // ESSCertIDv2
				b.AddASN1OctetString(digest[:])
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // IssuerSerial
					b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // GeneralNames
						b.AddASN1(tagged(4), func(b *cryptobyte.Builder) { b.AddBytes(c.RawIssuer) })
					})
					b.AddASN1BigInt(c.SerialNumber)
				})
			})
		})
	})
}

// addTime writes a Time: UTCTime up to 2049 (RFC 5652, section 11.3).
func addTime(b *cryptobyte.Builder, t time.Time) {
	t = t.UTC().Truncate(time.Second)
	if t.Year() >= 1950 && t.Year() < 2050 {
		b.AddASN1UTCTime(t)
		return
	}
	b.AddASN1GeneralizedTime(t)
}
