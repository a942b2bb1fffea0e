// Package cms builds, reads and verifies CMS SignedData as CAdES, PAdES, ASiC
// and time-stamp tokens need it: signed attributes with the ESS
// signing-certificate-v2, one SignerInfo, an optional time-stamp over its
// value, the certificates. Further signatures are added beside those that a
// SignedData has, which stay as they are, byte by byte.
//
// What is signed is never held in memory: it is read in place, from DER, from
// BER of indefinite length, or from base64, and written as a stream of definite
// lengths. It never asks a key for anything, and uses no value, and returns no
// token, that it has not verified.
//
// Standards: RFC 5652 (CMS), RFC 5035 (ESS), RFC 5754, RFC 4056, RFC 5753
// (algorithms), RFC 3161 (time-stamp tokens), ETSI EN 319 122-1 (CAdES).
package cms

import (
	"encoding/asn1"
	"errors"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// Signing is whose SignerInfo is made, and over what kind of content.
type Signing struct {
	Identity    signature.Identity
	Now         time.Time             // zero: no signing-time attribute (PAdES)
	ContentType asn1.ObjectIdentifier // nil: id-data
}

// Why a signature is broken, besides signature.ErrValue. Found.Broken wraps one
// of them, or is a *signature.Error of sign.algorithm when nothing here can
// compute what the signer used.
var (
	ErrChanged     = errors.New("the content is not what was signed")
	ErrWeak        = errors.New("the signature uses an algorithm that is no longer safe")
	ErrCertificate = errors.New("the signature was not made with the certificate that it names")
	ErrNoSigner    = errors.New("the signature does not bring the certificate of its signer")
	ErrMalformed   = errors.New("the signature is malformed")
)

// Countersignature is the format of a signature over another one.
const Countersignature = "CAdES countersignature"

// Object identifiers.
var (
	OIDData       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	OIDSignedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	OIDTSTInfo    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}

	oidContentType      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	oidCountersignature = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 6}
	oidSigningCert      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidSignatureStamp   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	oidCertificateVals  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 23}
	oidRevocationVals   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 24}
	oidSigningCertV2    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidArchiveStamp     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 48}
	oidArchiveStampV3   = asn1.ObjectIdentifier{0, 4, 0, 1733, 2, 4}
	oidAdobeRevocation  = asn1.ObjectIdentifier{1, 2, 840, 113583, 1, 1, 8}
	oidOCSPResponse     = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 16, 2}
	oidOCSPBasic        = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}
	oidExtendedUsage    = asn1.ObjectIdentifier{2, 5, 29, 37}
)

// contentType is what the content-type attribute says.
func (s Signing) contentType() asn1.ObjectIdentifier {
	if s.ContentType == nil {
		return OIDData
	}
	return s.ContentType
}

// Check verifies a value over signed attributes with the identity's certificate.
func (s Signing) Check(attributes, value []byte) error {
	if err := s.check(); err != nil {
		return err
	}
	a := s.Identity.Algorithm
	if err := a.Check(s.Identity.Certificate.PublicKey, a.Digest(attributes), value); err != nil {
		return &signature.Error{Code: wire.ErrRemoteSig, Err: err}
	}
	return nil
}
