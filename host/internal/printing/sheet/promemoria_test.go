package sheet_test

import (
	"math"
	"strings"
	"testing"

	"raccordo/host/internal/printing/sheet"
)

// TestPromemoriaIsTheMinistrys measures the bars where a slip of the ministry's test
// system has them (points, from the lower left corner of A4).
func TestPromemoriaIsTheMinistrys(t *testing.T) {
	p := visits()
	p.DPC, p.StatoEstero = true, "DE"
	pdf, err := sheet.Promemoria(layouts(t)["promemoria"], p, doctor(), slip())
	if err != nil {
		t.Fatal(err)
	}
	const dpi, mm = 300, 25.4 / 72
	page := picture(t, pdf, dpi)
	for _, code := range []struct {
		name             string
		x, y, width, top float64
	}{
		{"NRE 1-5", 289.71, 774.34, 72.0, 36}, {"NRE 6-15", 376.25, 774.34, 124.0, 36}, {"patient", 367.05, 722.69, 186.4, 88},
	} {
		left, _, right, _ := ink(page, dpi, (code.x-8)*mm, code.top*mm, (code.width+12)*mm, 12*mm)
		if math.Abs(left-code.x*mm) > near || math.Abs(right-left-code.width*mm) > near {
			t.Errorf("%s: from %.2f mm, %.2f wide; want %.2f, %.2f", code.name, left, right-left, code.x*mm, code.width*mm)
		}
	}
	_, _, _, lowest := ink(page, dpi, 0, 0, 210, 296)
	if lowest > 144 {
		t.Errorf("something stands at %.1f mm: it is to fit A5 lying, whose last 4 mm printers leave white", lowest)
	}
}

func TestPromemoriaSaysEverything(t *testing.T) {
	p := drugs()
	p.TipoRicetta, p.StatoEstero, p.NumeroTessera = "UE", "DE", "80276001234567890123"
	p.ClassePriorita, p.DescrizioneDiagnosi, p.TipoVisita = "D", "è in terapia\nda più anni", "D"
	pdf, err := sheet.Promemoria(layouts(t)["promemoria"], p, doctor(), slip())
	if err != nil {
		t.Fatal(err)
	}
	contains(t, text(t, pdf),
		"SERVIZIO SANITARIO NAZIONALE", "RICETTA ELETTRONICA - PROMEMORIA PER L'ASSISTITO", "Regione Toscana", "*0900A*", "*0000000107*", "*BNCLCU50A41X002E*",
		"BIANCHI LUCIA", "INDIRIZZO: VIA DELL'UNITÀ D'ITALIA 12 CAP: 50123 COMUNE: FIRENZE PROV: FI", "ESENZIONE: E01", "SIGLA PROVINCIA: FI", "CODICE ASL: 201",
		"DISPOSIZIONI REGIONALI: R07", "TIPOLOGIA PRESCRIZIONE(S,H): S", "PRIORITA' PRESCRIZIONE(U,B,D,P): D", "G3B - LEVETIRACETAM 500 MG 60 UNITÀ USO ORALE",
		"Posologia: 1 cpr la mattina e 1 la sera", "NON SOSTITUIBILE [1]", "QUESITO DIAGNOSTICO: è in terapia da più anni", "N.CONFEZIONI/PRESTAZIONI: 3",
		"TIPO RICETTA: Assist. UE dom.", "DATA: 23/11/2026", "CODICE FISCALE MEDICO: VRDGLI75C41X000Q", "CODICE AUTENTICAZIONE: 221120261820041230000000000007",
		"COGNOME E NOME DEL MEDICO: Dott.ssa Giulia Verdi", "Rilasciato ai sensi dell'art.11, comma 16", "CONTIENE FARMACI IN DPC", "Piano terapeutico AIFA 12345",
		"Stato DE", "n. tessera 80276001234567890123", "REGIONE TOSCANA: vaccinarsi")
}

func TestPromemoriaHidesWhatThePatientAskedToHide(t *testing.T) {
	p := drugs()
	p.OscuramentoDati = true
	pdf, err := sheet.Promemoria(layouts(t)["promemoria"], p, doctor(), slip())
	if err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{"BIANCHI", "LUCIA", "ITALIA 12", "FIRENZE"} {
		if strings.Contains(text(t, pdf), hidden) {
			t.Errorf("%q is to be read", hidden)
		}
	}
}

func TestPromemoriaIsRefusedBeforeTheRegionHasIt(t *testing.T) {
	for name, spoil := range map[string]func(*sheet.Slip){
		"no number":      func(s *sheet.Slip) { s.NRE = "" },
		"another number": func(s *sheet.Slip) { s.NRE = "0900A" },
		"no code":        func(s *sheet.Slip) { s.CodAutenticazione = "" },
	} {
		t.Run(name, func(t *testing.T) {
			s := slip()
			spoil(&s)
			if _, err := sheet.Promemoria(layouts(t)["promemoria"], drugs(), doctor(), s); err == nil {
				t.Error("it was drawn")
			}
		})
	}
}

func contains(t *testing.T, all string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(all, part) {
			t.Errorf("%q is missing in:\n%s", part, all)
		}
	}
}
