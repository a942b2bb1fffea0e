package sac

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

func TestDecodeView(t *testing.T) {
	got, err := DecodeView(sample(t, "visualizza.xml"))
	if err != nil {
		t.Fatal(err)
	}
	items := []wire.PrescriptionItem{{CodProdPrest: "000000000", DescrProdPrest: "FARMACO DI PROVA", Note: "a stomaco pieno", NonSostituibile: true, CodMotivazione: "1", Quantita: 2}}
	want := ViewAnswer{Outcome: "0000", Errors: []wire.Notice{}, Result: wire.ViewResult{
		NRE: "0900A0000004200", State: "3", StateText: "Da erogare", CodAutenticazione: "221120261820000000000000000001",
		InsertedAt: "2026-11-22 18:20:00", CompiledAt: "2026-11-22 18:19:58", TipoPrescrizione: "F", CognomeNome: "BIANCHI LUCIA", CodEsenzione: "031", Diagnosi: "401.9",
		Dettagli: items, Warnings: []wire.Notice{}, Titolare: "VRDGLI75C41X000S",
		Prescription: &wire.Prescription{TipoPrescrizione: "F", CognomeNome: "BIANCHI LUCIA", CodEsenzione: "031", CodDiagnosi: "401.9", Dettagli: items},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	gone, err := DecodeView(sample(t, "visualizza-sconosciuta.xml"))
	if err != nil || gone.Outcome != "9999" || len(gone.Errors) != 1 || gone.Errors[0].Code != CodeUnknownNRE || gone.Errors[0].Remedy == "" {
		t.Errorf("unknown number: %+v, %v", gone, err)
	}
}

// TestEveryFieldComesBack: all that can be sent and seen again.
func TestEveryFieldComesBack(t *testing.T) {
	got, err := DecodeView(sample(t, "visualizza-completa.xml"))
	if err != nil {
		t.Fatal(err)
	}
	items := []wire.PrescriptionItem{{
		CodProdPrest: "93.11.8", DescrProdPrest: "RIEDUCAZIONE", Note: "con referto", Quantita: 1, Televisita: true, Prescrizione2: "X=1", CodCatalogo: "CAT.1",
		TipoAccesso: "1", NumeroNota: "1", CondErogabilita: "CE1", ApproprPrescr: "AP2", Patologia: "PAT3", NumeroSedute: 8,
	}}
	want := wire.ViewResult{
		NRE: "0900A0000004205", State: "5", StateText: "Erogata non a carico del Servizio sanitario nazionale", CodAutenticazione: "221120261820000000000000000009",
		InsertedAt: "2026-11-22 18:20:00", CompiledAt: "2026-11-22 18:19:58", TipoPrescrizione: "P", CognomeNome: "BIANCHI LUCIA", CodEsenzione: "E01", Diagnosi: "ipertensione",
		Dettagli: items, Titolare: "RSSMRA75C03F839K", Sostituto: "VRDGLI75C41X000S", NonSSN: true,
		Warnings: told(wire.Notice{Code: "5221", Text: "Ricetta erogata non a carico del SSN"},
			wire.Notice{Field: "tipo_ambulatorio", Item: 1, Text: "Ambulatorio in cui la prestazione è erogabile: R"}),
		Prescription: &wire.Prescription{
			TipoPrescrizione: "P", TipoRicetta: "UE", CognomeNome: "BIANCHI LUCIA", Indirizzo: "VIA GARIBALDI 12|50123|FIRENZE|FI", OscuramentoDati: true,
			NumeroTesseraSASN: "000123456", SocietaNavigazione: "SOCIETÀ", RicettaInterna: true, CodEsenzione: "E01", EsenteReddito: true,
			CodDiagnosi: "401.9", DescrizioneDiagnosi: "ipertensione", TipoVisita: "D", DisposizioniReg: "DR 12", ProvinciaAssistito: "FI", ASLAssistito: "201",
			IndicazionePrescr: "S", Altro: true, ClassePriorita: "B", PianoTerapeutico: "1234", Testata2: "RAO=1", DPC: true,
			StatoEstero: "D", IstituzioneEstera: "0123456789", NumeroPersonale: "X123", NumeroTessera: "80276000000000000001",
			DataNascitaEstero: "1970-01-31", DataScadenzaTessera: "2027-12-31", Dettagli: items,
		},
	}
	if d := cmp.Diff(want, got.Result); d != "" {
		t.Error(d)
	}
}

// TestNotSSN: 5221 is "codEsito", says the specification: the outcome's or a
// remark's.
func TestNotSSN(t *testing.T) {
	text := strings.Replace(string(sample(t, "visualizza.xml")), "<ns2:statoProcesso>3<", "<ns2:statoProcesso>5<", 1)
	for name, change := range map[string]string{"outcome": "<ns2:codEsitoVisualizzazione>5221<", "taken over": "<ns2:codEsitoVisualizzazione>0000<"} {
		got, err := DecodeView([]byte(strings.Replace(text, "<ns2:codEsitoVisualizzazione>0000<", change, 1)))
		if err != nil || !Done(got.Outcome) {
			t.Fatal(got, err)
		}
		own := got.Result
		if paid := name == "outcome"; own.NonSSN != paid || strings.Contains(own.StateText, "non a carico") != paid || (len(own.Warnings) == 1) != paid {
			t.Errorf("%s: %+v", name, own)
		}
	}
}

// TestTestata: the real service writes the doctor's name where the plan stands.
func TestTestata(t *testing.T) {
	whole := string(sample(t, "visualizza-completa.xml"))
	for _, tt := range []struct{ testata1, testata2, plan, own string }{
		{"PT=99;", "", "99", ""},
		{"VERDI GIULIA", "A;B", "", "A;B"},
		{"PT=1", "EROGDPC", "", ""},
		{"PT=;", ";", "", ""},
	} {
		text := strings.Replace(strings.Replace(whole, ">PT=1234;<", ">"+tt.testata1+"<", 1), ">RAO=1;EROGDPC<", ">"+tt.testata2+"<", 1)
		got, err := DecodeView([]byte(text))
		if p := got.Result.Prescription; err != nil || p.PianoTerapeutico != tt.plan || p.Testata2 != tt.own || p.DPC != strings.Contains(tt.testata2, "EROGDPC") {
			t.Errorf("%+v: %+v %v", tt, p, err)
		}
	}
}
