package revocation

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// find walks through revokedCertificates for one number. A list that can not be
// read to its end proves nothing.
func find(rows cryptobyte.String, c *x509.Certificate, e *evidence) error {
	serial := number(c.SerialNumber.Bytes())
	for !rows.Empty() {
		var row, found cryptobyte.String
		if !rows.ReadASN1(&row, cbasn1.SEQUENCE) || !row.ReadASN1(&found, cbasn1.INTEGER) {
			return errCRL
		}
		if !bytes.Equal(number(found), serial) {
			continue
		}
		if err := e.read(row); err != nil {
			return err
		}
	}
	return nil
}

// number is a serial number without leading zeros.
func number(raw []byte) []byte { return bytes.TrimLeft(raw, "\x00") }

// read takes the rest of a row: when, and why.
func (e *evidence) read(row cryptobyte.String) error {
	var when time.Time
	switch {
	case row.PeekASN1Tag(cbasn1.UTCTime):
		if !row.ReadASN1UTCTime(&when) {
			return errCRL
		}
	case !row.ReadASN1GeneralizedTime(&when):
		return errCRL
	}
	// The last row about a certificate counts (a suspension that became a
	// revocation), and the first time.
	if !e.revoked || when.Before(e.revokedAt) {
		e.revokedAt = when
	}
	e.revoked, e.reason = true, 0
	if row.Empty() {
		return nil
	}
	var extensions []pkix.Extension
	if rest, err := asn1.Unmarshal(row, &extensions); err != nil || len(rest) > 0 {
		return errCRL
	}
	for _, x := range extensions {
		switch {
		case x.Id.Equal(oidReason):
			var reason asn1.Enumerated
			if _, err := asn1.Unmarshal(x.Value, &reason); err != nil {
				return fmt.Errorf("%w: reason", errCRL)
			}
			e.reason = int(reason)
		case x.Id.Equal(oidCertIssuer):
			return fmt.Errorf("%w: it has certificates of other issuers", ErrScope)
		}
	}
	return nil
}
