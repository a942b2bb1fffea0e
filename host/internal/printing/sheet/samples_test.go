package sheet_test

import (
	"io/fs"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/printing/sheet"
	"raccordo/host/internal/wire"
	"raccordo/manifests"
)

var morning = time.Date(2026, 11, 23, 8, 20, 4, 0, time.UTC)

func layouts(t testing.TB) map[string]sheet.Layout {
	t.Helper()
	folder, err := fs.Sub(manifests.Files, "sheets")
	if err != nil {
		t.Fatal(err)
	}
	found, err := sheet.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func doctor() wire.PrintDoctor {
	return wire.PrintDoctor{Name: "Dott.ssa Giulia Verdi", CodiceFiscale: "VRDGLI75C41X000Q", Lines: []string{
		"Medico di medicina generale", "Via Garibaldi 12, 50123 Firenze", "Tel. 055 0000000 · giulia.verdi@example.it", "Riceve: lunedì–venerdì 9–12, martedì anche 16–19",
	}}
}

func drugs() wire.Prescription {
	return wire.Prescription{
		TipoPrescrizione: "F", CodiceAssistito: "BNCLCU50A41X002E", CognomeNome: "BIANCHI LUCIA", Indirizzo: "VIA DELL'UNITÀ D'ITALIA 12|50123|FIRENZE|FI",
		CodEsenzione: "E01", EsenteReddito: true, TipoVisita: "A", ProvinciaAssistito: "FI", ASLAssistito: "201", DisposizioniReg: "R07",
		IndicazionePrescr: "S", PianoTerapeutico: "12345", DPC: true,
		Dettagli: []wire.PrescriptionItem{
			{CodGruppoEquival: "G3B", DescrGruppoEquival: "LEVETIRACETAM 500 MG 60 UNITÀ USO ORALE", Quantita: 2, NotaAIFA: "13", Posologia: "1 cpr la mattina e 1 la sera"},
			{CodProdPrest: "035911018", DescrProdPrest: "EUTIROX*50 COMPRESSE 75 MCG", Quantita: 1, NonSostituibile: true, CodMotivazione: "1"},
		},
	}
}

func visits() wire.Prescription {
	p := wire.Prescription{
		TipoPrescrizione: "P", CodiceAssistito: "RSSMRA80A01X001U", CognomeNome: "ROSSI MARIA", Indirizzo: "PIAZZA DELLA REPUBBLICA 1|50123|FIRENZE|FI",
		TipoVisita: "D", ProvinciaAssistito: "FI", ASLAssistito: "201", ClassePriorita: "B", CodDiagnosi: "401.9",
		DescrizioneDiagnosi: "Ipertensione arteriosa non specificata: è in terapia, si richiede rivalutazione",
	}
	for _, item := range []string{"89.7A.3|PRIMA VISITA CARDIOLOGICA [Incluso: ECG]", "90.27.1|GLUCOSIO", "90.43.2|URATO", "90.16.3|CREATININA", "90.44.3|URINE ESAME COMPLETO", "90.62.2|EMOCROMO COMPLETO", "90.14.3|COLESTEROLO TOTALE", "91.49.2|PRELIEVO DI SANGUE VENOSO"} {
		code, name, _ := strings.Cut(item, "|")
		p.Dettagli = append(p.Dettagli, wire.PrescriptionItem{CodProdPrest: code, DescrProdPrest: name, Quantita: 1})
	}
	p.Dettagli[0].TipoAccesso, p.Dettagli[0].PNGLA = "1", true
	return p
}

func white() wire.WhitePrescription {
	return wire.WhitePrescription{
		CodiceFiscale: "BNCLCU50A41X002E", Name: "Bianchi Lucia", Address: "Via dell'Unità d'Italia 12, 50123 Firenze (FI)",
		NRBE: "0900B0000000123", PIN: "7F3K", Note: "Sospendere in caso di eruzione cutanea e richiamare lo studio.",
		Items: []wire.WhiteItem{
			{Text: "AMOXICILLINA + ACIDO CLAVULANICO 875 mg + 125 mg, 12 compresse rivestite", Quantity: 2, Dosage: "1 compressa ogni 12 ore per 6 giorni, dopo i pasti", Times: 1},
			{Text: "PARACETAMOLO 1000 mg, 16 compresse", Quantity: 1, Dosage: "1 compressa al bisogno, al massimo 3 al giorno", Times: 5},
		},
	}
}

func slip() sheet.Slip {
	return sheet.Slip{NRE: "0900A0000000107", CodAutenticazione: "221120261820041230000000000007", RegionName: "Toscana", CompiledAt: morning, Sentence: "REGIONE TOSCANA: vaccinarsi contro l'influenza è gratuito"}
}
