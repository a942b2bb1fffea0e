package cms

import (
	"context"
	"crypto/sha256"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"raccordo/host/internal/signature"
)

// Tokens asks for a time-stamp over a signature's value; without a stamper there
// is none.
func Tokens(ctx context.Context, stamper signature.Stamper, value []byte) ([][]byte, error) {
	if stamper == nil {
		return nil, nil
	}
	digest := sha256.Sum256(value)
	token, err := stamper.Stamp(ctx, digest[:])
	if err != nil {
		return nil, err
	}
	return [][]byte{token}, nil
}

// signerInfo is a SignerInfo of version 1 (RFC 5652, section 5.3). The unsigned
// attributes are encoded; nil: none.
func signerInfo(s Signing, attributes, value, unsigned []byte) ([]byte, error) {
	if len(attributes) == 0 || attributes[0] != 0x31 {
		return nil, fmt.Errorf("%w: signed attributes are a SET", ErrMalformed)
	}
	signed := append([]byte{0xa0}, attributes[1:]...) // [0] IMPLICIT
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // issuerAndSerialNumber
			b.AddBytes(s.Identity.Certificate.RawIssuer)
			b.AddASN1BigInt(s.Identity.Certificate.SerialNumber)
		})
		addHash(b, s.Identity.Algorithm.Hash)
		b.AddBytes(signed)
		addSignatureAlgorithm(b, s.Identity.Algorithm)
		b.AddASN1OctetString(value)
		b.AddBytes(unsigned)
	})
	return b.Bytes()
}

// unsignedAttributes has a signature-time-stamp attribute for each token
// (ETSI EN 319 122-1, section 5.3); nothing without a token.
func unsignedAttributes(tokens [][]byte) ([]byte, error) {
	if len(tokens) == 0 {
		return nil, nil
	}
	var all []func(*cryptobyte.Builder)
	for _, token := range tokens {
		all = append(all, attribute(oidSignatureStamp, func(b *cryptobyte.Builder) { b.AddBytes(token) }))
	}
	return setOf(tagged(1), all...)
}
