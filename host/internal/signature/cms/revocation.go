package cms

import (
	"crypto/x509"
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// addRevocation takes a RevocationInfoChoice (RFC 5652, section 10.2.1; RFC 5940).
func (d *SignedData) addRevocation(raw []byte) {
	s := cryptobyte.String(raw)
	if s.PeekASN1Tag(cbasn1.SEQUENCE) {
		d.CRLs = append(d.CRLs, raw)
		return
	}
	var other, answer cryptobyte.String
	var format asn1.ObjectIdentifier
	if !s.ReadASN1(&other, tagged(1)) || !other.ReadASN1ObjectIdentifier(&format) || !other.ReadASN1Element(&answer, cbasn1.SEQUENCE) {
		return
	}
	switch {
	case format.Equal(oidOCSPResponse):
		d.OCSPs = append(d.OCSPs, answer)
	case format.Equal(oidOCSPBasic):
		d.OCSPs = append(d.OCSPs, wholeResponse(answer))
	}
}

func tagged(n uint8) cbasn1.Tag { return cbasn1.Tag(n).ContextSpecific().Constructed() }

// wholeResponse wraps a BasicOCSPResponse as a responder sends it (RFC 6960,
// section 4.2.1): status successful.
func wholeResponse(basic []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Enum(0)
		b.AddASN1(tagged(0), func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(oidOCSPBasic)
				b.AddASN1OctetString(basic)
			})
		})
	})
	return b.BytesOrPanic() // nothing in it can fail
}

// revocation returns the CRLs and OCSP answers among a signer's attributes:
// revocation-values (ETSI EN 319 122-1, annex A.1.1.1) and, in a PDF, Adobe's
// (ISO 32000-2, section 12.8.3.3.2).
func (s *SignerInfo) revocation() (crls, ocsps [][]byte) {
	for _, value := range s.unsigned.all(oidRevocationVals) {
		c, o := revocationValues(value)
		crls = append(crls, c...)
		for _, basic := range o {
			ocsps = append(ocsps, wholeResponse(basic))
		}
	}
	for _, value := range append(s.signed.all(oidAdobeRevocation), s.unsigned.all(oidAdobeRevocation)...) {
		c, o := revocationValues(value)
		crls, ocsps = append(crls, c...), append(ocsps, o...)
	}
	return crls, ocsps
}

// revocationValues reads SEQUENCE { [0] SEQUENCE OF CRL, [1] SEQUENCE OF
// answer }: what both attributes have in common.
func revocationValues(value []byte) (crls, ocsps [][]byte) {
	s := cryptobyte.String(value)
	var body cryptobyte.String
	if !s.ReadASN1(&body, cbasn1.SEQUENCE) {
		return nil, nil
	}
	return sequencesIn(&body, 0), sequencesIn(&body, 1)
}

// sequencesIn reads an optional [n] EXPLICIT SEQUENCE OF SEQUENCE.
func sequencesIn(s *cryptobyte.String, n uint8) [][]byte {
	var field, list cryptobyte.String
	var present bool
	if !s.ReadOptionalASN1(&field, &present, tagged(n)) || !present || !field.ReadASN1(&list, cbasn1.SEQUENCE) {
		return nil
	}
	var all [][]byte
	for !list.Empty() {
		var one cryptobyte.String
		if !list.ReadASN1Element(&one, cbasn1.SEQUENCE) {
			return all
		}
		all = append(all, one)
	}
	return all
}

// certificateValues returns the certificates among a signer's attributes (ETSI EN
// 319 122-1, annex A.1.1.2).
func (s *SignerInfo) certificateValues() []*x509.Certificate {
	var all []*x509.Certificate
	for _, value := range s.unsigned.all(oidCertificateVals) {
		v := cryptobyte.String(value)
		var body, one cryptobyte.String
		if !v.ReadASN1(&body, cbasn1.SEQUENCE) {
			continue
		}
		for body.ReadASN1Element(&one, cbasn1.SEQUENCE) {
			if c, err := x509.ParseCertificate(one); err == nil {
				all = append(all, c)
			}
		}
	}
	return all
}
