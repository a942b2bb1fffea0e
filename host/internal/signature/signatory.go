package signature

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"regexp"
	"strings"
	"time"
	"unicode"

	"raccordo/host/internal/wire"
)

var (
	oidSurname      = asn1.ObjectIdentifier{2, 5, 4, 4}
	oidSerialNumber = asn1.ObjectIdentifier{2, 5, 4, 5}
	oidGivenName    = asn1.ObjectIdentifier{2, 5, 4, 42}
	oidQualifier    = asn1.ObjectIdentifier{2, 5, 4, 46}
	oidStatements   = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 3} // RFC 3739, section 3.2.6
	oidCompliance   = asn1.ObjectIdentifier{0, 4, 0, 1862, 1, 1}       // ETSI EN 319 412-5, section 4.2.1
)

// codiceFiscale finds one where certificates of Italy have it: serialNumber
// "TINIT-…" (ETSI EN 319 412-1, section 5.1.3), "IT:…" (its older form, also in
// dnQualifier), and the common name "CF/card number.hash" of a CNS.
var codiceFiscale = regexp.MustCompile(`^(?:TINIT-|IT:)?([A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPR-T][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z])(?:/.*)?$`)

// Signatory says whom a certificate names.
func Signatory(c *x509.Certificate) wire.Signatory {
	sum := sha256.Sum256(c.Raw)
	s := wire.Signatory{
		Name: nameOf(c), Issuer: c.Issuer.CommonName, Fingerprint: hex.EncodeToString(sum[:]),
		NotAfter: c.NotAfter.UTC().Format(time.RFC3339), Qualified: qualified(c),
	}
	for _, text := range []string{attribute(c, oidSerialNumber), attribute(c, oidQualifier), c.Subject.CommonName} {
		if found := codiceFiscale.FindStringSubmatch(strings.ToUpper(text)); found != nil && s.CF == "" {
			s.CF = found[1]
		}
	}
	return s
}

// nameOf is the name that a person goes by, or a seal's organisation.
func nameOf(c *x509.Certificate) string {
	if name := strings.TrimSpace(attribute(c, oidGivenName) + " " + attribute(c, oidSurname)); name != "" {
		if name == strings.ToUpper(name) {
			return capitals(name)
		}
		return name
	}
	if c.Subject.CommonName == "" && len(c.Subject.Organization) > 0 {
		return c.Subject.Organization[0]
	}
	return c.Subject.CommonName
}

// capitals writes MARIO D'ANGELO as people do: Mario D'Angelo.
func capitals(name string) string {
	first := true
	return strings.Map(func(r rune) rune {
		was := first
		first = !unicode.IsLetter(r)
		if was {
			return r
		}
		return unicode.ToLower(r)
	}, name)
}

func attribute(c *x509.Certificate, oid asn1.ObjectIdentifier) string {
	for _, n := range c.Subject.Names {
		if text, ok := n.Value.(string); ok && n.Type.Equal(oid) {
			return text
		}
	}
	return ""
}

// qualified tells whether the certificate itself says that it is; whether that
// is true is in the trust list.
func qualified(c *x509.Certificate) bool {
	for _, e := range c.Extensions {
		if !e.Id.Equal(oidStatements) {
			continue
		}
		var list []asn1.RawValue
		if rest, err := asn1.Unmarshal(e.Value, &list); err != nil || len(rest) > 0 {
			return false
		}
		for _, raw := range list {
			var id asn1.ObjectIdentifier
			if _, err := asn1.Unmarshal(raw.Bytes, &id); err == nil && id.Equal(oidCompliance) {
				return true
			}
		}
	}
	return false
}
