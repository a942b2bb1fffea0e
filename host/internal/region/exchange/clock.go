package exchange

import (
	"crypto/x509"
	"net/http"
	"sync/atomic"
	"time"
)

// tolerance is how far this PC's clock may be off before it is at fault: what
// OIDC and SAML implementations allow at most.
const tolerance = 5 * time.Minute

// Clock is this PC's clock and what the servers' answers (Date, RFC 9110,
// section 6.6.1) tell of it. Several lines share one. The zero Clock is the
// system's.
type Clock struct {
	Now func() time.Time // nil: time.Now

	skew atomic.Int64 // how far the last server's clock was ahead, in nanoseconds
}

func (c *Clock) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

// saw keeps what an answer's Date says. Only an answer over TLS that was
// verified comes here.
func (c *Clock) saw(h http.Header) {
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		c.skew.Store(int64(date.Sub(c.now())))
	}
}

// Wrong tells that the last server's clock and ours differ by more than any
// slow line explains.
func (c *Clock) Wrong() bool {
	return time.Duration(c.skew.Load()).Abs() > tolerance
}

// denies tells that a certificate is outside its dates by our clock's fault: a
// server that shows one which is not valid yet has it from the future, and one
// that has ended by our clock alone has not ended.
func (c *Clock) denies(cert *x509.Certificate) bool {
	now, theirs := c.now(), c.now().Add(time.Duration(c.skew.Load()))
	if now.Add(tolerance).Before(cert.NotBefore) {
		return true
	}
	return c.Wrong() && now.After(cert.NotAfter) && !theirs.After(cert.NotAfter)
}
