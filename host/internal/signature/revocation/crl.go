package revocation

import (
	"bytes"
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Object identifiers of RFC 5280.
var (
	oidReason       = asn1.ObjectIdentifier{2, 5, 29, 21}
	oidDeltaCRL     = asn1.ObjectIdentifier{2, 5, 29, 27}
	oidIssuingPoint = asn1.ObjectIdentifier{2, 5, 29, 28}
	oidCertIssuer   = asn1.ObjectIdentifier{2, 5, 29, 29}
	oidPoints       = asn1.ObjectIdentifier{2, 5, 29, 31}
	oidExpired      = asn1.ObjectIdentifier{2, 5, 29, 60}
)

var errCRL = errors.New("the CRL is malformed")

func (c *Checker) askCRL(ctx context.Context, address string, q Query) (evidence, error) {
	ctx, cancel := context.WithTimeout(ctx, 4*c.opt.Wait)
	defer cancel()
	der, err := c.fetch(ctx, http.MethodGet, address, nil, c.opt.MaxCRL)
	if err != nil {
		return evidence{}, fmt.Errorf("CRL: %w", err)
	}
	if bytes.HasPrefix(der, []byte("-----BEGIN")) {
		if block, _ := pem.Decode(der); block != nil {
			der = block.Bytes
		}
	}
	return readCRL(der, q)
}

// readCRL looks a certificate up in a CRL. The list of what is revoked can have a
// million rows: it is walked through and never unfolded in memory. The rest is small,
// and read by the standard library.
func readCRL(der []byte, q Query) (evidence, error) {
	tbs, rows, head, err := split(der)
	if err != nil {
		return evidence{}, err
	}
	list, err := x509.ParseRevocationList(head)
	if err != nil {
		return evidence{}, fmt.Errorf("%w: %w", errCRL, err)
	}
	issuer := q.Issuer
	switch {
	case !bytes.Equal(list.RawIssuer, issuer.RawSubject) || !bytes.Equal(q.Certificate.RawIssuer, issuer.RawSubject):
		return evidence{}, ErrForeign
	case issuer.KeyUsage != 0 && issuer.KeyUsage&x509.KeyUsageCRLSign == 0:
		return evidence{}, fmt.Errorf("%w: its certificate is not for CRLs", ErrResponder)
	}
	if err := issuer.CheckSignature(list.SignatureAlgorithm, tbs, list.Signature); err != nil {
		return evidence{}, fmt.Errorf("%w: %w", ErrResponder, err)
	}
	e := evidence{by: "CRL", known: true, thisUpdate: list.ThisUpdate, nextUpdate: list.NextUpdate}
	if err := extensions(list, q.Certificate, &e); err != nil {
		return evidence{}, err
	}
	return e, find(rows, q.Certificate, &e)
}

// split cuts a CertificateList: what is signed, the contents of
// revokedCertificates, and a CertificateList without them, which holds all
// else and no signature that fits.
func split(der []byte) (tbs, rows, head []byte, err error) {
	in := cryptobyte.String(der)
	var outer, signed, inner, tail cryptobyte.String
	if !in.ReadASN1(&outer, cbasn1.SEQUENCE) || !in.Empty() || !outer.ReadASN1Element(&signed, cbasn1.SEQUENCE) {
		return nil, nil, nil, errCRL
	}
	tbs, tail = signed, outer
	if !signed.ReadASN1(&inner, cbasn1.SEQUENCE) {
		return nil, nil, nil, errCRL
	}
	var kept cryptobyte.Builder
	keep := func(tags ...cbasn1.Tag) bool {
		var element cryptobyte.String
		var tag cbasn1.Tag
		if !inner.ReadAnyASN1Element(&element, &tag) || !slices.Contains(tags, tag) {
			return false
		}
		kept.AddBytes(element)
		return true
	}
	isTime := func() bool { return inner.PeekASN1Tag(cbasn1.UTCTime) || inner.PeekASN1Tag(cbasn1.GeneralizedTime) }
	extensions := cbasn1.Tag(0).ContextSpecific().Constructed()
	switch {
	case !keep(cbasn1.INTEGER), !keep(cbasn1.SEQUENCE), !keep(cbasn1.SEQUENCE), // version, signature, issuer
		!keep(cbasn1.UTCTime, cbasn1.GeneralizedTime),
		isTime() && !keep(cbasn1.UTCTime, cbasn1.GeneralizedTime),
		inner.PeekASN1Tag(cbasn1.SEQUENCE) && !inner.ReadASN1((*cryptobyte.String)(&rows), cbasn1.SEQUENCE),
		!inner.Empty() && !keep(extensions),
		!inner.Empty(): // nothing may stand where the standard library does not look
		return nil, nil, nil, errCRL
	}
	fields, err := kept.Bytes()
	if err != nil {
		return nil, nil, nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(fields) })
		b.AddBytes(tail)
	})
	head, err = b.Bytes()
	return tbs, rows, head, err
}

