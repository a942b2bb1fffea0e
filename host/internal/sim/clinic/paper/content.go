package paper

import (
	"fmt"

	"raccordo/host/internal/sim/anagrafe"
)

// part is a heading with what stands under it.
type part struct {
	title string
	rows  []string
}

// facts are what an exemption lets one invent of a patient.
var facts = map[string]struct{ problem, therapy string }{
	"013": {"Diabete mellito tipo 2, in buon compenso", "Metformina 500 mg, 1 compressa ai pasti"},
	"031": {"Ipertensione arteriosa, in terapia", "Ramipril 5 mg, 1 compressa al mattino"},
	"046": {"Sclerosi multipla, in remissione", "Interferone beta, secondo piano terapeutico"},
}

func parts(kind Kind, p anagrafe.Patient) []part {
	switch kind {
	case Certificate:
		return []part{
			{"Si certifica", []string{
				"che l'assistito, sulla base della visita odierna, dei valori di pressione arteriosa rilevati e del tracciato",
				"elettrocardiografico eseguito, non presenta controindicazioni in atto alla pratica di attività sportiva non agonistica.",
			}},
			{"Validità", []string{"Un anno dalla data di rilascio."}},
		}
	case Letter:
		return []part{
			{"Al collega specialista", []string{"Si invia per una valutazione cardiologica e per il consiglio sulla terapia in corso."}},
			{"Patologie note", problems(p)},
			{"Terapia in corso", therapies(p)},
			{"Quesito", []string{"Stratificazione del rischio cardiovascolare; indicazione a ulteriori esami."}},
		}
	}
	return []part{
		{"Allergie e reazioni avverse", allergies(p)},
		{"Patologie croniche e rilevanti", problems(p)},
		{"Terapie croniche", therapies(p)},
		{"Esenzioni", exemptions(p)},
		{"Vaccinazioni", []string{"Antinfluenzale: ottobre 2026. Antitetanica: richiamo nel 2021."}},
		{"Stile di vita", []string{"Non fumatore. Attività fisica moderata."}},
		{"Assistenza", []string{fmt.Sprintf("ASL %s, regione %s.", p.ASL, p.Region)}},
	}
}

func problems(p anagrafe.Patient) []string {
	var out []string
	for _, e := range p.Exemptions {
		if f, known := facts[e.Code]; known {
			out = append(out, f.problem)
		}
	}
	return orNone(out, "Nessuna patologia cronica nota.")
}

func therapies(p anagrafe.Patient) []string {
	var out []string
	for _, e := range p.Exemptions {
		if f, known := facts[e.Code]; known {
			out = append(out, f.therapy)
		}
	}
	return orNone(out, "Nessuna terapia continuativa.")
}

func exemptions(p anagrafe.Patient) []string {
	var out []string
	for _, e := range p.Exemptions {
		out = append(out, e.Code+" - "+e.Description)
	}
	return orNone(out, "Nessuna.")
}

func orNone(rows []string, none string) []string {
	if len(rows) == 0 {
		return []string{none}
	}
	return rows
}

// allergies has what the clinic's own record notes of a patient.
func allergies(p anagrafe.Patient) []string {
	if p.Surname == "GALLI" {
		return []string{"Amoxicillina, riferita."}
	}
	return []string{"Nessuna nota."}
}
