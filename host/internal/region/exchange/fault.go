package exchange

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"

	"raccordo/host/internal/wire"
)

// certificateAlerts are the TLS alerts by which a server refuses the client's
// certificate (RFC 8446, section 6.2), in the words of crypto/tls.
var certificateAlerts = []string{
	"bad certificate", "unsupported certificate", "revoked certificate", "expired certificate",
	"unknown certificate", "unknown certificate authority", "access denied", "certificate required",
}

// badLocation begins what net/http says of a Location header that is no
// address; it reads the header although nobody follows it, and quotes it.
const badLocation = "failed to parse Location header"

// transportError names the link that broke. late: one of our own limits ended
// it. Unknown is false only where the request cannot have had its effect:
// without a connection nothing leaves.
func (l *Line) transportError(ctx context.Context, err error, way *trail, late bool) *Error {
	arrived := way.arrived.Load()
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // the address may hold a patient's codice fiscale
	}
	if strings.HasPrefix(err.Error(), badLocation) {
		return BadAnswer("redirect to nowhere")
	}
	e := &Error{Code: wire.ErrRegionDown, Unknown: arrived, Err: err}
	var already *Error
	if errors.As(err, &already) { // of whoever chose the proxy
		return already
	}
	var op *net.OpError
	isOp := errors.As(err, &op)
	var timeout net.Error
	switch {
	case serverUntrusted(err):
		e.Code, e.Detail, e.Unknown = wire.ErrTLSServer, untrustedDetail(err), false
		if cert := outOfDate(err); cert != nil && l.opt.Clock.denies(cert) {
			e.Code = wire.ErrClock
		}
	case isOp && op.Op == "remote error":
		// In TLS 1.3 the refusal comes after our handshake, when the request has
		// left already: the server has not read it.
		e.Code, e.Detail = wire.ErrTLS, "alert: "+strings.TrimPrefix(op.Err.Error(), "tls: ")
		for _, alert := range certificateAlerts {
			// Without a card shown there is none to be refused, at most one to be wanted.
			if e.Detail == "alert: "+alert && (l.opt.Card != nil || alert == "certificate required") {
				e.Code, e.Unknown = wire.ErrTLSRefused, arrived && way.kept.Load()
			}
		}
	case ctx.Err() != nil && errors.Is(ctx.Err(), context.Canceled):
		e.Code = wire.ErrCancelled
	case isOp && op.Op == "proxyconnect":
		e.Code, e.Detail, e.Unknown = wire.ErrProxy, errno(err), false
	case late || ctx.Err() != nil || errors.As(err, &timeout) && timeout.Timeout():
		e.Code = wire.ErrRegionTime
		if !arrived && isOp && op.Op == "dial" {
			e.Code = wire.ErrRegionDown
		}
	case isOp && op.Op == "dial":
		e.Detail = errno(err)
	case isTLS(err) || isOp && op.Op == "local error":
		// In the handshake nothing has left; later it is an answer that was garbled
		// on its way, and what was asked for may have happened.
		e.Code = wire.ErrTLS
	default:
		e.Detail = errno(err)
	}
	return e
}

func serverUntrusted(err error) bool {
	var v *tls.CertificateVerificationError
	return errors.As(err, &v)
}

func untrustedDetail(err error) string {
	var (
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &unknown):
		return "unknown authority"
	case errors.As(err, &host):
		return "wrong host name"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "expired or not yet valid"
	}
	return "invalid"
}

// outOfDate is the certificate whose dates are the reason, if they are.
func outOfDate(err error) *x509.Certificate {
	var invalid x509.CertificateInvalidError
	if errors.As(err, &invalid) && invalid.Reason == x509.Expired {
		return invalid.Cert
	}
	return nil
}

// isTLS: the other side does not speak TLS, or not a kind that we accept.
func isTLS(err error) bool {
	var r tls.RecordHeaderError
	text := err.Error()
	return errors.As(err, &r) || strings.HasPrefix(text, "tls: ") || strings.HasSuffix(text, "HTTP response to HTTPS client")
}

func errno(err error) string {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return "name not found"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "no route"
	}
	return ""
}
