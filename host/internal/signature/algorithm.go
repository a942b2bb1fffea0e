package signature

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	_ "crypto/sha256" // the hashes that a signature may have
	_ "crypto/sha512"
	"errors"
	"fmt"

	"raccordo/host/internal/wire"
)

// Scheme is how a key signs a digest.
type Scheme int

// The schemes.
const (
	PKCS1v15 Scheme = iota + 1 // RSASSA-PKCS1-v1_5 (RFC 8017)
	PSS                        // RSASSA-PSS, salt as long as the hash, MGF1 with the same hash
	ECDSA
)

// Algorithm is a scheme and a hash: SHA-256 or longer. SHA-1 is only for
// package wssec, where a region still demands it.
type Algorithm struct {
	Scheme Scheme
	Hash   crypto.Hash
}

// ErrValue tells that a signature value is not one of this key over this digest.
var ErrValue = errors.New("the value is not a signature of this certificate over this document")

// AlgorithmOf is the usual algorithm for a key: PKCS #1 v1.5 for RSA, else
// ECDSA, with a hash that fits the curve.
func AlgorithmOf(public crypto.PublicKey) (Algorithm, error) {
	switch k := public.(type) {
	case *rsa.PublicKey:
		return Algorithm{PKCS1v15, crypto.SHA256}, nil
	case *ecdsa.PublicKey:
		switch size := k.Curve.Params().BitSize; {
		case size <= 256:
			return Algorithm{ECDSA, crypto.SHA256}, nil
		case size <= 384:
			return Algorithm{ECDSA, crypto.SHA384}, nil
		}
		return Algorithm{ECDSA, crypto.SHA512}, nil
	}
	return Algorithm{}, &Error{Code: wire.ErrSignAlgorithm, Detail: fmt.Sprintf("%T", public)}
}

// Options are those for crypto.Signer.
func (a Algorithm) Options() crypto.SignerOpts {
	if a.Scheme == PSS {
		return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: a.Hash}
	}
	return a.Hash
}

// Digest hashes in one go.
func (a Algorithm) Digest(data []byte) []byte {
	h := a.Hash.New()
	h.Write(data)
	return h.Sum(nil)
}

// Fits tells whether a key can have made signatures of this kind.
func (a Algorithm) Fits(public crypto.PublicKey) bool {
	switch public.(type) {
	case *rsa.PublicKey:
		return a.Scheme == PKCS1v15 || a.Scheme == PSS
	case *ecdsa.PublicKey:
		return a.Scheme == ECDSA
	}
	return false
}

// maxRSA is the longest modulus, in bits, that is computed with: the time grows
// with its cube, and somebody else's certificate chooses it.
const maxRSA = 16384

// Check verifies a value over a digest. An ECDSA value is DER.
func (a Algorithm) Check(public crypto.PublicKey, digest, value []byte) error {
	var err error
	switch k := public.(type) {
	case *rsa.PublicKey:
		if k.N.BitLen() > maxRSA {
			return &Error{Code: wire.ErrSignAlgorithm, Detail: fmt.Sprintf("RSA-%d", k.N.BitLen())}
		}
		switch a.Scheme {
		case PKCS1v15:
			err = rsa.VerifyPKCS1v15(k, a.Hash, digest, value)
		case PSS:
			err = rsa.VerifyPSS(k, a.Hash, digest, value, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto, Hash: a.Hash})
		default:
			err = ErrValue
		}
	case *ecdsa.PublicKey:
		if a.Scheme != ECDSA || !ecdsa.VerifyASN1(k, digest, value) {
			err = ErrValue
		}
	default:
		err = ErrValue
	}
	if err != nil {
		return ErrValue
	}
	return nil
}

// Describe names the algorithm with the size of the key: "RSA-2048, PKCS #1
// v1.5, SHA-256".
func (a Algorithm) Describe(public crypto.PublicKey) string {
	switch k := public.(type) {
	case *rsa.PublicKey:
		padding := "PKCS #1 v1.5"
		if a.Scheme == PSS {
			padding = "PSS"
		}
		return fmt.Sprintf("RSA-%d, %s, %s", k.N.BitLen(), padding, a.Hash)
	case *ecdsa.PublicKey:
		return fmt.Sprintf("ECDSA %s, %s", k.Curve.Params().Name, a.Hash)
	}
	return a.Hash.String()
}
