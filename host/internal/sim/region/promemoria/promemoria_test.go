package promemoria

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func sample() Slip {
	return Slip{
		RegionName: "Toscana (simulata)", NRE: "0900A0000000107", CodAutenticazione: "221120261820041230000000000007",
		PatientCF: "BNCLCU50A41X002E", PatientName: "BIANCHI LUCIA", Address: "VIA GARIBALDI 12", CAP: "50123", Town: "FIRENZE", Province: "FI",
		Exemption: "E01", PatientProvince: "FI", ASL: "201", Priority: "D", DPC: true, Suggested: "S", RegionalRule: "R07", Diagnosis: "ipertensione arteriosa, è in terapia",
		Compiled: time.Date(2026, 11, 22, 18, 20, 4, 0, time.UTC), DoctorCF: "VRDGLI75C41X000Q", DoctorName: "VERDI GIULIA",
		Sentence: "REGIONE SIMULATA: documento di prova",
		Items: []Item{
			{Text: "G3B - LEVETIRACETAM 500MG 60 UNITA' USO ORALE – 漢字 €", Quantity: 1},
			{Text: "89.7 - " + strings.Repeat("PRIMA VISITA CARDIOLOGICA CON ELETTROCARDIOGRAMMA ", 4) + "FINE DESCRIZIONE", Quantity: 2, Note: "13"},
		},
	}
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s (packages poppler-utils, zbar-tools): %v", name, err)
	}
	return string(out)
}

func TestDrawIsReadByOthers(t *testing.T) {
	pdf, err := Draw(sample())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "slip.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "pdftoppm", "-r", "200", "-png", file, filepath.Join(dir, "slip"))
	codes := strings.Fields(run(t, "zbarimg", "-q", filepath.Join(dir, "slip-1.png")))
	sort.Strings(codes)
	want := []string{"CODE-39:0000000107", "CODE-39:0900A", "CODE-39:BNCLCU50A41X002E"}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Errorf("bar codes (-want +got):\n%s", diff)
	}
	text := run(t, "pdftotext", "-layout", file, "-")
	for _, part := range []string{
		"RICETTA ELETTRONICA - PROMEMORIA PER L'ASSISTITO", "BIANCHI LUCIA", "VIA GARIBALDI 12", "ESENZIONE: E01",
		"LEVETIRACETAM", "FINE DESCRIZIONE", "QUESITO DIAGNOSTICO: ipertensione arteriosa, è in terapia", "N.CONFEZIONI/PRESTAZIONI: 3", "DATA: 22/11/2026",
		"DISPOSIZIONI REGIONALI: R07", "SIGLA PROVINCIA: FI", "CODICE ASL: 201", "PRIORITA' PRESCRIZIONE(U,B,D,P): D", "TIPOLOGIA PRESCRIZIONE(S,H): S",
		"CAP: 50123", "COMUNE: FIRENZE", "PROV: FI", "TIPO RICETTA: Assist.SSN", "CODICE FISCALE MEDICO: VRDGLI75C41X000Q", "CONTIENE FARMACI IN DPC",
		"Rilasciato ai sensi dell'art.11, comma 16", "CODICE AUTENTICAZIONE: 221120261820041230000000000007", "COGNOME E NOME DEL MEDICO: VERDI GIULIA", "SIMULATORE", "REGIONE SIMULATA",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("text %q is missing in:\n%s", part, text)
		}
	}
}

func TestDrawRefusesWhatCannotBePrinted(t *testing.T) {
	for name, spoil := range map[string]func(*Slip){
		"short nre":                    func(s *Slip) { s.NRE = "0900A" },
		"patient not Code 39 material": func(s *Slip) { s.PatientCF = "àèì" },
	} {
		t.Run(name, func(t *testing.T) {
			s := sample()
			spoil(&s)
			if _, err := Draw(s); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestDrawIsReproducible(t *testing.T) {
	one, err := Draw(sample())
	if err != nil {
		t.Fatal(err)
	}
	two, err := Draw(sample())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, two) {
		t.Error("two drawings of the same slip differ")
	}
}
