// Package region talks to one regional health system: it opens a session with
// the doctor's card over mutual TLS, at the region's OpenID provider or with an
// ID-SESSIONE of Sistema TS, keeps and mends it, and asks for patients, lots of
// NRE and the prescription services. What differs between regions is a Profile,
// read from a TOML file; what is said inside the SOAP envelope belongs to
// package sac, one exchange over HTTP to package exchange, the two logins
// without a session service to packages oidc and a2f.
//
// It never chooses an address that no profile names, never follows a redirect,
// never repeats a request that has an effect, and never keeps a patient's data.
// Every error tells whether the request may have reached the region, because
// only then is its fate unknown.
package region

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/region/oidc"
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

// Error and Credentials belong to package exchange, which speaks to the servers.
type (
	Error       = exchange.Error
	Credentials = exchange.Credentials
)

// Options of a Client.
type Options struct {
	Log   zerolog.Logger
	Now   func() time.Time                      // time.Now when nil
	Proxy func(*http.Request) (*url.URL, error) // none when nil
	// Basic are the doctor's credentials at Sistema TS, which go along with the
	// card where they are known; nil, or an empty user: they are not.
	Basic func() (user, password string)
}

// Client is one region. It is safe for concurrent use.
type Client struct {
	profile  Profile
	opt      Options
	log      zerolog.Logger
	now      func() time.Time
	clock    *exchange.Clock
	roots    *x509.CertPool // nil: the system's
	cipher   *sac.Cipher    // nil: still to be given by the region
	open     *exchange.Line // without a card
	provider *oidc.Provider // nil: the region has none

	renewing chan struct{} // holds who makes the session anew

	mu    sync.Mutex
	live  *connection
	fresh string // the ID-SESSIONE that Sistema TS just gave
}

// New reads the certificates that the profile names. A profile without what
// it needs is wire.ErrRegionConfig; one that waits for its region's values is
// none, and refuses to log in.
func New(p Profile, opt Options) (*Client, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if err := p.check(); err != nil {
		return nil, misconfigured(err)
	}
	c := &Client{profile: p, opt: opt, log: opt.Log, now: opt.Now, clock: &exchange.Clock{Now: opt.Now}, renewing: make(chan struct{}, 1)}
	if err := c.readTrust(); err != nil {
		return nil, misconfigured(err)
	}
	if err := c.readCipher(); err != nil {
		return nil, misconfigured(err)
	}
	line, err := c.line(nil, nil)
	if err != nil {
		return nil, misconfigured(err)
	}
	c.open = line
	if p.Cloud != nil && p.Cloud.Driver == DriverOIDC {
		c.provider = oidc.New(p.Cloud.OIDC, oidc.Options{
			Line: line, Now: opt.Now, Log: opt.Log,
			Lines: func(cr Credentials, jar http.CookieJar) (*exchange.Line, error) { return c.line(&cr, jar) },
		})
	}
	return c, nil
}

func (c *Client) readTrust() error {
	for _, name := range c.profile.Trust.CA {
		pem, err := c.profile.File(name)
		if errors.Is(err, fs.ErrNotExist) && c.profile.Status == StatusAdhesion {
			continue
		}
		if err != nil {
			return err
		}
		if c.roots == nil {
			c.roots = x509.NewCertPool()
		}
		if !c.roots.AppendCertsFromPEM(pem) {
			return fmt.Errorf("%s: no certificate", name)
		}
	}
	return nil
}

// line is a way to the region's servers, with the certificate of a card or
// without.
func (c *Client) line(card *Credentials, jar http.CookieJar) (*exchange.Line, error) {
	t := c.profile.Timeouts
	return exchange.NewLine(exchange.Options{
		Log: c.log, Roots: c.roots, Proxy: c.opt.Proxy, Card: card, Jar: jar, Clock: c.clock,
		Limits: exchange.Limits{
			Connect: time.Duration(t.Connect), Handshake: time.Duration(t.Handshake), Answer: time.Duration(t.Answer),
			AnswerBytes: c.profile.Limits.AnswerBytes, Parallel: c.profile.Limits.Parallel,
		},
	})
}

// ready refuses a way that the region does not have, or whose values only the
// region can give.
func (c *Client) ready(via, driver string) error {
	p, has := c.profile, ""
	switch {
	case via == ViaCard && p.Card != nil:
		has = p.Card.Driver
	case via == ViaCloud && p.Cloud != nil:
		has = p.Cloud.Driver
	}
	missing := p.MissingFor(via)
	switch {
	case len(missing) > 0:
		return incomplete(missing)
	case has == "" || driver != "" && has != driver:
		return &Error{Code: wire.ErrNoWay, Detail: via}
	}
	return nil
}

// Close drops the connection without telling the region; Logout does both.
func (c *Client) Close() {
	c.replace(nil)
	c.open.Rest()
}

// replace installs the connection of a login and closes the one before.
func (c *Client) replace(next *connection) {
	c.mu.Lock()
	old := c.live
	c.live = next
	c.mu.Unlock()
	if old != nil {
		old.way.rest()
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

func misconfigured(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: wire.ErrRegionConfig, Err: err}
}
