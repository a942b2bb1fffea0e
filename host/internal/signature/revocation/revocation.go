// Package revocation tells whether a certificate was revoked at a given time: by
// what a signature brings, then by OCSP (RFC 6960), then by a CRL (RFC 5280).
//
// It asks only addresses of certificates that its caller vouches for, never
// follows a redirect, and reads no more than it has limits for. An answer counts
// when its issuer, or whom the issuer delegated, signed it, it is about this
// certificate and it was in force at the time asked for. What an answer says is kept
// in memory for a quarter of an hour; nothing is written to disk.
package revocation

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"time"

	"github.com/rs/zerolog"
)

// State is what is known.
type State int

// The states.
const (
	NotChecked State = iota // nobody was asked
	Unknown                 // nobody could say
	Good
	Revoked
)

// Why a certificate's state is not known. Status.Err wraps one of them, or what
// the network said.
var (
	ErrOffline   = errors.New("no address may be asked")
	ErrNoAddress = errors.New("the certificate names nobody to ask")
	ErrForeign   = errors.New("the answer is not about this certificate")
	ErrResponder = errors.New("whoever signed the answer has no right to it")
	ErrStale     = errors.New("the answer was not in force at that time")
	ErrNonce     = errors.New("the answer is to somebody else's question")
	ErrScope     = errors.New("the list does not cover this certificate")
	ErrTooLarge  = errors.New("the answer is larger than what is read")
	ErrRefused   = errors.New("the responder refused")
)

// OnHold is the reason code of a certificate that is suspended (RFC 5280,
// section 5.3.1).
const OnHold = 6

// Query asks for a certificate at a time.
type Query struct {
	Certificate, Issuer *x509.Certificate
	At                  time.Time // when it was used
	CRLs, OCSPs         [][]byte  // DER, as the signature brings them
	// Fetch lets the certificate's addresses be asked: for certificates that lead to
	// a trusted service only.
	Fetch bool
}

// Status is what was found.
type Status struct {
	State     State
	RevokedAt time.Time // set too when State is Good: revoked afterwards
	Reason    int       // RFC 5280, section 5.3.1
	By        string    // "OCSP", "CRL", "short-term"; empty: nobody said
	Embedded  bool      // the signature brought the proof
	Err       error     // why it is Unknown or NotChecked
}

// Options of a Checker.
type Options struct {
	Client *http.Client // nil: offline, only what signatures bring
	Now    func() time.Time
	Log    zerolog.Logger
	MaxCRL int64         // bytes; 0: 48 MiB, thrice the largest that is published
	Wait   time.Duration // for one answer; 0: 5 s, and four times that for a CRL
}

// Checker asks.
type Checker struct {
	client *http.Client
	opt    Options
	cache  cache
}

const defaultMaxCRL = 48 << 20

// New makes a Checker; it may be used by several goroutines.
func New(opt Options) *Checker {
	if opt.MaxCRL == 0 {
		opt.MaxCRL = defaultMaxCRL
	}
	if opt.Wait == 0 {
		opt.Wait = 5 * time.Second
	}
	c := &Checker{opt: opt}
	if opt.Client != nil {
		client := *opt.Client
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		c.client = &client
	}
	return c
}

// Check answers a query. What the signature brings settles it when it is not older
// than the use of the certificate. An older answer that is still in force counts only
// when there is nobody to ask: it was chosen by whoever completed the signature, and may
// be from before the revocation.
func (c *Checker) Check(ctx context.Context, q Query) Status {
	if shortTerm(q.Certificate) {
		return Status{State: Good, By: "short-term"}
	}
	now := c.opt.Now()
	brought, settled, faults := embedded(ctx, q, now)
	if settled {
		return brought
	}
	status := Status{State: NotChecked, Err: errors.Join(append(faults, ErrOffline)...)}
	if c.client != nil && q.Fetch {
		status = c.online(ctx, q, now)
	}
	if brought.State == Good && status.State != Good && status.State != Revoked {
		return brought
	}
	return status
}

// maxEmbedded of each kind are looked at: a signature with its whole proof
// brings one for each certificate, and a hostile one can bring any number.
const maxEmbedded = 64

// embedded looks at what the signature brings.
func embedded(ctx context.Context, q Query, now time.Time) (brought Status, settled bool, faults []error) {
	for _, kind := range []struct {
		all  [][]byte
		read func(der []byte) (evidence, error)
	}{
		{q.OCSPs, func(der []byte) (evidence, error) { return readOCSP(der, q, nil) }},
		{q.CRLs, func(der []byte) (evidence, error) { return readCRL(der, q) }},
	} {
		for _, der := range kind.all[:min(len(kind.all), maxEmbedded)] {
			if ctx.Err() != nil {
				return brought, false, append(faults, ctx.Err())
			}
			e, err := kind.read(der)
			if err != nil {
				faults = append(faults, err)
				continue
			}
			status := e.judge(q, now, true)
			switch {
			case status.State == Revoked, status.State == Good && !e.thisUpdate.Before(q.At.Add(-skew)):
				return status, true, nil
			case status.State == Good:
				brought = status
			default:
				faults = append(faults, status.Err)
			}
		}
	}
	return brought, false, faults
}

// online asks the addresses of the certificate, or remembers what they said.
func (c *Checker) online(ctx context.Context, q Query, now time.Time) Status {
	if len(q.Certificate.OCSPServer)+len(q.Certificate.CRLDistributionPoints) == 0 {
		return Status{State: Unknown, Err: ErrNoAddress}
	}
	if e, err, ok := c.cache.get(q, now); ok {
		if err != nil {
			return Status{State: Unknown, Err: err}
		}
		if status := e.judge(q, now, false); status.State != Unknown {
			return status
		}
	}
	var faults []error
	for _, ask := range c.ways(q) {
		e, err := ask(ctx)
		if err == nil {
			status := e.judge(q, now, false)
			if status.State != Unknown {
				c.cache.put(q, now, e, nil)
				return status
			}
			err = status.Err
		}
		faults = append(faults, err)
		if ctx.Err() != nil {
			// Whoever asked went away: that says nothing about the addresses.
			return Status{State: Unknown, Err: ctx.Err()}
		}
	}
	err := errors.Join(faults...)
	c.opt.Log.Warn().Err(err).Msg("revocation unknown")
	c.cache.put(q, now, evidence{}, err)
	return Status{State: Unknown, Err: err}
}

// maxAddresses of each kind are asked: a certificate has one or two.
const maxAddresses = 3

// ways are what can be asked, the quickest first.
func (c *Checker) ways(q Query) []func(context.Context) (evidence, error) {
	var all []func(context.Context) (evidence, error)
	for _, address := range first(q.Certificate.OCSPServer) {
		all = append(all, func(ctx context.Context) (evidence, error) { return c.askOCSP(ctx, address, q) })
	}
	for _, address := range first(q.Certificate.CRLDistributionPoints) {
		all = append(all, func(ctx context.Context) (evidence, error) { return c.askCRL(ctx, address, q) })
	}
	return all
}

func first(addresses []string) []string {
	return addresses[:min(len(addresses), maxAddresses)]
}
