// Package region talks to one regional health system: it opens the session
// with the doctor's card over mutual TLS, keeps that one connection, and asks
// for patients, lots of NRE and the prescription services. What differs
// between regions is a Profile, read from a TOML file; what is said inside the
// SOAP envelope belongs to package sac.
//
// It never chooses an address that no profile names, never follows a redirect,
// never repeats a request that has an effect, and never keeps a patient's data.
// (Only a GET whose kept connection the region had closed goes out once more:
// RFC 9110, section 9.2.2; net/http does so by itself.) Every error tells
// whether the request may have reached the region, because only then is its
// fate unknown.
package region

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/region/sac"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// Doctor and Receipt belong to package ricetta, so that whoever keeps
// prescriptions needs no package of the network.
type (
	Doctor  = ricetta.Doctor
	Receipt = ricetta.Receipt
)

// cipherWarning is how long before its end the encryption certificate is
// announced in the log.
const cipherWarning = 30 * 24 * time.Hour

// Options of a Client.
type Options struct {
	Log zerolog.Logger
	Now func() time.Time // time.Now when nil
}

// Client is one region. It is safe for concurrent use.
type Client struct {
	profile Profile
	log     zerolog.Logger
	now     func() time.Time
	roots   *x509.CertPool // nil: the system's
	cipher  *sac.Cipher    // nil: the profile names none

	mu   sync.Mutex
	live *connection
}

// connection is what one login made: the only TLS handshake with the card's
// key, kept open, and the session that came of it.
type connection struct {
	http      *http.Client
	transport *http.Transport
	signer    *witness
	session   Session
}

// New reads the certificates that the profile names. A profile without what
// it needs is wire.ErrRegionConfig.
func New(p Profile, opt Options) (*Client, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if err := p.check(); err != nil {
		return nil, misconfigured(err)
	}
	c := &Client{profile: p, log: opt.Log, now: opt.Now}
	for _, name := range p.Transport.CA {
		pem, err := p.file(name)
		if err != nil {
			return nil, misconfigured(err)
		}
		if c.roots == nil {
			c.roots = x509.NewCertPool()
		}
		if !c.roots.AppendCertsFromPEM(pem) {
			return nil, misconfigured(fmt.Errorf("%s: no certificate", name))
		}
	}
	data, err := p.file(p.Envelope.Cipher)
	if err != nil {
		return nil, misconfigured(err)
	}
	if c.cipher, err = sac.ParseCipher(data); err != nil {
		return nil, misconfigured(err)
	}
	if left := c.cipher.NotAfter().Sub(c.now()); left < cipherWarning {
		c.log.Warn().Str("region", p.ID).Time("not_after", c.cipher.NotAfter()).Msg("encryption certificate of the region must be replaced")
	}
	return c, nil
}

// Close drops the connection without telling the region; Logout does both.
func (c *Client) Close() { c.replace(nil) }

// replace installs the connection of a login and closes the one before.
func (c *Client) replace(next *connection) {
	c.mu.Lock()
	old := c.live
	c.live = next
	c.mu.Unlock()
	if old != nil {
		old.transport.CloseIdleConnections()
	}
}

// current is the connection of the session, or wire.ErrSessionNone.
func (c *Client) current() (*connection, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.live == nil {
		return nil, &Error{Code: wire.ErrSessionNone}
	}
	return c.live, nil
}
