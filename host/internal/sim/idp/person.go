package idp

import (
	"crypto/x509"
	"encoding/asn1"
	"strings"

	"raccordo/host/internal/sim/anagrafe"
)

// person is who may log in. Not each is a doctor: that is for the region to
// know.
type person struct{ CF, Surname, Name string }

// FullName is the name as pages write it: "Giulia Verdi".
func (p person) FullName() string { return titled(p.Name) + " " + titled(p.Surname) }

func titled(s string) string {
	words := strings.Fields(strings.ToLower(s))
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}

// doctors are the people of the simulated SPID and CIE.
func doctors() (list []person) {
	for _, d := range anagrafe.Doctors() {
		list = append(list, person{d.CF, d.Surname, d.Name})
	}
	return list
}

func findDoctor(cf string) (person, bool) {
	d, ok := anagrafe.FindDoctor(cf)
	return person{d.CF, d.Surname, d.Name}, ok
}

var (
	oidSurname   = asn1.ObjectIdentifier{2, 5, 4, 4}
	oidGivenName = asn1.ObjectIdentifier{2, 5, 4, 42}
)

// holder reads a card's owner from the CNS common name, CF/serial.hash
// (CNIPA, linee guida CNS, certificate profile).
func holder(cert *x509.Certificate) (person, bool) {
	cf, rest, found := strings.Cut(cert.Subject.CommonName, "/")
	if !found || rest == "" || len(cf) != 16 {
		return person{}, false
	}
	who := person{CF: cf}
	for _, name := range cert.Subject.Names {
		value, _ := name.Value.(string)
		switch {
		case name.Type.Equal(oidSurname):
			who.Surname = value
		case name.Type.Equal(oidGivenName):
			who.Name = value
		}
	}
	return who, true
}
