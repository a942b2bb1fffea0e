package ricetta

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

func TestValidateDoctor(t *testing.T) {
	good := Doctor{CF: fiscal("VRDGLI75C41X000"), Region: "090", ASL: "201", Specializzazione: "F"}
	titolare := wire.Titolare{CodiceFiscale: fiscal("NREPLA68T12X001"), Regione: "090", ASL: "202", Struttura: "000001", Specializzazione: "F"}
	doctor := func(change func(*Doctor)) Doctor { d := good; change(&d); return d }
	substitute := func(change func(*wire.Titolare)) Doctor {
		d, t := good, titolare
		change(&t)
		d.Titolare = &t
		d.Region, d.ASL, d.Specializzazione = "", "", "" // his own do not matter
		return d
	}
	tests := []struct {
		name string
		d    Doctor
		want []string
	}{
		{"titolare", good, nil},
		{"with a structure", doctor(func(d *Doctor) { d.Struttura = "000001" }), nil},
		{"substitute", substitute(func(*wire.Titolare) {}), nil},
		{"nobody", Doctor{}, []string{"codice_fiscale", "regione", "asl", "specializzazione"}},
		{"region of two figures", doctor(func(d *Doctor) { d.Region = "90" }), []string{"regione"}},
		{"ASL with its region", doctor(func(d *Doctor) { d.ASL = "090201" }), []string{"asl"}},
		{"specialisation in words", doctor(func(d *Doctor) { d.Specializzazione = "MMG" }), []string{"specializzazione"}},
		{"structure in words", doctor(func(d *Doctor) { d.Struttura = "San Prova" }), []string{"struttura"}},
		{"substitute of himself", substitute(func(t *wire.Titolare) { t.CodiceFiscale = good.CF }), []string{"titolare.codice_fiscale"}},
		{"substitute of nobody", substitute(func(t *wire.Titolare) { *t = wire.Titolare{} }), []string{"titolare.codice_fiscale", "titolare.regione", "titolare.asl", "titolare.specializzazione"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, n := range ValidateDoctor(tt.d) {
				got = append(got, n.Field)
				if !sentence.MatchString(n.Text) {
					t.Errorf("%q", n.Text)
				}
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
