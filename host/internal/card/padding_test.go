package card

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"encoding/asn1"
	"math/big"
	"testing"

	"raccordo/host/internal/card/worker"
	"raccordo/host/internal/wire"
)

// token signs a step as a token would, with its own arithmetic for raw RSA.
func token(t *testing.T, key *rsa.PrivateKey, p step) []byte {
	t.Helper()
	switch p.mechanism {
	case worker.PKCS1:
		sig, err := rsa.SignPKCS1v15(nil, key, 0, p.data)
		if err != nil {
			t.Fatal(err)
		}
		return sig
	case worker.PSS:
		sig, err := rsa.SignPSS(rand.Reader, key, p.hash, p.data, &rsa.PSSOptions{SaltLength: p.salt})
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
	if len(p.data) != key.Size() {
		t.Fatalf("raw block of %d bytes", len(p.data))
	}
	m := new(big.Int).SetBytes(p.data)
	if m.Cmp(key.N) >= 0 {
		t.Fatal("raw block not below the modulus")
	}
	return new(big.Int).Exp(m, key.D, key.N).FillBytes(make([]byte, key.Size()))
}

func TestPlansVerify(t *testing.T) {
	key, err := classifyKey()
	if err != nil {
		t.Fatal(err)
	}
	// 1025 bits: the encoded PSS message is a byte shorter than the modulus.
	odd, err := rsa.GenerateKey(rand.Reader, 1025)
	if err != nil {
		t.Fatal(err)
	}
	all := []worker.Mechanism{worker.PKCS1, worker.PSS, worker.Raw}
	for _, key := range []*rsa.PrivateKey{key, odd} {
		for _, opts := range []crypto.SignerOpts{
			crypto.SHA256, crypto.SHA384,
			&rsa.PSSOptions{Hash: crypto.SHA256, SaltLength: rsa.PSSSaltLengthEqualsHash},
			&rsa.PSSOptions{Hash: crypto.SHA384, SaltLength: rsa.PSSSaltLengthEqualsHash},
			&rsa.PSSOptions{Hash: crypto.SHA256, SaltLength: rsa.PSSSaltLengthAuto},
			&rsa.PSSOptions{Hash: crypto.SHA256, SaltLength: 7},
		} {
			h := opts.HashFunc().New()
			h.Write([]byte("prova"))
			digest := h.Sum(nil)
			plans, err := plan(key.Public(), all, digest, opts)
			if err != nil {
				t.Fatal(err)
			}
			if len(plans) != 2 {
				t.Fatalf("%d plans for %v", len(plans), opts)
			}
			for _, p := range plans {
				if _, err := finish(key.Public(), token(t, key, p), digest, opts); err != nil {
					t.Errorf("%d bits, %T %v, %s: %v", key.N.BitLen(), opts, opts.HashFunc(), p.mechanism, err)
				}
			}
		}
	}
}

func TestFinishRefusesWrongSignatures(t *testing.T) {
	key, _ := classifyKey()
	digest := sha256.Sum256([]byte("prova"))
	if _, err := finish(key.Public(), make([]byte, 256), digest[:], crypto.SHA256); codeOfUnit(err) != wire.ErrModule {
		t.Error(err)
	}
	if _, err := finish(key.Public(), nil, digest[:], &rsa.PSSOptions{Hash: crypto.SHA256}); codeOfUnit(err) != wire.ErrModule {
		t.Error(err)
	}
}

func codeOfUnit(err error) wire.ErrorCode {
	if e, ok := err.(*Error); ok {
		return e.Code
	}
	return ""
}

func TestFinishECDSA(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte("prova"))
	der, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	var v struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &v); err != nil {
		t.Fatal(err)
	}
	raw := append(v.R.FillBytes(make([]byte, 32)), v.S.FillBytes(make([]byte, 32))...)
	got, err := finish(key.Public(), raw, digest[:], crypto.SHA256)
	if err != nil || !bytes.Equal(got, der) {
		t.Errorf("%x, %v; want %x", got, err, der)
	}
	raw[5] ^= 1
	if _, err := finish(key.Public(), raw, digest[:], crypto.SHA256); err == nil {
		t.Error("a wrong signature passed")
	}
}

func TestPlanRefusals(t *testing.T) {
	key, _ := classifyKey()
	digest := make([]byte, 32)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name   string
		pub    crypto.PublicKey
		mechs  []worker.Mechanism
		digest []byte
		opts   crypto.SignerOpts
		code   wire.ErrorCode
	}{
		{"token without a mechanism", key.Public(), nil, digest, crypto.SHA256, wire.ErrMechanism},
		{"PSS with PKCS1 only", key.Public(), []worker.Mechanism{worker.PKCS1}, digest, &rsa.PSSOptions{Hash: crypto.SHA256}, wire.ErrMechanism},
		{"digest of another length", key.Public(), []worker.Mechanism{worker.PKCS1}, digest[:20], crypto.SHA256, ""},
		{"hash without an OID here", key.Public(), []worker.Mechanism{worker.PKCS1}, digest[:16], crypto.MD5, ""},
		{"no hash", key.Public(), []worker.Mechanism{worker.PKCS1}, digest, crypto.Hash(0), ""},
		{"PSS-SHA512 in 1024 bits", small.Public(), []worker.Mechanism{worker.Raw}, make([]byte, 64), &rsa.PSSOptions{Hash: crypto.SHA512, SaltLength: rsa.PSSSaltLengthEqualsHash}, ""},
		{"other kind of key", "key", []worker.Mechanism{worker.PKCS1}, digest, crypto.SHA256, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, err := plan(row.pub, row.mechs, row.digest, row.opts); err == nil || codeOfUnit(err) != row.code {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestSchemes(t *testing.T) {
	key, _ := classifyKey()
	for _, row := range []struct {
		name    string
		mechs   []worker.Mechanism
		limited bool
	}{
		{"PSS", []worker.Mechanism{worker.PKCS1, worker.PSS}, false},
		{"raw", []worker.Mechanism{worker.PKCS1, worker.Raw}, false},
		{"PKCS1 only", []worker.Mechanism{worker.PKCS1}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := schemes(key.Public(), row.mechs)
			if (got != nil) != row.limited {
				t.Errorf("%v", got)
			}
			for _, s := range got {
				if s == tls.PSSWithSHA256 {
					t.Error("PSS")
				}
			}
		})
	}
}
