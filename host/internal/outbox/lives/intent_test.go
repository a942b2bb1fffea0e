package lives

import (
	"fmt"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// intent is what a doctor means once, however often it is said.
type intent struct{ doctor, client string }

// notAllowed is a diagnosis that the region refuses.
const notAllowed = "NON AMMESSA DALLA REGIONE"

// flaw is what is wrong with the first version of a prescription.
type flaw int

const (
	sound      flaw = iota
	ruledOut        // the region refuses it
	incomplete      // our own checks refuse it
)

// wish is one intent of a life's plan.
type wish struct {
	who     intent
	patient string
	flaw    flaw
}

// version writes the prescription as the doctor has it at his nth correction:
// the quantity tells versions apart, the flaw is in the first alone.
func (w wish) version(n int) wire.Prescription {
	p := wire.Prescription{
		ClientID: w.who.client, TipoPrescrizione: "F", CodiceAssistito: w.patient, CognomeNome: "BIANCHI LUCIA", TipoVisita: "A",
		Dettagli: []wire.PrescriptionItem{{CodProdPrest: "000000000", DescrProdPrest: "FARMACO DI PROVA", Quantita: 1 + n}},
	}
	if n > 0 {
		return p
	}
	switch w.flaw {
	case ruledOut:
		p.DescrizioneDiagnosi = notAllowed
	case incomplete:
		p.TipoVisita = "X"
	}
	return p
}

// versionOf reads the version back from what the region holds.
func versionOf(p wire.Prescription) int { return p.Dettagli[0].Quantita - 1 }

// The people of every life.
var (
	doctors  = doctorCodes()
	patients = patientCodes()
)

func doctorCodes() (codes []string) {
	for _, d := range anagrafe.Doctors()[:2] {
		codes = append(codes, d.CF)
	}
	return codes
}

func patientCodes() (codes []string) {
	for _, p := range anagrafe.Patients()[:3] {
		codes = append(codes, p.CF)
	}
	return codes
}

func clientID(n int) string { return fmt.Sprintf("ricetta-%d", n) }
