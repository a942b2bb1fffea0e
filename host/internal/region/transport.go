package region

import (
	"crypto"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// Credentials open a session: the certificate of the card, whose PrivateKey is
// a crypto.Signer in the card, and the highest TLS version its key can serve (0:
// any).
type Credentials struct {
	Certificate tls.Certificate
	MaxTLS      uint16
}

// witness remembers why the card did not sign: the TLS 1.3 handshake flattens
// its error to text.
type witness struct {
	crypto.Signer
	mu  sync.Mutex
	err error
}

func (w *witness) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	signature, err := w.Signer.Sign(rand, digest, opts)
	w.mu.Lock()
	w.err = err
	w.mu.Unlock()
	return signature, err
}

// take returns the last failure and forgets it.
func (w *witness) take() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	err := w.err
	w.err = nil
	return err
}

// connect makes the HTTP client of one login. Connections stay open and later
// ones resume the TLS session, so that the card signs once: ten prescriptions
// are one handshake, and a card that was pulled out is not missed until the
// session is over.
func (c *Client) connect(cr Credentials) (*connection, error) {
	signer, ok := cr.Certificate.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("client certificate: key is %T, no signer", cr.Certificate.PrivateKey)
	}
	w := &witness{Signer: signer}
	cert := cr.Certificate
	cert.PrivateKey = w
	t := c.profile.Timeouts
	dialer := &net.Dialer{Timeout: time.Duration(t.Connect), KeepAlive: 30 * time.Second}
	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		TLSHandshakeTimeout: time.Duration(t.Handshake),
		IdleConnTimeout:     15 * time.Minute,
		MaxIdleConnsPerHost: 2,
		DisableCompression:  true,
		TLSClientConfig: &tls.Config{
			MinVersion: tls.VersionTLS12, MaxVersion: cr.MaxTLS, RootCAs: c.roots,
			ClientSessionCache: tls.NewLRUClientSessionCache(8),
			// Given whatever authorities the server lists: its refusal is a better
			// message than an empty certificate.
			GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &cert, nil },
		},
	}
	client := &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &connection{http: client, transport: transport, signer: w}, nil
}
