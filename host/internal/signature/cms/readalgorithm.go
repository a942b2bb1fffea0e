package cms

import (
	"crypto"
	"encoding/asn1"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

var oidECPublicKey = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}

// readAlgorithm splits an AlgorithmIdentifier.
func readAlgorithm(s *cryptobyte.String) (oid asn1.ObjectIdentifier, parameters cryptobyte.String, err error) {
	var inner cryptobyte.String
	if !s.ReadASN1(&inner, cbasn1.SEQUENCE) || !inner.ReadASN1ObjectIdentifier(&oid) {
		return nil, nil, fmt.Errorf("%w: algorithm", ErrMalformed)
	}
	return oid, inner, nil
}

// readHash reads the AlgorithmIdentifier of a hash.
func readHash(s *cryptobyte.String) (crypto.Hash, error) {
	oid, _, err := readAlgorithm(s)
	if err != nil {
		return 0, err
	}
	h, u, err := hashOf(oid)
	if u != bare { // some signers name the signature here
		return h, unsupported(oid)
	}
	return h, err
}

// signatureAlgorithm reads the AlgorithmIdentifier of a signature whose content
// was hashed with digest. The two must name the same hash (RFC 4056, section
// 3; RFC 5753, section 2.1.1).
func signatureAlgorithm(s *cryptobyte.String, digest crypto.Hash) (signature.Algorithm, error) {
	oid, parameters, err := readAlgorithm(s)
	if err != nil {
		return signature.Algorithm{}, err
	}
	a := signature.Algorithm{Hash: digest}
	switch {
	case oid.Equal(oidRSA):
		a.Scheme = signature.PKCS1v15
		return a, nil
	case oid.Equal(oidECPublicKey): // some signers name the key here
		a.Scheme = signature.ECDSA
		return a, nil
	case oid.Equal(oidPSS):
		a.Scheme = signature.PSS
		h, err := pssHash(parameters)
		return a, agree(h, digest, err)
	}
	h, u, err := hashOf(oid)
	switch u {
	case withRSA:
		a.Scheme = signature.PKCS1v15
	case withECDSA:
		a.Scheme = signature.ECDSA
	default:
		return a, unsupported(oid)
	}
	return a, agree(h, digest, err)
}

func agree(h, digest crypto.Hash, err error) error {
	if err == nil && h != digest {
		err = fmt.Errorf("%w: two hashes, %s and %s", ErrMalformed, digest, h)
	}
	return err
}

// pssHash reads RSASSA-PSS-params (RFC 4055, section 3.1). What is left out is
// SHA-1.
func pssHash(s cryptobyte.String) (crypto.Hash, error) {
	malformed := fmt.Errorf("%w: PSS parameters", ErrMalformed)
	var inner, field cryptobyte.String
	var present bool
	if !s.ReadASN1(&inner, cbasn1.SEQUENCE) {
		return 0, malformed
	}
	hash, mask := crypto.SHA1, crypto.SHA1
	var err error
	if !inner.ReadOptionalASN1(&field, &present, tagged(0)) {
		return 0, malformed
	}
	if present {
		if hash, err = readHash(&field); err != nil {
			return hash, err
		}
	}
	if !inner.ReadOptionalASN1(&field, &present, tagged(1)) {
		return 0, malformed
	}
	if present {
		oid, parameters, err := readAlgorithm(&field)
		if err != nil || !oid.Equal(oidMGF1) {
			return 0, errors.Join(malformed, err)
		}
		if mask, err = readHash(&parameters); err != nil {
			return mask, err
		}
	}
	if hash == crypto.SHA1 {
		return hash, fmt.Errorf("%w: %s", ErrWeak, hash)
	}
	if mask != hash {
		return hash, &signature.Error{Code: wire.ErrSignAlgorithm, Detail: fmt.Sprintf("MGF1 with %s", mask)}
	}
	return hash, nil
}
