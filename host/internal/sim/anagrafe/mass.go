package anagrafe

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// How many there are for tests with many.
const (
	massDoctors  = 100
	massPatients = 1000
)

// Made-up surnames are a word that no family has and two syllables.
var (
	inventedWords = []string{"PROVETT", "COLLAUD", "FINTOL", "SIMULET", "TESTUGG", "MODELL", "BOZZETT", "ABBOZZ"}
	syllables     = []string{"ABI", "EDO", "IFU", "OGA", "ULE", "AMO", "ENI", "IRA", "OSU", "UTE"}
	womensNames   = []string{"GIULIA", "MARTA", "ELENA", "SILVIA", "PAOLA"}
	mensNames     = []string{"MARCO", "PIETRO", "SERGIO", "LORENZO", "BRUNO"}
)

var provinces = []struct{ asl, town, code, cap string }{
	{"201", "FIRENZE", "FI", "50100"}, {"202", "PISA", "PI", "56100"}, {"203", "SIENA", "SI", "53100"},
}

// MassDoctors are further prescribers, always the same, for tests that need
// many. They have accounts and cards like those of Doctors.
func MassDoctors() []Doctor { return append([]Doctor(nil), crowd().doctors...) }

// MassPatients are further patients; the i-th is MassDoctors()[i%100]'s.
func MassPatients() []Patient { return append([]Patient(nil), crowd().patients...) }

type population struct {
	doctors  []Doctor
	patients []Patient
}

var crowd = sync.OnceValue(func() (p population) {
	for i := range massDoctors {
		p.doctors = append(p.doctors, massDoctor(i))
	}
	for i := range massPatients {
		p.patients = append(p.patients, massPatient(i, p.doctors[i%massDoctors]))
	}
	return p
})

// person is who the i-th of a series is. The birthplace (X and three digits)
// is the series' own and no town's.
type person struct {
	cf, surname, name, sex string
	born                   time.Time
}

func invent(i, place int) person {
	p := person{
		surname: inventedWords[i%len(inventedWords)] + syllables[i/len(inventedWords)%len(syllables)] + syllables[i/3%len(syllables)],
		sex:     "F", name: womensNames[i/2%len(womensNames)],
		born: time.Date(1940+i%50, time.Month(1+i%12), 1+i*7%28, 0, 0, 0, 0, time.UTC),
	}
	if i%2 == 1 {
		p.sex, p.name = "M", mensNames[i/2%len(mensNames)]
	}
	day := p.born.Day()
	if p.sex == "F" {
		day += 40
	}
	p.cf = cf(fmt.Sprintf("%s%s%02d%c%02dX%03d", surnameLetters(p.surname), nameLetters(p.name), p.born.Year()%100,
		"ABCDEHLMPRST"[p.born.Month()-1], day, place+i%800))
	return p
}

// surnameLetters and nameLetters are the first six characters of a codice
// fiscale (DM 23 Dec 1976, art. 2 and 3): consonants, then vowels.
func surnameLetters(s string) string { return (consonants(s) + vowels(s) + "XXX")[:3] }

func nameLetters(s string) string {
	if c := consonants(s); len(c) > 3 {
		return c[:1] + c[2:4]
	}
	return surnameLetters(s)
}

func consonants(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("AEIOU", r) {
			return -1
		}
		return r
	}, s)
}

func vowels(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("AEIOU", r) {
			return r
		}
		return -1
	}, s)
}

func massDoctor(i int) Doctor {
	p, at := invent(i, 100), provinces[i%len(provinces)]
	return Doctor{
		CF: p.cf, Surname: p.surname, Name: p.name, Sex: p.sex, BirthDate: p.born.Format("02012006"),
		PIN: fmt.Sprintf("%05d", 20000+i), PUK: fmt.Sprintf("%08d", 70000000+i), PinCode: fmt.Sprintf("%010d", 3000000000+i),
		CardSerial: fmt.Sprintf("609001%010d", 1000+i), Region: "090", ASL: at.asl, Specializzazione: "F",
		Phone: "000 000000", Street: fmt.Sprintf("VIA DEI COLLAUDI %d, %s", 1+i, at.town),
	}
}

func massPatient(i int, doctor Doctor) Patient {
	p, at := invent(i, 200), provinces[i%massDoctors%len(provinces)]
	return Patient{
		CF: p.cf, Surname: p.surname, Name: p.name, Sex: p.sex, BirthDate: p.born.Format(time.DateOnly), BirthPlace: "PROVA DI MEZZO",
		Street: fmt.Sprintf("VIA DEGLI ESEMPI %d", 1+i), Town: at.town, Province: at.code, CAP: at.cap, Region: "090", ASL: at.asl,
		DoctorCF: doctor.CF, CardNumber: fmt.Sprintf("80380000901%09d", i), CardExpiry: "2031-12-31",
	}
}
