package vcard

import (
	"strings"

	"raccordo/host/internal/sim/anagrafe"
)

// The secrets of every simulated patient's card.
const (
	PatientPIN = "11111"
	PatientPUK = "99999999"
)

// holder is what a card needs to know of the patient who holds it.
func holder(p anagrafe.Patient) anagrafe.Doctor {
	day := strings.Split(p.BirthDate, "-") // YYYY-MM-DD
	birth := ""
	if len(day) == 3 {
		birth = day[2] + day[1] + day[0]
	}
	return anagrafe.Doctor{
		CF: p.CF, Surname: p.Surname, Name: p.Name, PIN: PatientPIN, PUK: PatientPUK, CardSerial: p.CardSerial,
		BirthDate: birth, Sex: p.Sex, Region: p.Region, ASL: p.ASL, Street: p.Street + ", " + p.Town,
	}
}
