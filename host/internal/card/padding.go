package card

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"raccordo/host/internal/card/worker"
	"raccordo/host/internal/wire"
)

// step is one way to make a signature with a token.
type step struct {
	mechanism worker.Mechanism
	data      []byte
	hash      crypto.Hash
	salt      int
}

func (p step) request(h held) worker.Request {
	return worker.Request{Op: worker.OpSign, Slot: h.slot, ID: h.id, Mechanism: p.mechanism, Data: p.data, Hash: uint(p.hash), Salt: p.salt}
}

// schemes limits TLS to PKCS #1 v1.5 when the token can do nothing else; nil is
// no limit.
func schemes(pub crypto.PublicKey, mechs []worker.Mechanism) []tls.SignatureScheme {
	if _, ok := pub.(*rsa.PublicKey); !ok || slices.Contains(mechs, worker.PSS) || slices.Contains(mechs, worker.Raw) {
		return nil
	}
	return []tls.SignatureScheme{tls.PKCS1WithSHA256, tls.PKCS1WithSHA384, tls.PKCS1WithSHA512}
}

// plan returns the ways to sign digest, the token's own padding first.
func plan(pub crypto.PublicKey, mechs []worker.Mechanism, digest []byte, opts crypto.SignerOpts) ([]step, error) {
	h := opts.HashFunc()
	if h != 0 && len(digest) != h.Size() {
		return nil, fmt.Errorf("digest of %d bytes for %v", len(digest), h)
	}
	var all []step
	var err error
	switch key := pub.(type) {
	case *ecdsa.PublicKey:
		all = []step{{mechanism: worker.ECDSA, data: digest}}
	case *rsa.PublicKey:
		if pss, ok := opts.(*rsa.PSSOptions); ok {
			all, err = planPSS(key, digest, h, pss)
		} else {
			all, err = planPKCS1(key, digest, h)
		}
	default:
		err = fmt.Errorf("keys of type %T are not supported", pub)
	}
	if err != nil {
		return nil, err
	}
	able := slices.DeleteFunc(all, func(p step) bool { return !slices.Contains(mechs, p.mechanism) })
	if len(able) == 0 {
		return nil, &Error{Code: wire.ErrMechanism, Detail: "the token offers none of the mechanisms needed"}
	}
	return able, nil
}

func planPSS(key *rsa.PublicKey, digest []byte, h crypto.Hash, opts *rsa.PSSOptions) ([]step, error) {
	salt := opts.SaltLength
	switch salt {
	case rsa.PSSSaltLengthEqualsHash:
		salt = h.Size()
	case rsa.PSSSaltLengthAuto:
		salt = (key.N.BitLen()-1+7)/8 - 2 - h.Size()
	}
	encoded, err := encodePSS(key.N.BitLen()-1, h, digest, salt)
	if err != nil {
		return nil, err
	}
	block := make([]byte, key.Size())
	copy(block[len(block)-len(encoded):], encoded)
	return []step{{worker.PSS, digest, h, salt}, {mechanism: worker.Raw, data: block}}, nil
}

func planPKCS1(key *rsa.PublicKey, digest []byte, h crypto.Hash) ([]step, error) {
	info, err := digestInfo(h, digest)
	if err != nil {
		return nil, err
	}
	k := key.Size()
	if len(info)+11 > k {
		return nil, errors.New("digest too long for this key")
	}
	// EMSA-PKCS1-v1_5: 00 01 FF… 00 T (RFC 8017, 9.2).
	block := bytes.Repeat([]byte{0xFF}, k)
	block[0], block[1], block[k-len(info)-1] = 0, 1, 0
	copy(block[k-len(info):], info)
	return []step{{mechanism: worker.PKCS1, data: info}, {mechanism: worker.Raw, data: block}}, nil
}

// hashOIDs of DigestInfo (RFC 8017, appendix B.1).
var hashOIDs = map[crypto.Hash]asn1.ObjectIdentifier{
	crypto.SHA1:   {1, 3, 14, 3, 2, 26},
	crypto.SHA256: {2, 16, 840, 1, 101, 3, 4, 2, 1},
	crypto.SHA384: {2, 16, 840, 1, 101, 3, 4, 2, 2},
	crypto.SHA512: {2, 16, 840, 1, 101, 3, 4, 2, 3},
}

func digestInfo(h crypto.Hash, digest []byte) ([]byte, error) {
	oid, ok := hashOIDs[h]
	if !ok {
		return nil, fmt.Errorf("hash %v is not supported", h)
	}
	type algorithm struct {
		OID  asn1.ObjectIdentifier
		Null asn1.RawValue
	}
	return asn1.Marshal(struct {
		Algorithm algorithm
		Digest    []byte
	}{algorithm{oid, asn1.NullRawValue}, digest})
}

// encodePSS is EMSA-PSS-ENCODE (RFC 8017, 9.1.1), which crypto/rsa keeps to
// itself.
func encodePSS(bits int, h crypto.Hash, digest []byte, saltLen int) ([]byte, error) {
	size, hLen := (bits+7)/8, h.Size()
	if !h.Available() || saltLen < 0 || size < hLen+saltLen+2 {
		return nil, fmt.Errorf("no room for PSS with %v and a salt of %d bytes in %d bits", h, saltLen, bits)
	}
	salt := make([]byte, saltLen)
	rand.Read(salt)
	hash := h.New()
	hash.Write(make([]byte, 8))
	hash.Write(digest)
	hash.Write(salt)
	sum := hash.Sum(nil)
	em := make([]byte, size)
	db := em[:size-hLen-1]
	db[len(db)-saltLen-1] = 1
	copy(db[len(db)-saltLen:], salt)
	maskMGF1(db, h, sum)
	db[0] &= 0xFF >> (8*size - bits)
	copy(em[len(db):], sum)
	em[size-1] = 0xBC
	return em, nil
}

// maskMGF1 XORs MGF1(seed) onto out (RFC 8017, B.2.1).
func maskMGF1(out []byte, h crypto.Hash, seed []byte) {
	var counter [4]byte
	for done, i := 0, uint32(0); done < len(out); i++ {
		binary.BigEndian.PutUint32(counter[:], i)
		hash := h.New()
		hash.Write(seed)
		hash.Write(counter[:])
		for _, b := range hash.Sum(nil) {
			if done == len(out) {
				break
			}
			out[done] ^= b
			done++
		}
	}
}

// finish brings a signature into the form that Go expects and checks it: a
// wrong one must fail here, not at the region.
func finish(pub crypto.PublicKey, signature, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	bad := &Error{Code: wire.ErrModule, Detail: "the token's signature is wrong"}
	switch key := pub.(type) {
	case *rsa.PublicKey:
		var err error
		if pss, ok := opts.(*rsa.PSSOptions); ok {
			err = rsa.VerifyPSS(key, pss.HashFunc(), digest, signature, pss)
		} else {
			err = rsa.VerifyPKCS1v15(key, opts.HashFunc(), digest, signature)
		}
		if err != nil {
			bad.Err = err
			return nil, bad
		}
		return signature, nil
	case *ecdsa.PublicKey:
		// PKCS#11 answers r||s, Go wants ECDSA-Sig-Value (RFC 3279, 2.2.3).
		half := len(signature) / 2
		r, s := new(big.Int).SetBytes(signature[:half]), new(big.Int).SetBytes(signature[half:])
		der, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
		if err != nil || !ecdsa.VerifyASN1(key, digest, der) {
			return nil, bad
		}
		return der, nil
	}
	return nil, bad
}
