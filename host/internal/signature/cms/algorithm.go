package cms

import (
	"crypto"
	"encoding/asn1"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

var (
	oidRSA  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidMGF1 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}
	oidPSS  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
)

// hashes are those that a signature may have (RFC 5754), with the identifiers
// of the hash and of its signatures.
var hashes = []struct {
	hash            crypto.Hash
	oid, rsa, ecdsa asn1.ObjectIdentifier
}{
	{crypto.SHA256, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}},
	{crypto.SHA384, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}},
	{crypto.SHA512, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}},
}

// weak are hashes that were once in use, with the identifiers of the hash and
// of its signatures.
var weak = []struct {
	hash            crypto.Hash
	oid, rsa, ecdsa asn1.ObjectIdentifier
}{
	{crypto.MD5, asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 5}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 4}, nil},
	{crypto.SHA1, asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 1}},
	{crypto.SHA224, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 4}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 14}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 1}},
	{crypto.RIPEMD160, asn1.ObjectIdentifier{1, 3, 36, 3, 2, 1}, asn1.ObjectIdentifier{1, 3, 36, 3, 3, 1, 2}, nil},
}

func hashOID(h crypto.Hash) (asn1.ObjectIdentifier, bool) {
	for _, row := range hashes {
		if row.hash == h {
			return row.oid, true
		}
	}
	return nil, false
}

func unsupported(oid asn1.ObjectIdentifier) error {
	return &signature.Error{Code: wire.ErrSignAlgorithm, Detail: oid.String()}
}

// use is what an object identifier can stand for, beside a hash.
type use int

const (
	bare use = iota
	withRSA
	withECDSA
)

// hashOf tells which hash an object identifier names, alone or with a signature.
// A weak hash comes with ErrWeak.
func hashOf(oid asn1.ObjectIdentifier) (crypto.Hash, use, error) {
	for i, table := range [...][]struct {
		hash            crypto.Hash
		oid, rsa, ecdsa asn1.ObjectIdentifier
	}{hashes, weak} {
		for _, row := range table {
			for u, o := range []asn1.ObjectIdentifier{row.oid, row.rsa, row.ecdsa} {
				switch {
				case !o.Equal(oid):
				case i == 0:
					return row.hash, use(u), nil
				default:
					return row.hash, use(u), fmt.Errorf("%w: %s", ErrWeak, row.hash)
				}
			}
		}
	}
	return 0, bare, unsupported(oid)
}

// check refuses an identity that could not make the signature it claims.
func (s Signing) check() error {
	id := s.Identity
	if id.Certificate == nil {
		return &signature.Error{Code: wire.ErrNoSignCert}
	}
	if _, ok := hashOID(id.Algorithm.Hash); !ok || !id.Algorithm.Fits(id.Certificate.PublicKey) {
		return &signature.Error{Code: wire.ErrSignAlgorithm, Detail: id.Algorithm.Describe(id.Certificate.PublicKey)}
	}
	return nil
}

// addHash writes the AlgorithmIdentifier of a hash, without parameters (RFC
// 5754, section 2).
func addHash(b *cryptobyte.Builder, h crypto.Hash) {
	oid, _ := hashOID(h)
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oid) })
}

// addSignatureAlgorithm writes the AlgorithmIdentifier of a signature.
// rsaEncryption is what every verifier must know (RFC 5754, section 3.2).
func addSignatureAlgorithm(b *cryptobyte.Builder, a signature.Algorithm) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		switch a.Scheme {
		case signature.PKCS1v15:
			b.AddASN1ObjectIdentifier(oidRSA)
			b.AddASN1NULL()
		case signature.PSS:
			b.AddASN1ObjectIdentifier(oidPSS)
			addPSSParameters(b, a.Hash)
		case signature.ECDSA:
			for _, row := range hashes {
				if row.hash == a.Hash {
					b.AddASN1ObjectIdentifier(row.ecdsa)
				}
			}
		}
	})
}

// addPSSParameters writes RSASSA-PSS-params (RFC 4055, section 3.1); the
// trailer field has its default value.
func addPSSParameters(b *cryptobyte.Builder, h crypto.Hash) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(tagged(0), func(b *cryptobyte.Builder) { addHash(b, h) })
		b.AddASN1(tagged(1), func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(oidMGF1)
				addHash(b, h)
			})
		})
		b.AddASN1(tagged(2), func(b *cryptobyte.Builder) { b.AddASN1Int64(int64(h.Size())) })
	})
}
