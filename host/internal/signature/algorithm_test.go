package signature

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"math/big"
	"testing"

	"raccordo/host/internal/wire"
)

func TestCheck(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name string
		key  crypto.Signer
		alg  Algorithm
		text string
	}{
		{"PKCS #1", rsaKey, Algorithm{PKCS1v15, crypto.SHA256}, "RSA-2048, PKCS #1 v1.5, SHA-256"},
		{"PSS", rsaKey, Algorithm{PSS, crypto.SHA384}, "RSA-2048, PSS, SHA-384"},
		{"ECDSA", ecKey, Algorithm{ECDSA, crypto.SHA256}, "ECDSA P-256, SHA-256"},
	} {
		t.Run(row.name, func(t *testing.T) {
			digest := row.alg.Digest([]byte("prova"))
			value, err := row.key.Sign(rand.Reader, digest, row.alg.Options())
			if err != nil {
				t.Fatal(err)
			}
			if err := row.alg.Check(row.key.Public(), digest, value); err != nil {
				t.Error(err)
			}
			digest[0] ^= 1
			if err := row.alg.Check(row.key.Public(), digest, value); !errors.Is(err, ErrValue) {
				t.Errorf("another digest: %v", err)
			}
			if got := row.alg.Describe(row.key.Public()); got != row.text {
				t.Errorf("%q", got)
			}
			if other := (Algorithm{Hash: crypto.SHA256}); other.Fits(row.key.Public()) || !row.alg.Fits(row.key.Public()) {
				t.Error("what fits does not, or the other way round")
			}
		})
	}
}

// Somebody else's certificate must not choose how long we compute.
func TestHugeKey(t *testing.T) {
	huge := &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 1<<20), E: 65537}
	err := Algorithm{PKCS1v15, crypto.SHA256}.Check(huge, make([]byte, 32), make([]byte, 1<<17))
	if !errors.Is(err, &Error{Code: wire.ErrSignAlgorithm}) {
		t.Error(err)
	}
}
