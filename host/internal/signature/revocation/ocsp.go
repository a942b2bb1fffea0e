package revocation

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	_ "crypto/sha1" // names certificates in questions; nothing is signed with it (RFC 6960, section 4.1.1)
	"crypto/subtle"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"
)

// maxOCSP is the largest answer that is read, in bytes: those with all their
// certificates have some 10 kB.
const maxOCSP = 128 << 10

// Object identifiers of RFC 6960.
var (
	oidNonce         = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2}
	oidArchiveCutoff = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 6}
	oidSHA1          = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
)

func (c *Checker) askOCSP(ctx context.Context, address string, q Query) (evidence, error) {
	nonce := make([]byte, 32)
	rand.Read(nonce) // never fails (Go 1.24)
	question, err := request(q, nonce)
	if err != nil {
		return evidence{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.opt.Wait)
	defer cancel()
	answer, err := c.fetch(ctx, http.MethodPost, address, question, maxOCSP)
	if err != nil {
		return evidence{}, fmt.Errorf("OCSP: %w", err)
	}
	return readOCSP(answer, q, nonce)
}

// request builds an OCSPRequest about one certificate, with a nonce (RFC 9654).
func request(q Query, nonce []byte) ([]byte, error) {
	name, key, err := issuerHashes(q.Issuer, crypto.SHA1)
	if err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	explicit2 := cbasn1.Tag(2).ContextSpecific().Constructed()
	sequence := func(b *cryptobyte.Builder, f cryptobyte.BuilderContinuation) { b.AddASN1(cbasn1.SEQUENCE, f) }
	sequence(&b, func(b *cryptobyte.Builder) { // OCSPRequest
		sequence(b, func(b *cryptobyte.Builder) { // TBSRequest
			sequence(b, func(b *cryptobyte.Builder) { // requestList
				sequence(b, func(b *cryptobyte.Builder) { // Request
					sequence(b, func(b *cryptobyte.Builder) { // CertID
						sequence(b, func(b *cryptobyte.Builder) {
							b.AddASN1ObjectIdentifier(oidSHA1)
							b.AddASN1NULL()
						})
						b.AddASN1OctetString(name)
						b.AddASN1OctetString(key)
						b.AddASN1BigInt(q.Certificate.SerialNumber)
					})
				})
			})
			b.AddASN1(explicit2, func(b *cryptobyte.Builder) {
				sequence(b, func(b *cryptobyte.Builder) { // Extensions
					sequence(b, func(b *cryptobyte.Builder) {
						b.AddASN1ObjectIdentifier(oidNonce)
						b.AddASN1(cbasn1.OCTET_STRING, func(b *cryptobyte.Builder) { b.AddASN1OctetString(nonce) })
					})
				})
			})
		})
	})
	return b.Bytes()
}

// issuerHashes name an issuer as a CertID does.
func issuerHashes(issuer *x509.Certificate, hash crypto.Hash) (name, key []byte, err error) {
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(issuer.RawSubjectPublicKeyInfo, &info); err != nil {
		return nil, nil, err
	}
	h := hash.New()
	h.Write(issuer.RawSubject)
	name = h.Sum(nil)
	h.Reset()
	h.Write(info.Key.RightAlign())
	return name, h.Sum(nil), nil
}

// readOCSP reads an OCSPResponse. With a nonce, an answer that has one must
// have this one; one that has none is taken, because responders that sign
// in advance can not know it: such an answer still must be in force.
func readOCSP(der []byte, q Query, nonce []byte) (evidence, error) {
	if len(der) > maxOCSP {
		return evidence{}, ErrTooLarge
	}
	r, err := ocsp.ParseResponseForCert(der, q.Certificate, q.Issuer)
	if err != nil {
		var refused ocsp.ResponseError
		if errors.As(err, &refused) {
			return evidence{}, fmt.Errorf("%w: %w", ErrRefused, err)
		}
		return evidence{}, fmt.Errorf("OCSP: %w", err)
	}
	if err := delegated(r, q.Issuer); err != nil {
		return evidence{}, err
	}
	if err := about(r, q, nonce); err != nil {
		return evidence{}, err
	}
	e := evidence{
		by: "OCSP", known: r.Status != ocsp.Unknown, revoked: r.Status == ocsp.Revoked,
		revokedAt: r.RevokedAt, reason: r.RevocationReason, thisUpdate: r.ThisUpdate, nextUpdate: r.NextUpdate,
	}
	for _, x := range r.Extensions {
		if x.Id.Equal(oidArchiveCutoff) {
			if _, err := asn1.UnmarshalWithParams(x.Value, &e.since, "generalized"); err != nil {
				e.since = time.Time{}
			}
		}
	}
	return e, nil
}

// delegated checks that the responder is the issuer itself, or has a
// certificate of the issuer for exactly that (RFC 6960, section 4.2.2.2). That its
// signature holds has been checked already.
func delegated(r *ocsp.Response, issuer *x509.Certificate) error {
	c := r.Certificate
	if c == nil || bytes.Equal(c.RawSubjectPublicKeyInfo, issuer.RawSubjectPublicKeyInfo) {
		return nil
	}
	switch {
	case !bytes.Equal(c.RawIssuer, issuer.RawSubject):
		return fmt.Errorf("%w: it is of another issuer", ErrResponder)
	case !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning):
		return fmt.Errorf("%w: its certificate is not for OCSP", ErrResponder)
	case r.ProducedAt.Before(c.NotBefore.Add(-skew)) || r.ProducedAt.After(c.NotAfter):
		return fmt.Errorf("%w: its certificate was not valid then", ErrResponder)
	}
	return nil
}

// answered is what of a ResponseData package ocsp does not hand on.
type answered struct {
	Version    int `asn1:"optional,default:0,explicit,tag:0"`
	Responder  asn1.RawValue
	ProducedAt time.Time `asn1:"generalized"`
	Responses  []struct {
		ID struct {
			Hash      pkix.AlgorithmIdentifier
			Name, Key []byte
			Serial    asn1.RawValue
		}
	}
	Extensions []pkix.Extension `asn1:"explicit,tag:1,optional"`
}

// about checks that the answer is about a certificate of this issuer, and to
// our question: package ocsp compares serial numbers only.
func about(r *ocsp.Response, q Query, nonce []byte) error {
	var a answered
	if _, err := asn1.Unmarshal(r.TBSResponseData, &a); err != nil {
		return fmt.Errorf("OCSP: %w", err)
	}
	name, key, err := issuerHashes(q.Issuer, r.IssuerHash)
	if err != nil {
		return err
	}
	serial, err := asn1.Marshal(q.Certificate.SerialNumber)
	if err != nil {
		return err
	}
	for _, one := range a.Responses {
		// Package ocsp has taken the first with this number.
		if bytes.Equal(one.ID.Serial.FullBytes, serial) {
			if !bytes.Equal(one.ID.Name, name) || !bytes.Equal(one.ID.Key, key) {
				return ErrForeign
			}
			break
		}
	}
	if nonce == nil {
		return nil
	}
	for _, x := range a.Extensions {
		if !x.Id.Equal(oidNonce) {
			continue
		}
		var echoed []byte
		if _, err := asn1.Unmarshal(x.Value, &echoed); err != nil {
			echoed = x.Value // some responders leave the inner wrapping out
		}
		if subtle.ConstantTimeCompare(echoed, nonce) != 1 {
			return ErrNonce
		}
	}
	return nil
}
