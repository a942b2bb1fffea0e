package csc

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	_ "crypto/sha256" // the hashes that are taken
	_ "crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"

	"raccordo/host/internal/sim/signing/vault"
)

// Algorithms (RFC 8017 appendix C, RFC 5758 section 3.2).
const (
	oidRSA      = "1.2.840.113549.1.1.1"
	oidPSS      = "1.2.840.113549.1.1.10"
	oidRSA256   = "1.2.840.113549.1.1.11"
	oidRSA384   = "1.2.840.113549.1.1.12"
	oidRSA512   = "1.2.840.113549.1.1.13"
	oidECDSA256 = "1.2.840.10045.4.3.2"
	oidMGF1     = "1.2.840.113549.1.1.8"
)

// hashOIDs are those that are taken: SHA-256 and longer.
var hashOIDs = map[string]crypto.Hash{
	"2.16.840.1.101.3.4.2.1": crypto.SHA256, "2.16.840.1.101.3.4.2.2": crypto.SHA384, "2.16.840.1.101.3.4.2.3": crypto.SHA512,
}

// implied are the algorithms that name their hash.
var implied = map[string]crypto.Hash{oidRSA256: crypto.SHA256, oidRSA384: crypto.SHA384, oidRSA512: crypto.SHA512, oidECDSA256: crypto.SHA256}

// algorithm is how a signature is made.
type algorithm struct {
	hash crypto.Hash
	opts crypto.SignerOpts
}

func hashAlgoName(v2 bool) string {
	if v2 {
		return "hashAlgorithmOID"
	}
	return "hashAlgo"
}

// hashAlgorithm checks v2's hashAlgorithmOID, which goes with hashes.
func hashAlgorithm(c *call, hashes [][]byte) error {
	name := hashAlgoName(true)
	oid, err := c.body.text(name)
	if err != nil {
		return err
	}
	if hashes == nil {
		return nil
	}
	if oid == "" {
		return missing("string", name)
	}
	hash, ok := hashOIDs[oid]
	if !ok {
		return invalid("Invalid parameter " + name)
	}
	for _, h := range hashes {
		if len(h) != hash.Size() {
			return invalid("Invalid digest value length")
		}
	}
	return nil
}

// readAlgorithm reads signAlgo with what goes with it.
func readAlgorithm(c *call, found vault.Credential) (algorithm, error) {
	name := hashAlgoName(c.v2)
	sign, err := c.body.needText("signAlgo")
	if err != nil {
		return algorithm{}, err
	}
	oid, err := c.body.text(name)
	if err != nil {
		return algorithm{}, err
	}
	if hash, ok := implied[sign]; ok {
		if !fits(sign, found) {
			return algorithm{}, invalid("Invalid parameter signAlgo")
		}
		if oid != "" && hashOIDs[oid] != hash {
			return algorithm{}, invalid("Invalid parameter " + name)
		}
		return algorithm{hash, hash}, nil
	}
	if sign != oidRSA && sign != oidPSS || !fits(sign, found) {
		return algorithm{}, invalid("Invalid parameter signAlgo")
	}
	if sign == oidPSS {
		return readPSS(c)
	}
	if oid == "" {
		return algorithm{}, missing("string", name)
	}
	hash, ok := hashOIDs[oid]
	if !ok {
		return algorithm{}, invalid("Invalid parameter " + name)
	}
	return algorithm{hash, hash}, nil
}

// fits tells whether a key signs in that way.
func fits(sign string, c vault.Credential) bool {
	_, ec := c.Cert.PublicKey.(*ecdsa.PublicKey)
	return ec == (sign == oidECDSA256)
}

// pssParams are RSASSA-PSS-params (RFC 8017 appendix A.2.3).
type pssParams struct {
	Hash    pkix.AlgorithmIdentifier `asn1:"explicit,optional,tag:0"`
	MGF     pkix.AlgorithmIdentifier `asn1:"explicit,optional,tag:1"`
	Salt    int                      `asn1:"explicit,optional,tag:2,default:20"`
	Trailer int                      `asn1:"explicit,optional,tag:3,default:1"`
}

func readPSS(c *call) (algorithm, error) {
	text, err := c.body.needText("signAlgoParams")
	if err != nil {
		return algorithm{}, err
	}
	wrong := invalid("Invalid parameter signAlgoParams")
	der, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return algorithm{}, wrong
	}
	var p pssParams
	if rest, err := asn1.Unmarshal(der, &p); err != nil || len(rest) > 0 {
		return algorithm{}, wrong
	}
	var mgfHash pkix.AlgorithmIdentifier
	if _, err := asn1.Unmarshal(p.MGF.Parameters.FullBytes, &mgfHash); err != nil {
		return algorithm{}, wrong
	}
	hash, ok := hashOIDs[p.Hash.Algorithm.String()]
	if !ok || p.MGF.Algorithm.String() != oidMGF1 || !mgfHash.Algorithm.Equal(p.Hash.Algorithm) || p.Trailer != 1 || p.Salt < 1 || p.Salt > hash.Size() {
		return algorithm{}, wrong
	}
	return algorithm{hash, &rsa.PSSOptions{SaltLength: p.Salt, Hash: hash}}, nil
}
