// Package trust holds whom this PC believes: the services of trusted lists (ETSI
// TS 119 612 v2.4.1, as the Commission and AgID publish them) and certificates that an
// administrator put beside them. It answers one question: does a certificate
// lead to a service that was trusted at a given time?
//
// A list is a file of the configuration: nothing is fetched here. A list that is
// not signed by whom the configuration names is not read at all. The status of a
// service is that of the time asked for (section 5.6, service history), never
// simply today's.
package trust

import (
	"crypto/sha256"
	"crypto/x509"
	"slices"
	"time"
)

// Use is what a certificate was used for.
type Use int

// The uses.
const (
	Sign  Use = iota + 1 // a document
	Stamp                // a time-stamp
)

// Store is what was loaded. It never changes.
type Store struct {
	services map[[sha256.Size]byte][]*Service // by the certificates of their identities
	roots    map[Use]*x509.CertPool
	others   *x509.CertPool // the same certificates, as steps of a path
	lists    []List
	signed   bool
}

// List is what a trusted list says of itself.
type List struct {
	Name       string    // of the scheme's operator, Italian if there is such a name
	Territory  string    // "IT"; "EU" is the list of the lists
	Sequence   int       // number of the issue
	Issued     time.Time // ListIssueDateTime
	NextUpdate time.Time // zero: the list is closed (section 5.3.15)
	Services   int       // those that are of use here
}

// Outdated tells whether the operator should have published a newer list.
func (l List) Outdated(now time.Time) bool { return now.After(l.NextUpdate) }

func newStore() *Store {
	return &Store{
		services: map[[sha256.Size]byte][]*Service{},
		roots:    map[Use]*x509.CertPool{Sign: x509.NewCertPool(), Stamp: x509.NewCertPool()},
		others:   x509.NewCertPool(),
	}
}

// None is a store that trusts nobody.
func None() *Store { return newStore() }

func (s *Store) add(service *Service) {
	for _, c := range service.certificates {
		key := sha256.Sum256(c.Raw)
		s.services[key] = append(s.services[key], service)
		s.others.AddCert(c)
		for _, use := range service.uses() {
			s.roots[use].AddCert(c)
		}
	}
}

// of returns the services that have this certificate as an identity, for a use.
func (s *Store) of(c *x509.Certificate, use Use) []*Service {
	var found []*Service
	for _, service := range s.services[sha256.Sum256(c.Raw)] {
		if slices.Contains(service.uses(), use) {
			found = append(found, service)
		}
	}
	return found
}

// Lists returns what the lists say of themselves.
func (s *Store) Lists() []List { return slices.Clone(s.lists) }

// Signed tells whether all lists had to be signed by somebody of the configuration.
func (s *Store) Signed() bool { return s.signed }

// Empty tells that nobody is trusted: there is nothing to check a chain against.
func (s *Store) Empty() bool { return len(s.services) == 0 }
