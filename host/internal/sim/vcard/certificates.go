package vcard

import (
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"time"

	"raccordo/host/internal/sim/testca"
)

// cnsPolicy is the certificate policy of CNS authentication certificates
// (AgID, "Profilo del certificato di autenticazione CNS").
const cnsPolicy = "1.3.76.16.2.1"

// Attribute types of the names, in the order in which they are encoded; read
// backwards (RFC 4514) it is the CN, GN, SN, OU, O, C of real cards.
var (
	oidCountry      = asn1.ObjectIdentifier{2, 5, 4, 6}
	oidOrganization = asn1.ObjectIdentifier{2, 5, 4, 10}
	oidUnit         = asn1.ObjectIdentifier{2, 5, 4, 11}
	oidSurname      = asn1.ObjectIdentifier{2, 5, 4, 4}
	oidGivenName    = asn1.ObjectIdentifier{2, 5, 4, 42}
	oidCommonName   = asn1.ObjectIdentifier{2, 5, 4, 3}
	oidSerialNumber = asn1.ObjectIdentifier{2, 5, 4, 5}
)

const (
	organization = "Raccordo simulato (SOLO PROVA)"
	unit         = "REGIONE SIMULATA" // the administration that issues the card
)

// authTemplate is the CNS certificate. Its common name binds it to the card:
// codice fiscale, number of the card, hash of EF_DatiPersonali.
func authTemplate(opt Options, personal []byte) (*x509.Certificate, error) {
	policy, err := x509.ParseOID(cnsPolicy)
	if err != nil {
		return nil, err
	}
	hash := sha1.Sum(personal)
	name := opt.Doctor.CF + "/" + opt.Doctor.CardSerial + "." + base64.StdEncoding.EncodeToString(hash[:])
	tmpl := common(opt, pkix.AttributeTypeAndValue{Type: oidCommonName, Value: name})
	tmpl.KeyUsage = x509.KeyUsageDigitalSignature // and never nonRepudiation
	tmpl.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	tmpl.Policies = []x509.OID{policy}
	tmpl.NotAfter = opt.AuthNotAfter
	if now := time.Now(); !tmpl.NotAfter.IsZero() && tmpl.NotAfter.Before(now) { // an expired card was valid once
		tmpl.NotBefore = tmpl.NotAfter.AddDate(-6, 0, 0)
	}
	return tmpl, nil
}

// signTemplate is the certificate of the signing key, as qualified ones look.
func signTemplate(opt Options) (*x509.Certificate, error) {
	tmpl := common(opt,
		pkix.AttributeTypeAndValue{Type: oidSerialNumber, Value: "TINIT-" + opt.Doctor.CF},
		pkix.AttributeTypeAndValue{Type: oidCommonName, Value: opt.Doctor.Name + " " + opt.Doctor.Surname})
	return tmpl, testca.Qualified(tmpl)
}

func common(opt Options, more ...pkix.AttributeTypeAndValue) *x509.Certificate {
	names := append([]pkix.AttributeTypeAndValue{
		{Type: oidCountry, Value: "IT"},
		{Type: oidOrganization, Value: organization},
		{Type: oidUnit, Value: unit},
		{Type: oidSurname, Value: opt.Doctor.Surname},
		{Type: oidGivenName, Value: opt.Doctor.Name},
	}, more...)
	return &x509.Certificate{Subject: pkix.Name{ExtraNames: names}, BasicConstraintsValid: true}
}

func issue(ca *testca.CA, tmpl *x509.Certificate, public *rsa.PublicKey) (*x509.Certificate, error) {
	der, err := ca.Issue(tmpl, public)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}