// extensions looks at those of the list: whether it is a whole one, for this
// certificate. An unknown critical one makes it useless (RFC 5280, section 5.2).
func extensions(list *x509.RevocationList, c *x509.Certificate, e *evidence) error {
	for _, x := range list.Extensions {
		switch {
		case x.Id.Equal(oidDeltaCRL):
			return fmt.Errorf("%w: it has only what changed", ErrScope)
		case x.Id.Equal(oidIssuingPoint):
			if err := covers(x.Value, c); err != nil {
				return err
			}
		case x.Id.Equal(oidExpired):
			if _, err := asn1.UnmarshalWithParams(x.Value, &e.since, "generalized"); err != nil {
				e.since = time.Time{}
			}
		case x.Critical:
			return fmt.Errorf("%w: critical extension %s", ErrScope, x.Id)
		}
	}
	return nil
}

// covers reads an IssuingDistributionPoint (RFC 5280, section 5.2.5): a list may be only a
// part of what an issuer revoked, and then says whose part.
func covers(der []byte, c *x509.Certificate) error {
	in := cryptobyte.String(der)
	var fields cryptobyte.String
	if !in.ReadASN1(&fields, cbasn1.SEQUENCE) {
		return errCRL
	}
	for !fields.Empty() {
		var value cryptobyte.String
		var tag cbasn1.Tag
		if !fields.ReadAnyASN1(&value, &tag) {
			return errCRL
		}
		set := len(value) == 1 && value[0] != 0
		switch tag {
		case cbasn1.Tag(0).ContextSpecific().Constructed():
			if !samePoint(value, c) {
				return fmt.Errorf("%w: it is another part", ErrScope)
			}
		case cbasn1.Tag(1).ContextSpecific():
			if set && c.IsCA {
				return fmt.Errorf("%w: it has no authorities", ErrScope)
			}
		case cbasn1.Tag(2).ContextSpecific():
			if set && !c.IsCA {
				return fmt.Errorf("%w: it has authorities only", ErrScope)
			}
		default: // some reasons only, certificates of other issuers, attribute certificates
			if tag == cbasn1.Tag(3).ContextSpecific() || set {
				return fmt.Errorf("%w: it is of a special kind", ErrScope)
			}
		}
	}
	return nil
}

// samePoint tells whether one of the names of a part is one that the certificate
// has in its CRLDistributionPoints.
func samePoint(point cryptobyte.String, c *x509.Certificate) bool {
	var names cryptobyte.String
	if !point.ReadASN1(&names, cbasn1.Tag(0).ContextSpecific().Constructed()) {
		return false
	}
	i := slices.IndexFunc(c.Extensions, func(x pkix.Extension) bool { return x.Id.Equal(oidPoints) })
	if i < 0 {
		return false
	}
	for !names.Empty() {
		var name cryptobyte.String
		var tag cbasn1.Tag
		if !names.ReadAnyASN1Element(&name, &tag) {
			return false
		}
		if bytes.Contains(c.Extensions[i].Value, name) {
			return true
		}
	}
	return false
}
