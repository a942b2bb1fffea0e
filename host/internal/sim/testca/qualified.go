package testca

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
)

// The statements of a qualified certificate (ETSI EN 319 412-5): compliant with
// the regulation, key in a device, for electronic signatures.
var (
	oidQCStatements = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 3}
	oidCompliance   = asn1.ObjectIdentifier{0, 4, 0, 1862, 1, 1}
	oidSSCD         = asn1.ObjectIdentifier{0, 4, 0, 1862, 1, 4}
	oidType         = asn1.ObjectIdentifier{0, 4, 0, 1862, 1, 6}
	oidESign        = asn1.ObjectIdentifier{0, 4, 0, 1862, 1, 6, 1}
)

type statement struct {
	ID   asn1.ObjectIdentifier
	Info []asn1.ObjectIdentifier `asn1:"optional,omitempty"`
}

// Qualified makes a template look like a qualified certificate for electronic
// signatures: nonRepudiation and nothing else (ETSI EN 319 412-2 section 4.3.2,
// type A) and the statements of EN 319 412-5. It qualifies nobody: the authority
// is this one.
func Qualified(tmpl *x509.Certificate) error {
	statements, err := asn1.Marshal([]statement{{ID: oidCompliance}, {ID: oidSSCD}, {oidType, []asn1.ObjectIdentifier{oidESign}}})
	if err != nil {
		return err
	}
	tmpl.KeyUsage, tmpl.ExtKeyUsage = x509.KeyUsageContentCommitment, nil
	tmpl.ExtraExtensions = append(tmpl.ExtraExtensions, pkix.Extension{Id: oidQCStatements, Value: statements})
	return nil
}
