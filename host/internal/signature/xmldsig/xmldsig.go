// Package xmldsig builds and checks the core of XML signatures: SignedInfo, its
// references, the value. XAdES, WS-Security and ASiC put their own around it.
//
// A check never looks for an element by what it is called: a reference is
// resolved once, to one element, and the caller is told which, so that nobody reads
// something else than what was signed. Transforms are a short closed list: no XSLT, no
// XPath but the two expressions that leave signatures out.
//
// Standards: W3C XML Signature 1.1, RFC 9231 (algorithms), XML-Signature XPath Filter 2.0.
package xmldsig

import (
	"crypto"
	"crypto/ecdsa"
	_ "crypto/sha1" // WS-Security, and digests of certificates in old signatures
	"encoding/asn1"
	"math/big"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/wire"
)

// Space is the namespace of XML signatures, written with the prefix ds here.
const Space = "http://www.w3.org/2000/09/xmldsig#"

// Transforms and canonicalisation that are written here.
const (
	Enveloped = Space + "enveloped-signature"
	ExcC14N   = "http://www.w3.org/2001/10/xml-exc-c14n#"
)

// RSASHA1 is for package wssec alone: nothing else writes it, and no check takes it.
var RSASHA1 = signature.Algorithm{Scheme: signature.PKCS1v15, Hash: crypto.SHA1}

var methods = []struct {
	algorithm signature.Algorithm
	uri       string
}{
	{signature.Algorithm{Scheme: signature.PKCS1v15, Hash: crypto.SHA256}, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"},
	{signature.Algorithm{Scheme: signature.PKCS1v15, Hash: crypto.SHA384}, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384"},
	{signature.Algorithm{Scheme: signature.PKCS1v15, Hash: crypto.SHA512}, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"},
	{signature.Algorithm{Scheme: signature.PSS, Hash: crypto.SHA256}, "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"},
	{signature.Algorithm{Scheme: signature.PSS, Hash: crypto.SHA384}, "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1"},
	{signature.Algorithm{Scheme: signature.PSS, Hash: crypto.SHA512}, "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1"},
	{signature.Algorithm{Scheme: signature.ECDSA, Hash: crypto.SHA256}, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"},
	{signature.Algorithm{Scheme: signature.ECDSA, Hash: crypto.SHA384}, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"},
	{signature.Algorithm{Scheme: signature.ECDSA, Hash: crypto.SHA512}, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512"},
	{RSASHA1, Space + "rsa-sha1"},
}

var digests = []struct {
	hash crypto.Hash
	uri  string
}{
	{crypto.SHA256, "http://www.w3.org/2001/04/xmlenc#sha256"},
	{crypto.SHA384, "http://www.w3.org/2001/04/xmldsig-more#sha384"},
	{crypto.SHA512, "http://www.w3.org/2001/04/xmlenc#sha512"},
	{crypto.SHA1, Space + "sha1"},
}

func methodURI(a signature.Algorithm) (string, error) {
	for _, m := range methods {
		if m.algorithm == a {
			return m.uri, nil
		}
	}
	return "", unsupported("signature method")
}

func methodOf(uri string) (signature.Algorithm, error) {
	for _, m := range methods {
		if m.uri == uri {
			return m.algorithm, nil
		}
	}
	return signature.Algorithm{}, unsupported("signature method")
}

// DigestURI names a hash.
func DigestURI(h crypto.Hash) string {
	for _, d := range digests {
		if d.hash == h {
			return d.uri
		}
	}
	return ""
}

// DigestOf is the hash that an identifier names, SHA-1 included.
func DigestOf(uri string) (crypto.Hash, error) {
	for _, d := range digests {
		if d.uri == uri {
			return d.hash, nil
		}
	}
	return 0, unsupported("digest method")
}

func unsupported(what string) error {
	return &signature.Error{Code: wire.ErrSignAlgorithm, Detail: what}
}

// CheckIdentity tells whether an XML signature can be made with an identity:
// with SHA-1 none can, wherever it comes from.
func CheckIdentity(i signature.Identity) error {
	if i.Certificate == nil || !i.Algorithm.Fits(i.Certificate.PublicKey) || i.Algorithm.Hash == crypto.SHA1 {
		return unsupported("key")
	}
	_, err := methodURI(i.Algorithm)
	return err
}

// Flat is an ECDSA value as XML signatures and JWS have it: r and s, each as
// long as the curve's order (RFC 9231, section 2.3.6). Other values stay as they are.
func Flat(a signature.Algorithm, public crypto.PublicKey, value []byte) ([]byte, error) {
	key, ok := public.(*ecdsa.PublicKey)
	if a.Scheme != signature.ECDSA || !ok {
		return value, nil
	}
	var pair struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(value, &pair); err != nil || len(rest) > 0 {
		return nil, signature.ErrValue
	}
	size := order(key)
	if pair.R.Sign() <= 0 || pair.S.Sign() <= 0 || pair.R.BitLen() > size*8 || pair.S.BitLen() > size*8 {
		return nil, signature.ErrValue
	}
	flat := make([]byte, 2*size)
	pair.R.FillBytes(flat[:size])
	pair.S.FillBytes(flat[size:])
	return flat, nil
}

// DER is the way back.
func DER(a signature.Algorithm, public crypto.PublicKey, flat []byte) ([]byte, error) {
	key, ok := public.(*ecdsa.PublicKey)
	if a.Scheme != signature.ECDSA || !ok {
		return flat, nil
	}
	size := order(key)
	if len(flat) != 2*size {
		return nil, signature.ErrValue
	}
	return asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(flat[:size]), new(big.Int).SetBytes(flat[size:])})
}

func order(key *ecdsa.PublicKey) int { return (key.Curve.Params().N.BitLen() + 7) / 8 }

// CheckValue verifies a fresh value, as a key gave it, before it is used.
func CheckValue(i signature.Identity, digest, value []byte) error {
	if err := i.Algorithm.Check(i.Certificate.PublicKey, digest, value); err != nil {
		return &signature.Error{Code: wire.ErrRemoteSig, Err: err}
	}
	return nil
}

func malformed(what string) error {
	return &signature.Error{Code: wire.ErrSigBroken, Detail: what, Err: cms.ErrMalformed}
}
