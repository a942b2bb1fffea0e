package cms

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"hash"
	"io"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// Verify checks every signature, in the order of Signers, and after them the
// countersignatures. The content is what a detached one signs; an attached one
// brings its own. It is read once, for all signatures.
func (d *SignedData) Verify(ctx context.Context, content signature.Source) []signature.Found {
	return d.VerifyBeside(ctx, content, io.Discard)
}

// VerifyBeside verifies, and writes the content to w from the same reading.
func (d *SignedData) VerifyBeside(ctx context.Context, content signature.Source, w io.Writer) []signature.Found {
	if d.Content != nil {
		content = d.Content
	}
	digests, err := d.contentDigests(ctx, content, w)
	found := make([]signature.Found, len(d.Signers))
	for i := range d.Signers {
		found[i] = d.describe(&d.Signers[i])
		if found[i].Broken == nil {
			found[i].Broken = err
		}
		if found[i].Broken == nil {
			found[i].Broken = broken(d.Signers[i].verify(found[i], content, d.ContentType, digests[found[i].Algorithm.Hash]))
		}
	}
	for i := range d.Signers {
		found = append(found, d.countersignatures(&d.Signers[i], 0)...)
	}
	return found
}

// contentDigests reads the content once, with all hashes that signers used.
func (d *SignedData) contentDigests(ctx context.Context, content signature.Source, w io.Writer) (map[crypto.Hash][]byte, error) {
	if content == nil {
		return nil, &signature.Error{Code: wire.ErrNoOriginal}
	}
	running := map[crypto.Hash]hash.Hash{}
	all := []io.Writer{w}
	for _, s := range d.Signers {
		algorithm := s.digest
		h, err := readHash(&algorithm)
		if err == nil && running[h] == nil {
			running[h] = h.New()
			all = append(all, running[h])
		}
	}
	if err := Copy(ctx, io.MultiWriter(all...), content); err != nil {
		return nil, err
	}
	digests := map[crypto.Hash][]byte{}
	for h, r := range running {
		digests[h] = r.Sum(nil)
	}
	return digests, nil
}

// describe tells what a signature says of itself.
func (d *SignedData) describe(s *SignerInfo) signature.Found {
	f := signature.Found{Format: "CMS", Covers: signature.Whole}
	f.Certificates = append(slices.Clone(d.Certificates), s.certificateValues()...)
	crls, ocsps := s.revocation()
	f.CRLs = append(slices.Clone(d.CRLs), crls...)
	f.OCSPs = append(slices.Clone(d.OCSPs), ocsps...)
	for _, token := range s.Tokens {
		f.Stamps = append(f.Stamps, CheckToken(token, s.Value))
	}
	var id *certificateID
	var errs [4]error
	f.Certificate, id, errs[1] = s.certificate(f.Certificates, d.unread)
	if id != nil {
		f.Format = "CAdES-B-" + s.level(&f)
	}
	f.ClaimedAt, errs[2] = s.SigningTime()
	f.Algorithm, errs[0] = s.signatureAlgorithm()
	errs[3] = computable(f.Certificate)
	for _, err := range errs { // what can not be computed comes before who is not known
		if err != nil {
			f.Broken = broken(err)
			break
		}
	}
	return f
}

// level is what a signature has been brought to (ETSI EN 319 122-1, section 6).
// An archive time-stamp is seen, not verified: it says nothing about the document
// that the signature below it does not.
func (s *SignerInfo) level(f *signature.Found) string {
	switch {
	case len(f.Stamps) == 0:
		return "B"
	case len(f.CRLs)+len(f.OCSPs) == 0:
		return "T"
	case len(s.unsigned.all(oidArchiveStamp)) == 0 && len(s.unsigned.all(oidArchiveStampV3)) == 0:
		return "LT"
	}
	return "LTA"
}

// computable tells that a certificate's key is of a kind that is known here.
func computable(c *x509.Certificate) error {
	if c == nil {
		return nil
	}
	_, err := signature.AlgorithmOf(c.PublicKey)
	return err
}

// signatureAlgorithm reads both algorithms of a SignerInfo.
func (s *SignerInfo) signatureAlgorithm() (signature.Algorithm, error) {
	digest, algorithm := s.digest, s.algorithm
	h, err := readHash(&digest)
	a, second := signatureAlgorithm(&algorithm, h)
	if err == nil {
		err = second
	}
	return a, err
}

// verify compares the content's digest with the attributes, and the value with
// the certificate.
func (s *SignerInfo) verify(f signature.Found, content signature.Source, contentType asn1.ObjectIdentifier, digest []byte) error {
	if s.attrs == nil {
		// RFC 5652, section 5.3: without attributes only data may be signed.
		if !contentType.Equal(OIDData) || looksSigned(content) {
			return fmt.Errorf("%w: signed attributes are missing", ErrMalformed)
		}
		return s.checkValue(f, digest)
	}
	value, err := s.signed.one(oidContentType)
	if err != nil {
		return err
	}
	var kind asn1.ObjectIdentifier
	if !value.ReadASN1ObjectIdentifier(&kind) || !kind.Equal(contentType) {
		return fmt.Errorf("%w: content-type attribute", ErrMalformed)
	}
	if err := s.checkDigest(digest); err != nil {
		return err
	}
	return s.checkAttributes(f)
}

// checkDigest compares what was signed with the message-digest attribute (RFC
// 5652, section 11.2).
func (s *SignerInfo) checkDigest(digest []byte) error {
	claimed, err := s.signed.octets(oidMessageDigest)
	if err != nil {
		return err
	}
	if !bytes.Equal(claimed, digest) {
		return ErrChanged
	}
	return nil
}

// checkAttributes verifies the value over the signed attributes.
func (s *SignerInfo) checkAttributes(f signature.Found) error {
	if s.checkValue(f, f.Algorithm.Digest(s.attrs)) == nil {
		return nil
	}
	// What is signed is DER, whatever order the attributes came in.
	sorted, err := sortedSet(s.attrs)
	if err != nil {
		return err
	}
	return s.checkValue(f, f.Algorithm.Digest(sorted))
}

func (s *SignerInfo) checkValue(f signature.Found, digest []byte) error {
	return f.Algorithm.Check(f.Certificate.PublicKey, digest, s.Value)
}

// looksSigned tells that a content is what somebody signed as attributes: taken
// out of a signature and put in the place of its document, they would pass for one.
func looksSigned(content signature.Source) bool {
	if content.Size() > maxAround {
		return false
	}
	first := make([]byte, 1)
	if n, _ := content.ReadAt(first, 0); n == 0 || first[0] != byte(cbasn1.SET) {
		return false
	}
	all := make([]byte, content.Size())
	if n, _ := content.ReadAt(all, 0); n < len(all) {
		return false
	}
	list, err := parseAttributes(all)
	return err == nil && list.all(oidMessageDigest) != nil
}

// sortedSet puts a SET OF into the order of DER.
func sortedSet(set []byte) ([]byte, error) {
	s := cryptobyte.String(set)
	var body cryptobyte.String
	if !s.ReadASN1(&body, cbasn1.SET) {
		return nil, ErrMalformed
	}
	var elements [][]byte
	for !body.Empty() {
		var one cryptobyte.String
		var tag cbasn1.Tag
		if !body.ReadAnyASN1Element(&one, &tag) {
			return nil, ErrMalformed
		}
		elements = append(elements, one)
	}
	return setOfRaw(cbasn1.SET, elements)
}
