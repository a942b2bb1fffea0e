package trust

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrUnknown tells that no path leads to a service of the store.
var ErrUnknown = errors.New("the certificate leads to no service of the trusted lists")

// StatusError tells that a path leads to a service that was not trusted then.
type StatusError struct {
	Status string    // "withdrawn"; empty: the service was not listed yet
	Since  time.Time // when that status began, or, when it was not listed yet, the first one
}

func (e *StatusError) Error() string {
	if e.Status == "" {
		return "the service was first listed on " + e.Since.Format(time.DateOnly)
	}
	return fmt.Sprintf("the service was %q since %s", e.Status, e.Since.Format(time.DateOnly))
}

// Path is the way from a certificate to a service.
type Path struct {
	Chain     []*x509.Certificate // the certificate itself first, the service's last
	Service   *Service
	Qualified bool // the service is a qualified one
}

// Path looks for a service that vouches for a certificate, and judges it at a
// time. The path itself must have held while the certificate was valid: that it
// ended since is for the caller to judge. The nearest listed certificate of a path
// decides: whoever was withdrawn is not saved by his own authority. Errors are
// ErrUnknown and *StatusError; with the latter the path is there.
func (s *Store) Path(leaf *x509.Certificate, others []*x509.Certificate, at time.Time, use Use) (Path, error) {
	// RFC 3161, section 2.3: said expressly; a certificate for everything does not do.
	if use == Stamp && !slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageTimeStamping) {
		return Path{}, fmt.Errorf("%w: it is not for time-stamps", ErrUnknown)
	}
	steps := s.others.Clone()
	for _, c := range others {
		steps.AddCert(c)
	}
	chains, err := known(leaf).Verify(x509.VerifyOptions{
		Roots: s.roots[use], Intermediates: steps, CurrentTime: clamp(at, leaf), KeyUsages: extended(use),
	})
	if err != nil {
		return Path{}, fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	var refused Path
	refusal := error(ErrUnknown)
	for _, chain := range chains {
		chain[0] = leaf
		path, err := s.judge(chain, at, use)
		if err == nil {
			return path, nil
		}
		if refused.Service == nil {
			refused, refusal = path, err
		}
	}
	return refused, refusal
}

// judge finds the nearest listed certificate of a chain, and asks how it stood.
func (s *Store) judge(chain []*x509.Certificate, at time.Time, use Use) (Path, error) {
	for i, c := range chain {
		services := s.of(c, use)
		if len(services) == 0 {
			continue
		}
		path := Path{Chain: chain[:i+1], Service: services[0]}
		var why error
		for _, service := range services {
			p, ok := service.at(at)
			if ok && p.trusted && p.kind.use == use && !p.forOthers {
				path.Service, path.Qualified = service, p.kind.qualified
				return path, nil
			}
			if why == nil {
				why = refusalOf(service, p, ok)
			}
		}
		return path, why
	}
	return Path{}, ErrUnknown
}

func refusalOf(service *Service, p period, listed bool) error {
	if !listed {
		return &StatusError{Since: service.periods[len(service.periods)-1].from}
	}
	return &StatusError{Status: p.status, Since: p.from}
}

// clamp moves a time into the validity of a certificate.
func clamp(at time.Time, c *x509.Certificate) time.Time {
	if at.After(c.NotAfter) {
		return c.NotAfter
	}
	if at.Before(c.NotBefore) {
		return c.NotBefore
	}
	return at
}

func extended(use Use) []x509.ExtKeyUsage {
	if use == Stamp {
		return []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}
	}
	return []x509.ExtKeyUsage{x509.ExtKeyUsageAny}
}

// qcStatements may be critical, and says nothing that a path depends on
// (RFC 3739, section 3.2.6).
var qcStatements = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 3}

// known is the certificate without the critical extensions that are understood here.
func known(c *x509.Certificate) *x509.Certificate {
	copied := *c
	copied.UnhandledCriticalExtensions = slices.DeleteFunc(slices.Clone(c.UnhandledCriticalExtensions), qcStatements.Equal)
	return &copied
}
