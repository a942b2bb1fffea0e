package csc

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/base64"
	"slices"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// Object identifiers (RFC 8017, appendix C; RFC 5758; RFC 4055; RFC 5480).
const (
	oidRSA = "1.2.840.113549.1.1.1"
	oidPSS = "1.2.840.113549.1.1.10"
	oidEC  = "1.2.840.10045.2.1"
)

type oids struct{ hash, rsa, ecdsa string }

var byHash = map[crypto.Hash]oids{
	crypto.SHA256: {"2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2"},
	crypto.SHA384: {"2.16.840.1.101.3.4.2.2", "1.2.840.113549.1.1.12", "1.2.840.10045.4.3.3"},
	crypto.SHA512: {"2.16.840.1.101.3.4.2.3", "1.2.840.113549.1.1.13", "1.2.840.10045.4.3.4"},
}

// Choose finds the algorithm of a credential: with this hash (0: the key's
// usual one), and PSS if it is preferred or nothing else is there.
func Choose(algorithms []string, public crypto.PublicKey, hash crypto.Hash, pss bool) (signature.Algorithm, error) {
	a, err := signature.AlgorithmOf(public)
	if err != nil {
		return a, err
	}
	if hash != 0 {
		a.Hash = hash
	}
	has := func(oid string) bool { return len(algorithms) == 0 || slices.Contains(algorithms, oid) }
	o, known := byHash[a.Hash]
	switch public.(type) {
	case *rsa.PublicKey:
		plain := has(o.rsa) || has(oidRSA)
		if has(oidPSS) && (pss || !plain) {
			a.Scheme = signature.PSS
		} else if !plain || pss {
			known = false
		}
	case *ecdsa.PublicKey:
		known = known && !pss && (has(o.ecdsa) || has(oidEC))
	}
	if !known {
		return a, &signature.Error{Code: wire.ErrSignAlgorithm, Detail: "remote key"}
	}
	return a, nil
}

// name puts an algorithm into a request.
func name(in map[string]any, v2 bool, algorithms []string, a signature.Algorithm) error {
	o := byHash[a.Hash]
	hash := "hashAlgo"
	if v2 {
		hash = "hashAlgorithmOID"
		in[hash] = o.hash
	}
	whole, bare := o.rsa, oidRSA
	switch a.Scheme {
	case signature.PSS:
		params, err := pssParams(a.Hash)
		if err != nil {
			return err
		}
		in["signAlgo"], in["signAlgoParams"], in[hash] = oidPSS, base64.StdEncoding.EncodeToString(params), o.hash
		return nil
	case signature.ECDSA:
		whole, bare = o.ecdsa, oidEC
	}
	in["signAlgo"] = whole
	if !slices.Contains(algorithms, whole) && slices.Contains(algorithms, bare) {
		in["signAlgo"], in[hash] = bare, o.hash // says nothing of the hash by itself
	}
	return nil
}

// algorithmID is AlgorithmIdentifier (RFC 5280, section 4.1.1.2).
type algorithmID struct {
	Algorithm  asn1.ObjectIdentifier
	Parameters asn1.RawValue `asn1:"optional"`
}

// pssParams is RSASSA-PSS-params (RFC 4055, section 3.1), the salt as long as
// the hash.
func pssParams(hash crypto.Hash) ([]byte, error) {
	last := map[crypto.Hash]int{crypto.SHA256: 1, crypto.SHA384: 2, crypto.SHA512: 3}[hash]
	id := algorithmID{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, last}, asn1.NullRawValue}
	inner, err := asn1.Marshal(id)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(struct {
		Hash    algorithmID `asn1:"explicit,tag:0"`
		MGF     algorithmID `asn1:"explicit,tag:1"`
		Salt    int         `asn1:"explicit,tag:2"`
		Trailer int         `asn1:"explicit,tag:3"`
	}{id, algorithmID{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}, asn1.RawValue{FullBytes: inner}}, hash.Size(), 1})
}
