package sheet

import (
	"strings"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// Rossa is the pre-printed red form of the SSN, filled in: the fields only. day is
// when it is written.
func Rossa(l Layout, p wire.Prescription, d wire.PrintDoctor, day time.Time) ([]byte, error) {
	v := prescription(p, d, day)
	if p.OscuramentoDati {
		v.fields["cognome_nome"] = initials(p.CognomeNome) // "o iniziali, ove prescritto dalla legge"
	}
	return draw(l, v, "Ricetta SSN", day.In(ricetta.Rome()))
}

func initials(name string) string {
	var out []string
	for word := range strings.FieldsSeq(name) {
		for _, r := range word {
			out = append(out, string(r)+".")
			break
		}
	}
	return strings.Join(out, " ")
}
