package cms

import (
	"bytes"
	"encoding/asn1"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// parts are the pieces of a SignedData around its content, encoded.
type parts struct {
	version      int64
	digests      []byte // SET OF
	contentType  asn1.ObjectIdentifier
	certificates []byte // [0]
	crls         []byte // [1], may be empty
	signers      []byte // SET OF
}

// newParts has one signature, beside those of a SignedData; nil: there are none.
func newParts(s Signing, beside *SignedData, attributes, value []byte, tokens [][]byte) (*parts, error) {
	if beside == nil {
		beside = &SignedData{version: 1, ContentType: s.contentType()}
		if !beside.ContentType.Equal(OIDData) {
			beside.version = 3 // RFC 5652, section 5.1
		}
	}
	p := &parts{version: beside.version, contentType: beside.ContentType}
	unsigned, err := unsignedAttributes(tokens)
	if err != nil {
		return nil, err
	}
	one, err := signerInfo(s, attributes, value, unsigned)
	if err != nil {
		return nil, err
	}
	if p.signers, err = setOfRaw(cbasn1.SET, append(slices.Clone(beside.signers), one)); err != nil {
		return nil, err
	}
	var hash cryptobyte.Builder
	addHash(&hash, s.Identity.Algorithm.Hash)
	if p.digests, err = setOfRaw(cbasn1.SET, with(beside.digests, hash.BytesOrPanic())); err != nil { // of our own table
		return nil, err
	}
	certificates := with(beside.certificates, s.Identity.Certificate.Raw)
	for _, c := range s.Identity.Chain {
		certificates = with(certificates, c.Raw)
	}
	if p.certificates, err = setOfRaw(tagged(0), certificates); err != nil {
		return nil, err
	}
	if len(beside.crls) > 0 {
		p.crls, err = setOfRaw(tagged(1), slices.Clone(beside.crls))
	}
	return p, err
}

// with is a set that has an element too.
func with(set [][]byte, one []byte) [][]byte {
	if slices.ContainsFunc(set, func(e []byte) bool { return bytes.Equal(e, one) }) {
		return slices.Clone(set)
	}
	return append(slices.Clone(set), one)
}
