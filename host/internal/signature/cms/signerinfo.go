package cms

import (
	"fmt"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"raccordo/host/internal/signature/cms/ber"
)

// SignerInfo is one signature as it was read (RFC 5652, section 5.3).
type SignerInfo struct {
	Value  []byte
	Tokens [][]byte // time-stamps over Value, DER

	issuer []byte // Name, DER; nil: named by keyID
	serial *big.Int
	keyID  []byte

	digest    cryptobyte.String // AlgorithmIdentifiers
	algorithm cryptobyte.String
	attrs     []byte // signed attributes as they are signed: a SET OF; nil: none
	signed    attributeList
	unsigned  attributeList
}

// SigningTime is when the signer says to have signed; zero: not said.
func (s *SignerInfo) SigningTime() (time.Time, error) { return s.signed.time(oidSigningTime) }

// parseSigner reads a SignerInfo, BER or DER.
func parseSigner(raw []byte) (*SignerInfo, error) {
	der, err := ber.DER(raw)
	if err != nil {
		return nil, err
	}
	malformed := fmt.Errorf("%w: SignerInfo", ErrMalformed)
	in := cryptobyte.String(der)
	var s SignerInfo
	var body, octets cryptobyte.String
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !in.Empty() || !body.SkipASN1(cbasn1.INTEGER) || !s.readIdentifier(&body) {
		return nil, malformed
	}
	if !body.ReadASN1Element(&s.digest, cbasn1.SEQUENCE) {
		return nil, malformed
	}
	if s.attrs, s.signed, err = optionalAttributes(&body, 0); err != nil {
		return nil, err
	}
	if !body.ReadASN1Element(&s.algorithm, cbasn1.SEQUENCE) || !body.ReadASN1(&octets, cbasn1.OCTET_STRING) {
		return nil, malformed
	}
	s.Value = octets
	if _, s.unsigned, err = optionalAttributes(&body, 1); err != nil {
		return nil, err
	}
	if !body.Empty() {
		return nil, malformed
	}
	s.Tokens = s.unsigned.all(oidSignatureStamp)
	return &s, nil
}

// readIdentifier reads SignerIdentifier.
func (s *SignerInfo) readIdentifier(body *cryptobyte.String) bool {
	if keyID := cbasn1.Tag(0).ContextSpecific(); body.PeekASN1Tag(keyID) {
		return body.ReadASN1((*cryptobyte.String)(&s.keyID), keyID)
	}
	var both, issuer cryptobyte.String
	s.serial = new(big.Int)
	if !body.ReadASN1(&both, cbasn1.SEQUENCE) || !both.ReadASN1Element(&issuer, cbasn1.SEQUENCE) ||
		!both.ReadASN1Integer(s.serial) || !both.Empty() {
		return false
	}
	s.issuer = issuer
	return true
}

// optionalAttributes reads [n] IMPLICIT SET OF Attribute, and returns it also
// as the SET OF that is signed.
func optionalAttributes(body *cryptobyte.String, n uint8) ([]byte, attributeList, error) {
	tag := cbasn1.Tag(n).ContextSpecific().Constructed()
	if !body.PeekASN1Tag(tag) {
		return nil, nil, nil
	}
	var element cryptobyte.String
	if !body.ReadASN1Element(&element, tag) {
		return nil, nil, fmt.Errorf("%w: attributes", ErrMalformed)
	}
	list, err := parseAttributes(element)
	if err != nil {
		return nil, nil, err
	}
	return append([]byte{byte(cbasn1.SET)}, element[1:]...), list, nil
}
