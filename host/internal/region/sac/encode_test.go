package sac

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// update rewrites the golden requests: go test -run Golden -update.
var update = flag.Bool("update", false, "rewrite the golden requests")

// sealed stands for 128 encrypted bytes: real ones differ every time.
var sealed = strings.Repeat("QUJD", 42) + "QUI="

func doctor() ricetta.Doctor {
	return ricetta.Doctor{CF: "VRDGLI75C41X000S", PinCode: "never written", Region: "090", ASL: "201", Specializzazione: "F"}
}

func requests() map[string][]byte {
	compiled := time.Date(2026, 7, 1, 22, 30, 5, 0, time.UTC) // past midnight in Rome, summer time
	drug := wire.Prescription{
		ClientID: "never written", TipoPrescrizione: "F", CodiceAssistito: "never written in clear", CognomeNome: "BIANCHI LUCIA",
		Indirizzo: "VIA GARIBALDI 12|50123|FIRENZE|FI", OscuramentoDati: true, CodEsenzione: "031", TipoVisita: "A",
		Dettagli: []wire.PrescriptionItem{
			{CodProdPrest: "000000000", DescrProdPrest: "FARMACO <DI> PROVA & \"ALTRO\"", Note: "à stomaco pieno", NonSostituibile: true, CodMotivazione: "1", NotaAIFA: "13", Quantita: 2},
			{CodGruppoEquival: "H1A", DescrGruppoEquival: "PRINCIPIO 10 MG", Quantita: 1},
		},
	}
	visit := wire.Prescription{
		ClientID: "never written", TipoPrescrizione: "P", CodiceAssistito: "never written in clear", CodEsenzione: "E01", EsenteReddito: true, CodDiagnosi: "401.9",
		DescrizioneDiagnosi: "ipertensione", TipoVisita: "D", ProvinciaAssistito: "FI", ASLAssistito: "201", IndicazionePrescr: "S", ClassePriorita: "B",
		Dettagli: []wire.PrescriptionItem{{CodProdPrest: "89.7A.3", DescrProdPrest: "PRIMA VISITA CARDIOLOGICA", Note: "con referto", Quantita: 1, TipoAccesso: "1", Televisita: true}},
	}
	plain := wire.Prescription{TipoPrescrizione: "F", TipoVisita: "A", Dettagli: []wire.PrescriptionItem{{CodProdPrest: "000000000", DescrProdPrest: "FARMACO", Quantita: 9}}}
	substitute := doctor()
	substitute.Titolare = &wire.Titolare{CodiceFiscale: "RSSMRA75C03F839K", Regione: "100", ASL: "203", Struttura: "100001", Specializzazione: "P"}
	all := map[string][]byte{
		"invio-farmaci":       EncodeSend(SendRequest{PinCode: sealed, CodiceAss: sealed, Doctor: doctor(), NRE: "0900A0000004200", Compiled: compiled, Prescription: drug}),
		"invio-specialistica": EncodeSend(SendRequest{PinCode: sealed, CodiceAss: sealed, Doctor: doctor(), NRE: "0900A0000004201", Compiled: compiled, Prescription: visit}),
		"invio-senza-nre":     EncodeSend(SendRequest{PinCode: sealed, CodiceAss: sealed, Doctor: doctor(), Compiled: compiled, Prescription: plain}),
		"invio-sostituto":     EncodeSend(SendRequest{PinCode: sealed, CodiceAss: sealed, Doctor: substitute, Compiled: compiled, Prescription: plain}),
	}
	maps.Copy(all, others())
	return all
}

func TestGoldenRequests(t *testing.T) {
	for name, got := range requests() {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", "richieste", name+".xml")
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), string(got)); d != "" {
				t.Error(d)
			}
			if bytes.Contains(got, []byte("never written")) {
				t.Error("a secret or the client's own data are in the request")
			}
		})
	}
}
