package pades

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"io"
	"slices"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
)

// info is what a time-stamp token says (RFC 3161, section 2.4.2), as far as it is needed.
type info struct {
	version int
	policy  asn1.ObjectIdentifier
	imprint struct {
		Algorithm pkix.AlgorithmIdentifier
		Digest    []byte
	}
	serial asn1.RawValue
	at     time.Time
}

// imprints are the hashes that a time-stamp may be over (RFC 5754).
var imprints = map[string]crypto.Hash{
	"2.16.840.1.101.3.4.2.1": crypto.SHA256,
	"2.16.840.1.101.3.4.2.2": crypto.SHA384,
	"2.16.840.1.101.3.4.2.3": crypto.SHA512,
}

// timeStamp verifies a time-stamp of the document (EN 319 142-1, section 5.4.3).
func (m *mark) timeStamp(ctx context.Context, covered signature.Source) error {
	data, err := cms.Parse(bytes.NewReader(m.contents))
	if err != nil {
		return err
	}
	if !data.ContentType.Equal(cms.OIDTSTInfo) || data.Content == nil || data.Content.Size() > 1<<16 {
		return fmt.Errorf("%w: no time-stamp token", cms.ErrMalformed)
	}
	found := data.Verify(ctx, nil)
	if len(data.Signers) != 1 || len(found) == 0 {
		return fmt.Errorf("%w: %d signers", cms.ErrMalformed, len(data.Signers))
	}
	m.found = found[0]
	m.found.Format, m.found.Covers = "PAdES document time-stamp", signature.Part
	der, err := io.ReadAll(io.NewSectionReader(data.Content, 0, data.Content.Size()))
	if err != nil {
		return err
	}
	said, err := parseInfo(der)
	if err != nil {
		return err
	}
	m.found.ClaimedAt = said.at
	if err := said.over(ctx, covered); err != nil {
		return err
	}
	c := m.found.Certificate
	if m.found.Broken == nil && (c == nil || !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageTimeStamping)) {
		return cms.ErrCertificate
	}
	m.token = signature.Stamp{At: said.at, Authority: c, Certificates: m.found.Certificates, Broken: m.found.Broken}
	m.permitted = permitAll
	return nil
}

// parseInfo reads the fields up to the time; those after it are optional.
func parseInfo(der []byte) (said info, err error) {
	var seq asn1.RawValue
	if _, err := asn1.Unmarshal(der, &seq); err != nil {
		return said, fmt.Errorf("%w: %w", cms.ErrMalformed, err)
	}
	rest := seq.Bytes
	for _, part := range []struct {
		into  any
		param string
	}{{&said.version, ""}, {&said.policy, ""}, {&said.imprint, ""}, {&said.serial, ""}, {&said.at, "generalized"}} {
		if rest, err = asn1.UnmarshalWithParams(rest, part.into, part.param); err != nil {
			return said, fmt.Errorf("%w: %w", cms.ErrMalformed, err)
		}
	}
	return said, nil
}

// over checks that the time-stamp is over a document.
func (i info) over(ctx context.Context, doc signature.Source) error {
	hash, ok := imprints[i.imprint.Algorithm.Algorithm.String()]
	if !ok {
		return cms.ErrWeak
	}
	h := hash.New()
	if err := cms.Copy(ctx, h, doc); err != nil {
		return err
	}
	if !bytes.Equal(h.Sum(nil), i.imprint.Digest) {
		return cms.ErrChanged
	}
	return nil
}
