package idp

import (
	"crypto/x509"
	"encoding/asn1"
	"strings"

	"raccordo/host/internal/sim/anagrafe"
)

// person is who may log in. Not each is a doctor: that is for the region to
// know.
type person struct{ CF, Surname, Name, Role string }

// FullName is the name as pages write it: "Giulia Verdi", "Anna Neri
// (segreteria)".
func (p person) FullName() string {
	name := titled(p.Name) + " " + titled(p.Surname)
	if p.Role != "" {
		name += " (" + p.Role + ")"
	}
	return name
}

func titled(s string) string {
	words := strings.Fields(strings.ToLower(s))
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}

// people are those of the simulated SPID and CIE.
func people() (list []person) {
	for _, d := range anagrafe.Doctors() {
		list = append(list, person{CF: d.CF, Surname: d.Surname, Name: d.Name})
	}
	for _, c := range anagrafe.Clerks() {
		list = append(list, person{c.CF, c.Surname, c.Name, c.Role})
	}
	return list
}

// findPerson knows more people than the pages list.
func findPerson(cf string) (person, bool) {
	if d, ok := anagrafe.FindDoctor(cf); ok {
		return person{CF: d.CF, Surname: d.Surname, Name: d.Name}, true
	}
	if c, ok := anagrafe.FindClerk(cf); ok {
		return person{c.CF, c.Surname, c.Name, c.Role}, true
	}
	return person{}, false
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
