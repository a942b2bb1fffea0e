package region

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"time"

	"raccordo/host/internal/wire"
)

// probeTime is how long a refusing server gets to say so.
const probeTime = time.Second

// refusal finds out why a server hung up during a login. In TLS 1.3 the
// client's certificate is judged after the client's own handshake is over, and
// the alert can be lost when the connection is reset under a request that is
// already on its way. So the handshake is made once more with nothing behind
// it, and the alert is read in peace. A login may be repeated: the newer
// session replaces the older.
func (c *Client) refusal(ctx context.Context, live *connection, err error) error {
	var e *Error
	if !errors.As(err, &e) || e.Code != wire.ErrRegionDown || e.Detail != "connection closed" {
		return err
	}
	u, parseErr := url.Parse(c.profile.Endpoints.Session)
	if parseErr != nil {
		return err
	}
	port := u.Port()
	if port == "" {
		port = "443"
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(c.profile.Timeouts.Handshake))
	defer cancel()
	raw, dialErr := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if dialErr != nil {
		return err
	}
	config := live.transport.TLSClientConfig.Clone()
	config.ServerName, config.ClientSessionCache = u.Hostname(), nil
	conn := tls.Client(raw, config)
	defer func() { _ = conn.Close() }()
	reason := conn.HandshakeContext(ctx)
	if reason == nil {
		_ = conn.SetReadDeadline(time.Now().Add(probeTime))
		_, reason = conn.Read(make([]byte, 1))
	}
	if found := transportError(ctx, reason, true, false); found.Code == wire.ErrTLSRefused {
		return found
	}
	return err
}
