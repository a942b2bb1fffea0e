package ricetta

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

func TestExplanations(t *testing.T) {
	form := regexp.MustCompile(`^([0-9]{4}|ED[0-9]{4})$`)
	full := regexp.MustCompile(`^[A-Z].{15,}\.$`)
	seen := map[string]bool{}
	for _, e := range Explanations {
		if seen[e.Code] || !form.MatchString(e.Code) {
			t.Errorf("code %q twice, or odd", e.Code)
		}
		seen[e.Code] = true
		if !full.MatchString(e.Text) || !full.MatchString(e.Remedy) {
			t.Errorf("%s: %q, %q", e.Code, e.Text, e.Remedy)
		}
		text, remedy, ok := Explain(e.Code)
		if !ok || text != e.Text || remedy != e.Remedy {
			t.Errorf("Explain(%s) = %q, %q, %t", e.Code, text, remedy, ok)
		}
	}
	// Every code that the ministry's document names or that was seen.
	for _, code := range strings.Fields(`0000 0001 9999 0100 0200 0300 0400 0196 0197 0198 0199 1020 1024 1120 1125 1140
		1153 1157 1176 1185 1190 1194 1195 1198 1200 1208 1212 1219 1233 1321 1322 1328 1338 1344 5004 5005 5221 9101 ED0072 ED0237
		060120 060125 060130`) {
		if _, _, ok := Explain(code); !ok {
			t.Errorf("%s is not explained", code)
		}
	}
	for _, code := range []string{"", "4711", "060119", "060131", "06012A", "6012", "0601200"} {
		if text, _, ok := Explain(code); ok {
			t.Errorf("%q became %q", code, text)
		}
	}
}

func TestFillRemedies(t *testing.T) {
	text, remedy, _ := Explain("1120")
	list := []wire.Notice{
		{Code: "1120", Text: "Stato non valido"},
		{Code: "1120"},
		{Code: "1120", Text: "Stato non valido", Remedy: "Di altri."},
		{Code: "4711", Text: "Mai vista"},
		{Field: "quantita", Text: "Nostra."},
	}
	FillRemedies(list)
	want := []wire.Notice{
		{Code: "1120", Text: "Stato non valido", Remedy: remedy},
		{Code: "1120", Text: text, Remedy: remedy},
		{Code: "1120", Text: "Stato non valido", Remedy: "Di altri."},
		{Code: "4711", Text: "Mai vista"},
		{Field: "quantita", Text: "Nostra."},
	}
	if d := cmp.Diff(want, list); d != "" {
		t.Error(d)
	}
	FillRemedies(nil)
}

func TestReadCommunications(t *testing.T) {
	_, remedy, _ := Explain("0196")
	tests := []struct {
		name string
		in   []wire.Notice
		want Communications
	}{
		{"none", nil, Communications{Others: []wire.Notice{}}},
		{"as the ministry's test system answers", []wire.Notice{
			{Code: "0199", Text: "COGNOME_MEDICO=PRO"}, {Code: "0198", Text: "NOME_MEDICO=VA"},
			{Code: "0197", Text: "REGIONE DI PROVA: frase "}, {Code: "0100", Text: "Nessuna comunicazione."},
		}, Communications{DoctorSurname: "PRO", DoctorName: "VA", Sentence: "REGIONE DI PROVA: frase", Others: []wire.Notice{}}},
		{"nothing to tell, four times", []wire.Notice{{Code: "0100"}, {Code: "0200"}, {Code: "0300"}, {Code: "0400"}}, Communications{Others: []wire.Notice{}}},
		{"per conto", []wire.Notice{{Code: "0196", Text: "CONTIENE FARMACI IN DPC NELLA REGIONE DI PRESCRIZIONE "}}, Communications{
			DPC: true, Others: []wire.Notice{{Code: "0196", Text: "CONTIENE FARMACI IN DPC NELLA REGIONE DI PRESCRIZIONE", Remedy: remedy}},
		}},
		{"surname without its label, and one never seen", []wire.Notice{{Code: "0199", Text: "PRO"}, {Code: "0150", Text: "Fermo di sistema"}}, Communications{
			DoctorSurname: "PRO", Others: []wire.Notice{{Code: "0150", Text: "Fermo di sistema"}},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, ReadCommunications(tt.in)); d != "" {
				t.Error(d)
			}
		})
	}
}
