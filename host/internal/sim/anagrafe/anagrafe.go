// Package anagrafe is the population of the simulated region: doctors and
// patients who do not exist, a few by hand and many generated. Every codice fiscale has a right check letter and
// a birthplace code (X000 and up) that no Italian town has, so that none can
// belong to a real person.
package anagrafe

import (
	"slices"
	"sync"

	"raccordo/host/internal/ricetta"
)

// Doctor is a prescriber known to the simulated region.
type Doctor struct {
	CF, Surname, Name string
	PIN, PUK          string // of the virtual card
	PinCode           string // of Sistema TS
	CardSerial        string // EF_IDCarta, 16 characters
	BirthDate         string // DDMMYYYY, as EF_DatiPersonali has it
	Sex               string
	Region, ASL       string // "090", "201"
	Specializzazione  string
	Phone, Street     string
}

// Clerk works for a doctor and prescribes nothing: has an identity, no card, no
// role with the region.
type Clerk struct{ CF, Surname, Name, Role string }

// Clerks returns those who may log in and must not be let in.
func Clerks() []Clerk {
	return []Clerk{{CF: cf("NRENNA85D52X008"), Surname: "NERI", Name: "ANNA", Role: "segreteria"}}
}

// FindClerk looks a clerk up by codice fiscale.
func FindClerk(code string) (Clerk, bool) {
	for _, c := range Clerks() {
		if c.CF == code {
			return c, true
		}
	}
	return Clerk{}, false
}

// Exemption as in the region's registry. To is empty when it has no end.
type Exemption struct{ Code, Description, From, To string }

// Patient is a registered patient.
type Patient struct {
	CF, Surname, Name           string
	BirthDate, BirthPlace, Sex  string // YYYY-MM-DD
	Street, Town, Province, CAP string
	Region, ASL                 string
	DoctorCF                    string
	CardNumber, CardExpiry      string // tessera sanitaria: 20 digits, as printed; YYYY-MM-DD
	CardSerial                  string // of its chip: EF_IDCarta, 16 characters; empty when it has none
	Exemptions                  []Exemption
}

func cf(body string) string {
	letter, ok := ricetta.CheckLetter(body)
	if !ok {
		panic("anagrafe: " + body)
	}
	return body + string(letter)
}

// Doctors returns the prescribers; the first is the one of the demo.
func Doctors() []Doctor {
	return []Doctor{
		{CF: cf("VRDGLI75C41X000"), Surname: "VERDI", Name: "GIULIA", PIN: "12345", PUK: "87654321", PinCode: "1234567890", CardSerial: "6090010000000012", BirthDate: "01031975", Sex: "F", Region: "090", ASL: "201", Specializzazione: "F", Phone: "055 000000", Street: "VIA DELLE PROVE 1, FIRENZE"},
		{CF: cf("NREPLA68T12X001"), Surname: "NERI", Name: "PAOLO", PIN: "54321", PUK: "12345678", PinCode: "0987654321", CardSerial: "6090010000000020", BirthDate: "12121968", Sex: "M", Region: "090", ASL: "202", Specializzazione: "F", Phone: "050 000000", Street: "VIA DEI TEST 2, PISA"},
	}
}

// Patients returns the registry, in the order in which the demo clinic lists it.
func Patients() []Patient {
	doctor := Doctors()[0].CF
	return []Patient{
		{CF: cf("BNCLCU50A41X002"), Surname: "BIANCHI", Name: "LUCIA", BirthDate: "1950-01-01", BirthPlace: "PROVA DI SOPRA", Sex: "F", Street: "VIA GARIBALDI 12", Town: "FIRENZE", Province: "FI", CAP: "50123", Region: "090", ASL: "201", DoctorCF: doctor, CardNumber: "80380000900000000017", CardExpiry: "2031-05-30",
			Exemptions: []Exemption{{"E01", "Età maggiore di 65 anni e reddito familiare inferiore a 36.151,98 euro", "2024-03-01", "2027-03-31"}, {"031", "Ipertensione arteriosa (senza danno d'organo)", "2016-09-12", ""}}},
		{CF: cf("RSSMRC82H15X003"), Surname: "ROSSI", Name: "MARCO", BirthDate: "1982-06-15", BirthPlace: "PROVA DI SOTTO", Sex: "M", Street: "PIAZZA DELLA LIBERTÀ 3", Town: "SCANDICCI", Province: "FI", CAP: "50018", Region: "090", ASL: "201", DoctorCF: doctor, CardNumber: "80380000900000000025", CardExpiry: "2029-11-02"},
		{CF: cf("CNTNNA71P52X004"), Surname: "CONTI", Name: "ANNA", BirthDate: "1971-09-12", BirthPlace: "COLLAUDO", Sex: "F", Street: "VIA PISANA 145", Town: "FIRENZE", Province: "FI", CAP: "50143", Region: "090", ASL: "201", DoctorCF: doctor, CardNumber: "80380000900000000033", CardExpiry: "2028-02-14",
			Exemptions: []Exemption{{"013", "Diabete mellito", "2019-02-04", ""}}},
		{CF: cf("GLLPTR64B28X005"), Surname: "GALLI", Name: "PIETRO", BirthDate: "1964-02-28", BirthPlace: "COLLAUDO", Sex: "M", Street: "VIA SENESE 8", Town: "IMPRUNETA", Province: "FI", CAP: "50023", Region: "090", ASL: "201", DoctorCF: doctor, CardNumber: "80380000900000000041", CardExpiry: "2030-07-21"},
		{CF: cf("FRRSRA95L48X006"), Surname: "FERRARI", Name: "SARA", BirthDate: "1995-07-08", BirthPlace: "ESEMPIO", Sex: "F", Street: "VIALE EUROPA 77", Town: "FIRENZE", Province: "FI", CAP: "50126", Region: "090", ASL: "201", DoctorCF: doctor, CardNumber: "80380000900000000058", CardExpiry: "2027-10-09"},
	}
}

// OtherPatients are registered with other doctors than the demo's: the region
// knows them and the demo clinic does not list them.
func OtherPatients() []Patient {
	return []Patient{
		{CF: cf("MNCLRA88S61X007"), Surname: "MANCINI", Name: "LAURA", BirthDate: "1988-11-21", BirthPlace: "ALTROVE", Sex: "F", Street: "VIA SAN MARTINO 9", Town: "PISA", Province: "PI", CAP: "56125", Region: "090", ASL: "202", DoctorCF: Doctors()[1].CF, CardNumber: "80380000900000000066", CardExpiry: "2030-03-18", CardSerial: "6090030000000066",
			Exemptions: []Exemption{{"046", "Sclerosi multipla", "2021-06-07", ""}}},
	}
}

// FindPatient looks a patient up by codice fiscale.
func FindPatient(code string) (Patient, bool) {
	p, ok := known().patients[code]
	return p, ok
}

// FindDoctor looks a doctor up by codice fiscale.
func FindDoctor(code string) (Doctor, bool) {
	d, ok := known().doctors[code]
	return d, ok
}

type index struct {
	doctors  map[string]Doctor
	patients map[string]Patient
}

// known is everybody by codice fiscale.
var known = sync.OnceValue(func() index {
	all := index{map[string]Doctor{}, map[string]Patient{}}
	for _, d := range append(Doctors(), MassDoctors()...) {
		all.doctors[d.CF] = d
	}
	for _, p := range slices.Concat(Patients(), OtherPatients(), MassPatients()) {
		all.patients[p.CF] = p
	}
	return all
})
