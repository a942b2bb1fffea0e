package ricetta

import (
	"testing"

	"raccordo/host/internal/wire"
)

func TestMotivazNote(t *testing.T) {
	tests := []struct {
		name string
		d    wire.PrescriptionItem
		want string
	}{
		{"nothing", wire.PrescriptionItem{}, ""},
		{"note only", wire.PrescriptionItem{Note: "al bisogno"}, "al bisogno"},
		{"note of several lines", wire.PrescriptionItem{Note: " 1 al mattino\r\n\t1 alla sera; "}, "1 al mattino 1 alla sera"},
		{"posology only", wire.PrescriptionItem{Posologia: "1 ogni 12 ore"}, "Posologia: 1 ogni 12 ore"},
		{"all three", wire.PrescriptionItem{Note: "dolore", Posologia: "1 ogni 12 ore;", RecapitoMedico: "055 000000, VIA 1"}, "dolore; Posologia: 1 ogni 12 ore; Recapito medico: 055 000000, VIA 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := MotivazNote(tt.d); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
	if got := TestoLiberoNote(wire.PrescriptionItem{Note: "portare\ngli esami "}); got != "portare gli esami" {
		t.Errorf("%q", got)
	}
}

func TestHeaders(t *testing.T) {
	tests := []struct {
		name   string
		p      wire.Prescription
		header bool
		one    string
		two    string
	}{
		{"nothing", wire.Prescription{}, true, "", ""},
		{"plan", wire.Prescription{PianoTerapeutico: "1234"}, false, "PT=1234;", ""},
		{"per conto, the SAC knows the list", wire.Prescription{DPC: true}, false, "", ""},
		{"per conto, the region keeps the list", wire.Prescription{DPC: true}, true, "", "EROGDPC"},
		{"not per conto", wire.Prescription{Testata2: "A=1"}, true, "", "A=1"},
		{"after the region's own", wire.Prescription{DPC: true, Testata2: "A=1"}, true, "", "A=1;EROGDPC"},
		{"after a semicolon", wire.Prescription{DPC: true, Testata2: "A=1;"}, true, "", "A=1;EROGDPC"},
		{"told already", wire.Prescription{DPC: true, Testata2: "EROGDPC;A=1"}, true, "", "EROGDPC;A=1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if one, two := Testata1(tt.p), Testata2(tt.p, tt.header); one != tt.one || two != tt.two {
				t.Errorf("%q %q, want %q %q", one, two, tt.one, tt.two)
			}
		})
	}
}

func TestFlags(t *testing.T) {
	tests := []struct {
		name                string
		p                   wire.Prescription
		notExempt, byIncome bool
	}{
		{"without exemption", wire.Prescription{}, true, false},
		{"chronic disease", wire.Prescription{CodEsenzione: "013"}, false, false},
		{"national income code", wire.Prescription{CodEsenzione: "E01"}, false, true},
		{"regional income code", wire.Prescription{CodEsenzione: "ERA", EsenteReddito: true}, false, true},
		{"regional code for none", wire.Prescription{CodEsenzione: "NES00"}, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if n, r := NonEsente(tt.p), Reddito(tt.p); n != tt.notExempt || r != tt.byIncome {
				t.Errorf("nonEsente %t, reddito %t", n, r)
			}
		})
	}
	if Altro(wire.Prescription{Altro: true}) != "A" || Altro(wire.Prescription{}) != "" {
		t.Error("altro")
	}
	if Prescrizione1(wire.PrescriptionItem{Televisita: true}) != "TV;" || Prescrizione1(wire.PrescriptionItem{}) != "" {
		t.Error("prescrizione1")
	}
}
