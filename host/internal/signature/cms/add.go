package cms

import (
	"bytes"
	"context"
	"io"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// Add writes the SignedData, attached, with one more signature beside those
// that it has. Content, certificates and signatures are copied as they are; what is
// around them is written anew, with definite lengths. It fails, after having
// written, when the content is not the one whose digest is in the attributes.
func (d *SignedData) Add(ctx context.Context, w io.Writer, s Signing, attributes, value []byte, tokens [][]byte) error {
	if d.Content == nil {
		return &signature.Error{Code: wire.ErrNoOriginal}
	}
	s.ContentType = d.ContentType
	if err := s.Check(attributes, value); err != nil {
		return err
	}
	unsigned, err := unsignedAttributes(tokens)
	if err != nil {
		return err
	}
	one, err := signerInfo(s, attributes, value, unsigned)
	if err != nil {
		return err
	}
	p := &parts{version: d.version, contentType: d.ContentType}
	if p.digests, err = d.mergedDigests(s); err != nil {
		return err
	}
	if p.certificates, err = d.mergedCertificates(s.Identity); err != nil {
		return err
	}
	if len(d.crls) > 0 {
		if p.crls, err = setOfRaw(tagged(1), slices.Clone(d.crls)); err != nil {
			return err
		}
	}
	if p.signers, err = setOfRaw(cbasn1.SET, append(slices.Clone(d.signers), one)); err != nil {
		return err
	}
	return p.writeChecked(ctx, w, s, d.Content, attributes)
}

func (d *SignedData) mergedDigests(s Signing) ([]byte, error) {
	var b cryptobyte.Builder
	addHash(&b, s.Identity.Algorithm.Hash)
	mine, err := b.Bytes()
	if err != nil {
		return nil, err
	}
	return setOfRaw(cbasn1.SET, with(d.digests, mine))
}

func (d *SignedData) mergedCertificates(id signature.Identity) ([]byte, error) {
	all := with(d.certificates, id.Certificate.Raw)
	for _, c := range id.Chain {
		all = with(all, c.Raw)
	}
	return setOfRaw(tagged(0), all)
}

// with adds an element that is not there yet.
func with(set [][]byte, one []byte) [][]byte {
	if slices.ContainsFunc(set, func(e []byte) bool { return bytes.Equal(e, one) }) {
		return slices.Clone(set)
	}
	return append(slices.Clone(set), one)
}
