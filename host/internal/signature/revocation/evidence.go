package revocation

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"time"
)

// evidence is what one answer says about one certificate. It is the same at
// whatever time it is looked at.
type evidence struct {
	by                     string
	known                  bool // the issuer knows the certificate (OCSP "unknown": no)
	revoked                bool
	revokedAt              time.Time
	reason                 int
	thisUpdate, nextUpdate time.Time // nextUpdate zero: newer answers are always to be had
	// since is from when on certificates that expired are still told of; zero: an
	// answer says nothing about a certificate that had expired before it.
	since time.Time
}

// skew is by how much clocks differ.
const skew = 5 * time.Minute

// lasting is for how long an answer counts that does not say so itself.
const lasting = time.Hour

// removeFromCRL is the reason of a suspension that was lifted (RFC 5280, section 5.3.1).
const removeFromCRL = 8

// judge says what the evidence is worth for a query. Revoked stays revoked,
// however old the answer; good needs an answer that was in force at the time, or
// is younger, and still tells of this certificate.
func (e evidence) judge(q Query, now time.Time, embedded bool) Status {
	s := Status{State: Unknown, By: e.by, Embedded: embedded}
	switch {
	case e.thisUpdate.After(now.Add(skew)):
		s.Err = fmt.Errorf("%w: it is of the future", ErrStale)
		return s
	case !e.known:
		s.Err = ErrForeign
		return s
	case e.revoked && e.reason != removeFromCRL:
		s.RevokedAt, s.Reason = e.revokedAt, e.reason
		if !e.revokedAt.After(q.At) {
			s.State = Revoked
			return s
		}
	}
	end := e.nextUpdate
	if end.IsZero() {
		end = e.thisUpdate.Add(lasting)
	}
	if end.Add(skew).Before(q.At) {
		s.Err = fmt.Errorf("%w: it ended on %s", ErrStale, end.UTC().Format(time.RFC3339))
		return s
	}
	if q.Certificate.NotAfter.Before(e.thisUpdate) && !e.revoked && (e.since.IsZero() || e.since.After(q.Certificate.NotAfter)) {
		s.Err = fmt.Errorf("%w: expired certificates are not in it", ErrStale)
		return s
	}
	s.State = Good
	return s
}

// A certificate that ends before anybody could revoke it says so: RFC 9608, and ETSI EN 319
// 412-1, section 5.2.
var (
	noRevocation = asn1.ObjectIdentifier{2, 5, 29, 56}
	assured      = asn1.ObjectIdentifier{0, 4, 0, 194121, 2, 1}
)

func shortTerm(c *x509.Certificate) bool {
	for _, e := range c.Extensions {
		if e.Id.Equal(noRevocation) || e.Id.Equal(assured) {
			return true
		}
	}
	return false
}
