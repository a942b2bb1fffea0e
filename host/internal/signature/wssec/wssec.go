// Package wssec signs SOAP messages as the X.509 token profile of WS-Security
// says: a wsu:Timestamp and the certificate as wsse:BinarySecurityToken in the
// header, and a signature over both and over the Body.
//
// A message is not written anew: what is added goes into its bytes. It is
// signed with a key of this PC that serves for messages, never with one for documents.
//
// Standards: OASIS WS-Security 1.1.1, X.509 Certificate Token Profile 1.1.1,
// W3C XML Signature 1.1 with Exclusive XML Canonicalization (package xmldsig).
package wssec

import (
	"crypto"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/xmlc14n"
	"raccordo/host/internal/signature/xmldsig"
	"raccordo/host/internal/wire"
)

const (
	extension = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	utility   = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
	x509v3    = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
	encoding  = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"

	soap11 = "http://schemas.xmlsoap.org/soap/envelope/"
	soap12 = "http://www.w3.org/2003/05/soap-envelope"
)

// Options says what differs from region to region.
type Options struct {
	SHA1 bool // RSA-SHA1 and SHA-1 digests, where a region still demands them
}

// Sign returns the envelope with a wsse:Security header. An envelope that has
// one already is refused, and so is one that is not SOAP 1.1 or 1.2.
func Sign(envelope []byte, key crypto.Signer, identity signature.Identity, now time.Time, ttl time.Duration, opt Options) ([]byte, error) {
	if err := xmldsig.CheckIdentity(identity); err != nil {
		return nil, err
	}
	if opt.SHA1 {
		identity.Algorithm = xmldsig.RSASHA1
		if !identity.Algorithm.Fits(identity.Certificate.PublicKey) {
			return nil, &signature.Error{Code: wire.ErrSignAlgorithm, Detail: "SHA-1 is for RSA"}
		}
	}
	d, err := xmlc14n.Parse(envelope)
	if err != nil {
		return nil, err
	}
	e, err := readEnvelope(d)
	if err != nil {
		return nil, err
	}
	s := &security{identity: identity, id: newID(), body: e.bodyID}
	if s.body == "" {
		s.body = "Body-" + s.id
	}
	text := e.with(s, now, ttl, "")
	signed, err := s.sign(text, key)
	if err != nil {
		return nil, err
	}
	return []byte(e.with(s, now, ttl, signed)), nil
}

// security is the header that is added.
type security struct {
	identity signature.Identity
	id, body string
}

func newID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// header writes it around a signature.
func (s *security) header(soap string, now time.Time, ttl time.Duration, signed string) string {
	stamp := func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
	return fmt.Sprintf(`<wsse:Security xmlns:wsse="%s" xmlns:wsu="%s" xmlns:env="%s" env:mustUnderstand="1">`+
		`<wsu:Timestamp wsu:Id="TS-%s"><wsu:Created>%s</wsu:Created><wsu:Expires>%s</wsu:Expires></wsu:Timestamp>`+
		`<wsse:BinarySecurityToken EncodingType="%s" ValueType="%s" wsu:Id="X509-%s">%s</wsse:BinarySecurityToken>%s</wsse:Security>`,
		extension, utility, soap, s.id, stamp(now), stamp(now.Add(ttl)),
		encoding, x509v3, s.id, base64.StdEncoding.EncodeToString(s.identity.Certificate.Raw), signed)
}

// sign makes the ds:Signature over the parts of an envelope that has everything but it.
func (s *security) sign(text string, key crypto.Signer) (string, error) {
	d, err := xmlc14n.Parse([]byte(text))
	if err != nil {
		return "", err
	}
	hash := s.identity.Algorithm.Hash
	var references []xmldsig.Reference
	for _, id := range []string{"TS-" + s.id, "X509-" + s.id, s.body} {
		sum := hash.New()
		if err := d.Canonical(sum, xmlc14n.Exclusive, xmlc14n.Selection{Apex: d.ByID(id)}); err != nil {
			return "", err
		}
		references = append(references, xmldsig.Reference{URI: "#" + id, Transforms: []string{xmldsig.ExcC14N}, Hash: hash, Digest: sum.Sum(nil)})
	}
	info, err := xmldsig.SignedInfo(s.identity.Algorithm, references)
	if err != nil {
		return "", err
	}
	head := fmt.Sprintf(`<ds:Signature xmlns:ds="%s" Id="SIG-%s">%s`, xmldsig.Space, s.id, info)
	digest, err := xmldsig.DigestOfFragment(hash, head+"</ds:Signature>", xmldsig.Space, "SignedInfo")
	if err != nil {
		return "", err
	}
	value, err := key.Sign(rand.Reader, digest, s.identity.Algorithm.Options())
	if err != nil {
		return "", err
	}
	if err := xmldsig.CheckValue(s.identity, digest, value); err != nil {
		return "", err
	}
	flat, err := xmldsig.Flat(s.identity.Algorithm, s.identity.Certificate.PublicKey, value)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`%s<ds:SignatureValue>%s</ds:SignatureValue><ds:KeyInfo><wsse:SecurityTokenReference><wsse:Reference URI="#X509-%s" ValueType="%s"/></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>`,
		head, base64.StdEncoding.EncodeToString(flat), s.id, x509v3), nil
}

func refuse(detail string) error {
	return &signature.Error{Code: wire.ErrXMLRefused, Detail: detail}
}
