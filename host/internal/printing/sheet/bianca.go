package sheet

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// Bianca is a prescription on the doctor's own paper. today is its date when it
// names none.
func Bianca(l Layout, w wire.WhitePrescription, d wire.PrintDoctor, today time.Time) ([]byte, error) {
	day := today.In(ricetta.Rome())
	if w.Date != "" {
		var err error
		if day, err = time.ParseInLocation(time.DateOnly, w.Date, ricetta.Rome()); err != nil {
			return nil, fmt.Errorf("date of the prescription: %w", err)
		}
	}
	v := values{fields: map[string]string{
		"medico": d.Name, "medico_cf": d.CodiceFiscale, "medico_righe": strings.Join(d.Lines, "\n"),
		"paziente": oneLine(w.Name), "codice_fiscale": w.CodiceFiscale, "codice_fiscale_barre": w.CodiceFiscale, "indirizzo": address(w.Address),
		"data": day.Format("02/01/2006"), "nota": w.Note,
		"nrbe": w.NRBE, "nrbe_barre": w.NRBE, "pin": w.PIN, "pin_barre": w.PIN,
	}}
	if !barred(w.CodiceFiscale) {
		delete(v.fields, "codice_fiscale_barre") // a foreign code in whatever letters
	}
	for i, item := range w.Items {
		v.rows = append(v.rows, row{
			"numero": strconv.Itoa(i+1) + ".", "testo": oneLine(item.Text), "quantita": quantity(item.Quantity),
			"posologia": dosage(item.Dosage), "volte": times(item.Times),
		})
	}
	return draw(l, v, "Ricetta bianca", day)
}

func quantity(n int) string {
	if n == 0 {
		return ""
	}
	return "N. " + strconv.Itoa(n) + " (" + packs(n) + ")"
}

func dosage(s string) string {
	if s = oneLine(s); s == "" {
		return ""
	}
	return "S. " + s
}

func times(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "Da dispensare una sola volta"
	}
	return "Ripetibile: da dispensare al massimo " + inWords(n) + " volte"
}
