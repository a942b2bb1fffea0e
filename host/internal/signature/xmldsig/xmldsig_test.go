package xmldsig

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"math/big"
	"testing"

	"raccordo/host/internal/signature"
)

// A value of ECDSA goes to r and s of fixed length and back, and nothing else is taken.
func TestFlat(t *testing.T) {
	a := signature.Algorithm{Scheme: signature.ECDSA, Hash: crypto.SHA256}
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		size := (curve.Params().N.BitLen() + 7) / 8
		for _, pair := range [][2]*big.Int{{big.NewInt(1), big.NewInt(255)}, {curve.Params().N, new(big.Int).Rsh(curve.Params().N, 9)}} {
			flat := append(pair[0].FillBytes(make([]byte, size)), pair[1].FillBytes(make([]byte, size))...)
			der, err := DER(a, key.Public(), flat)
			if err != nil {
				t.Fatal(err)
			}
			back, err := Flat(a, key.Public(), der)
			if err != nil || !bytes.Equal(back, flat) {
				t.Errorf("%x becomes %x: %v", flat, back, err)
			}
			if _, err := DER(a, key.Public(), flat[1:]); !errors.Is(err, signature.ErrValue) {
				t.Errorf("short: %v", err)
			}
			if _, err := Flat(a, key.Public(), append(der, 0)); !errors.Is(err, signature.ErrValue) {
				t.Errorf("more after: %v", err)
			}
		}
		for _, der := range []string{"", "3006020100020101", "30060201ff020101", "0500"} {
			raw, err := hex.DecodeString(der)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Flat(a, key.Public(), raw); !errors.Is(err, signature.ErrValue) {
				t.Errorf("%s: %v", der, err)
			}
		}
	}
}

// Names of algorithms are told apart, in both directions.
func TestAlgorithms(t *testing.T) {
	for _, m := range methods {
		uri, err := methodURI(m.algorithm)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := methodOf(uri); err != nil || back != m.algorithm {
			t.Errorf("%s: %v, %v", uri, back, err)
		}
		if back, err := DigestOf(DigestURI(m.algorithm.Hash)); err != nil || back != m.algorithm.Hash {
			t.Errorf("%v: %v, %v", m.algorithm.Hash, back, err)
		}
	}
	for _, uri := range []string{"", "http://www.w3.org/2000/09/xmldsig#dsa-sha1", "http://www.w3.org/2000/09/xmldsig#hmac-sha1"} {
		if _, err := methodOf(uri); !errors.Is(err, &signature.Error{Code: "sign.algorithm"}) {
			t.Errorf("%q: %v", uri, err)
		}
	}
}
