package cms

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"raccordo/host/internal/signature"
)

const maxToken = 1 << 20

// Token is a time-stamp token whose own signature holds (RFC 3161, section 2.4.2).
type Token struct {
	Policy       asn1.ObjectIdentifier
	Hash         crypto.Hash // of what was stamped
	Imprint      []byte
	At           time.Time
	Nonce        *big.Int // nil: none
	Authority    *x509.Certificate
	Certificates []*x509.Certificate
}

// ParseToken reads a token and verifies it: one signature, that of a certificate
// which is for time-stamping only and which the token names. The authority is
// returned with an error too, when it is known.
func ParseToken(der []byte) (*Token, error) {
	t := &Token{}
	if len(der) > maxToken {
		return t, broken(fmt.Errorf("%w: a time-stamp of %d octets", ErrMalformed, len(der)))
	}
	d, err := Parse(bytes.NewReader(der))
	if err != nil {
		return t, err
	}
	if !d.ContentType.Equal(OIDTSTInfo) || d.Content == nil || len(d.Signers) != 1 {
		return t, broken(fmt.Errorf("%w: no time-stamp token", ErrMalformed))
	}
	if len(d.Signers[0].Tokens) > 0 { // a token in a token in a token
		return t, broken(fmt.Errorf("%w: a time-stamp over a time-stamp", ErrMalformed))
	}
	info := make([]byte, d.Content.Size())
	if n, err := d.Content.ReadAt(info, 0); n < len(info) {
		return t, err
	}
	if err := t.read(info); err != nil {
		return t, broken(err)
	}
	found := d.Verify(context.Background(), nil)[0]
	t.Authority, t.Certificates = found.Certificate, found.Certificates
	if found.Broken != nil {
		return t, found.Broken
	}
	if found.Format == "CMS" { // RFC 3161, section 2.4.2
		return t, broken(fmt.Errorf("%w: the time-stamp does not name its certificate", ErrMalformed))
	}
	return t, forStamping(t.Authority)
}

// read reads TSTInfo.
func (t *Token) read(info []byte) error {
	malformed := fmt.Errorf("%w: TSTInfo", ErrMalformed)
	in := cryptobyte.String(info)
	var body, imprint, octets, when cryptobyte.String
	var version int64
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !in.Empty() || !body.ReadASN1Integer(&version) || version != 1 ||
		!body.ReadASN1ObjectIdentifier(&t.Policy) || !body.ReadASN1(&imprint, cbasn1.SEQUENCE) {
		return malformed
	}
	var err error
	if t.Hash, err = readHash(&imprint); err != nil {
		return err
	}
	if !imprint.ReadASN1(&octets, cbasn1.OCTET_STRING) || !imprint.Empty() ||
		!body.SkipASN1(cbasn1.INTEGER) || !body.ReadASN1(&when, cbasn1.GeneralizedTime) {
		return malformed
	}
	t.Imprint = octets
	// Fractions of a second are allowed here (RFC 3161, section 2.4.2), and Parse
	// takes them after the seconds without being told.
	if t.At, err = time.Parse("20060102150405Z", string(when)); err != nil {
		return malformed
	}
	if !body.SkipOptionalASN1(cbasn1.SEQUENCE) || !body.SkipOptionalASN1(cbasn1.BOOLEAN) { // accuracy, ordering
		return malformed
	}
	if body.PeekASN1Tag(cbasn1.INTEGER) {
		t.Nonce = new(big.Int)
		if !body.ReadASN1Integer(t.Nonce) {
			return malformed
		}
	}
	return nil
}

// forStamping looks at the extended key usage: timeStamping, alone and critical
// (RFC 3161, section 2.3).
func forStamping(c *x509.Certificate) error {
	for _, e := range c.Extensions {
		if e.Id.Equal(oidExtendedUsage) && e.Critical && len(c.UnknownExtKeyUsage) == 0 &&
			len(c.ExtKeyUsage) == 1 && c.ExtKeyUsage[0] == x509.ExtKeyUsageTimeStamping {
			return nil
		}
	}
	return broken(fmt.Errorf("%w: it is not for time-stamping alone", ErrCertificate))
}

// CheckToken looks at a time-stamp token over a few octets.
func CheckToken(token, over []byte) signature.Stamp {
	return CheckTokenOver(context.Background(), token, bytes.NewReader(over))
}

// CheckTokenOver looks at a time-stamp token over a document.
func CheckTokenOver(ctx context.Context, token []byte, over signature.Source) signature.Stamp {
	t, err := ParseToken(token)
	s := signature.Stamp{At: t.At, Authority: t.Authority, Certificates: t.Certificates, Broken: err}
	if err != nil {
		return s
	}
	h := t.Hash.New()
	if err := Copy(ctx, h, over); err != nil {
		s.Broken = err
	} else if !bytes.Equal(h.Sum(nil), t.Imprint) {
		s.Broken = broken(fmt.Errorf("%w: the time-stamp is over something else", ErrChanged))
	}
	return s
}
