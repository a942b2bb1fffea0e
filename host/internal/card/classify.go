package card

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// The certificate policies of cards that prove who somebody is.
const (
	PolicyCNS = "1.3.76.16.2.1" // Carta Nazionale dei Servizi
	PolicyCIE = "1.3.76.47.4"   // Carta d'Identità Elettronica
)

var (
	oidGivenName = asn1.ObjectIdentifier{2, 5, 4, 42}
	oidSurname   = asn1.ObjectIdentifier{2, 5, 4, 4}
)

// Classify says what a certificate is for and whether it can log in now: it can
// with clientAuth, one of the policies, and a validity that holds. A
// certificate with nonRepudiation that is not also that is for signing.
func Classify(c *x509.Certificate, policies []string, now time.Time) wire.Certificate {
	sum := sha256.Sum256(c.Raw)
	w := wire.Certificate{
		Fingerprint: hex.EncodeToString(sum[:]), Purpose: purpose(c), Subject: subject(c),
		Issuer: c.Issuer.CommonName, NotAfter: c.NotAfter.UTC().Format(time.RFC3339),
	}
	accepted := slices.ContainsFunc(policies, func(p string) bool { return hasPolicy(c, p) })
	switch {
	case w.Purpose == "sign":
		w.Reason = wire.ErrCertSign
	case !clientAuth(c) || !accepted:
		w.Reason = wire.ErrCertPolicy
	case now.Before(c.NotBefore):
		w.Reason = wire.ErrCertEarly
	case now.After(c.NotAfter):
		w.Reason = wire.ErrCertExpired
	}
	w.Usable = w.Reason == ""
	return w
}

func clientAuth(c *x509.Certificate) bool {
	return slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageClientAuth) || slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny)
}

// purpose is "sign" for nonRepudiation, which an authentication certificate
// must not have (AgID, CNS profile 1.1); some old cards have both uses in one.
func purpose(c *x509.Certificate) string {
	if c.KeyUsage&x509.KeyUsageContentCommitment != 0 && !clientAuth(c) {
		return "sign"
	}
	return "auth"
}

func hasPolicy(c *x509.Certificate, dotted string) bool {
	for _, p := range c.Policies {
		if p.String() == dotted {
			return true
		}
	}
	return false
}

func kindOf(c *x509.Certificate) wire.CardKind {
	switch {
	case hasPolicy(c, PolicyCNS):
		return wire.KindCNS
	case hasPolicy(c, PolicyCIE):
		return wire.KindCIE
	}
	return wire.KindOther
}

func attribute(c *x509.Certificate, oid asn1.ObjectIdentifier) string {
	for _, n := range c.Subject.Names {
		if n.Type.Equal(oid) {
			if s, ok := n.Value.(string); ok {
				return s
			}
		}
	}
	return ""
}

// subject is the holder's name, else the common name.
func subject(c *x509.Certificate) string {
	if name := strings.TrimSpace(attribute(c, oidGivenName) + " " + attribute(c, oidSurname)); name != "" {
		return name
	}
	return c.Subject.CommonName
}

// holderOf reads the person from an authentication certificate: the CN is
// "<CF>/<card>.<hash>" on a CNS, the serial number "TINIT-<CF>" in the form of
// ETSI EN 319 412-1. nil when there is no valid codice fiscale.
func holderOf(c *x509.Certificate) *wire.Person {
	cn, _, _ := strings.Cut(c.Subject.CommonName, "/")
	_, id, _ := strings.Cut(c.Subject.SerialNumber, "-")
	for _, cf := range []string{cn, id} {
		if ricetta.ValidCodiceFiscale(cf) {
			return &wire.Person{CodiceFiscale: cf, Name: subject(c)}
		}
	}
	return nil
}
