package exchange

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"raccordo/host/internal/wire"
)

// probeTime is how long a refusing server gets to say so.
const probeTime = time.Second

// Refusal finds out why a server hung up during a login. In TLS 1.3 the
// client's certificate is judged after the client's own handshake is over, and
// the alert can be lost when the connection is reset under a request that is
// already on its way. So the handshake is made once more with nothing behind
// it, and the alert is read in peace. It is for requests that may be repeated.
func (l *Line) Refusal(ctx context.Context, address string, err error) error {
	var e *Error
	if !errors.As(err, &e) || e.Code != wire.ErrRegionDown || e.Detail != "connection closed" {
		return err
	}
	u, parseErr := url.Parse(address)
	if parseErr != nil {
		return err
	}
	if l.opt.Proxy != nil {
		if proxy, proxyErr := l.opt.Proxy(&http.Request{URL: u}); proxyErr != nil || proxy != nil {
			return err // the probe goes straight, and would ask somebody else
		}
	}
	port := u.Port()
	if port == "" {
		port = "443"
	}
	ctx, cancel := context.WithTimeout(ctx, l.opt.Limits.Handshake)
	defer cancel()
	raw, dialErr := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if dialErr != nil {
		return err
	}
	config := l.transport.TLSClientConfig.Clone()
	config.ServerName, config.ClientSessionCache = u.Hostname(), nil
	conn := tls.Client(raw, config)
	defer func() { _ = conn.Close() }()
	reason := conn.HandshakeContext(ctx)
	if reason == nil {
		_ = conn.SetReadDeadline(time.Now().Add(probeTime))
		_, reason = conn.Read(make([]byte, 1))
	}
	if found := l.transportError(ctx, reason, &trail{}, false); found.Code == wire.ErrTLSRefused {
		return found
	}
	return err
}
