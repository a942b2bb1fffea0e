package ricetta

import (
	"strings"
	"time"

	"raccordo/host/internal/wire"
)

// noon is the day of all tests: 23 November 2026 in Rome.
var noon = time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC)

// drug is a pharmaceutical prescription with nothing wrong.
func drug() wire.Prescription {
	return wire.Prescription{
		ClientID: "1", TipoPrescrizione: "F", CodiceAssistito: fiscal("BNCLCU50A41X002"), TipoVisita: "A",
		Dettagli: []wire.PrescriptionItem{{CodProdPrest: "000000000", DescrProdPrest: "FARMACO DI PROVA", Quantita: 1}},
	}
}

// visit is a specialist prescription with nothing wrong.
func visit() wire.Prescription {
	return wire.Prescription{
		ClientID: "2", TipoPrescrizione: "P", CodiceAssistito: fiscal("BNCLCU50A41X002"), TipoVisita: "D", CodEsenzione: "031",
		DescrizioneDiagnosi: "controllo", ClassePriorita: "B", ProvinciaAssistito: "FI", ASLAssistito: "201",
		Dettagli: []wire.PrescriptionItem{{CodProdPrest: "89.7B.8", DescrProdPrest: "PRIMA VISITA", Quantita: 1, TipoAccesso: "1"}},
	}
}

// cycle is a cycle of rehabilitation.
func cycle() wire.Prescription {
	return item(visit(), func(d *wire.PrescriptionItem) {
		*d = wire.PrescriptionItem{CodProdPrest: "93.11.8", DescrProdPrest: "RIEDUCAZIONE", Quantita: 1, Ciclica: true, NumeroSedute: 9}
	})
}

// narcotic is a drug of the pain therapy.
func narcotic() wire.Prescription {
	p := item(drug(), func(d *wire.PrescriptionItem) {
		d.Stupefacente, d.Posologia, d.RecapitoMedico = "TDL", "1 compressa ogni 12 ore per bocca", "055 000000, VIA DELLE PROVE 1, FIRENZE"
	})
	p.CodEsenzione = "TDL01"
	return p
}

// abroad is a drug for one insured abroad, with his European card.
func abroad(tipo string) wire.Prescription {
	p := drug()
	p.TipoRicetta, p.CodiceAssistito, p.CognomeNome = tipo, "", "MUSTER ERIKA"
	p.StatoEstero, p.IstituzioneEstera, p.NumeroPersonale = "DE", "101575519", "A123456780"
	p.NumeroTessera, p.DataNascitaEstero, p.DataScadenzaTessera = "80276001231234567890", "1980-02-29", "2026-11-23"
	return p
}

// sailor is a drug for a seafarer.
func sailor(tipo string) wire.Prescription {
	p := drug()
	p.TipoRicetta, p.NumeroTesseraSASN, p.SocietaNavigazione = tipo, "123456", "NAVIGAZIONE DI PROVA"
	if tipo == "ND" {
		p.TipoVisita = "D"
	}
	return p
}

func item(p wire.Prescription, change func(*wire.PrescriptionItem)) wire.Prescription {
	change(&p.Dettagli[0])
	return p
}

func with(p wire.Prescription, change func(*wire.Prescription)) wire.Prescription {
	change(&p)
	return p
}

// twice repeats the first item.
func twice(p wire.Prescription) wire.Prescription {
	p.Dettagli = append(p.Dettagli, p.Dettagli[0])
	return p
}

func long(n int) string { return strings.Repeat("à", n) }

func fiscal(body string) string {
	letter, ok := CheckLetter(body)
	if !ok {
		panic(body)
	}
	return body + string(letter)
}

// fault is a row of the table of what is refused: what is wrong, in the words
// of docs/ricetta.md, and each notice as field:item and a piece of its text.
type fault struct {
	wrong string
	p     wire.Prescription
	want  []expected
}

type expected struct{ place, says string }

// one is a fault with one notice.
func one(wrong string, p wire.Prescription, place, says string) fault {
	return fault{wrong, p, []expected{{place, says}}}
}
