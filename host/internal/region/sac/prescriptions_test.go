package sac

import (
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// sent is one prescription of the table, and who sends it.
type sent struct {
	name    string
	request SendRequest
}

// prescriptions are one for each thing that a prescription can say. Together
// they hold every element of the schema that can be written.
func prescriptions() []sent {
	var all []sent
	add := func(name string, p wire.Prescription, change ...func(*SendRequest)) {
		q := SendRequest{
			PinCode: sealed, CodiceAss: sealed, Doctor: doctor(), NRE: "0900A0000004200",
			Compiled: time.Date(2026, 11, 23, 8, 15, len(all), 0, time.UTC), Prescription: p,
		}
		for _, c := range change {
			c(&q)
		}
		all = append(all, sent{name, q})
	}
	drugs(add)
	services(add)
	patients(add)
	senders(add)
	return all
}

type adder = func(string, wire.Prescription, ...func(*SendRequest))

// drug is a prescription of one drug, service of one service.
func drug(change ...func(*wire.PrescriptionItem)) wire.Prescription {
	d := wire.PrescriptionItem{CodProdPrest: "000000000", DescrProdPrest: "FARMACO DI PROVA 30 CPR", Quantita: 1}
	for _, c := range change {
		c(&d)
	}
	return wire.Prescription{ClientID: "never written", TipoPrescrizione: "F", CodiceAssistito: "never written in clear", CognomeNome: "BIANCHI LUCIA", TipoVisita: "A", Dettagli: []wire.PrescriptionItem{d}}
}

func visit(change ...func(*wire.PrescriptionItem)) wire.Prescription {
	d := wire.PrescriptionItem{CodProdPrest: "89.7A.3", DescrProdPrest: "PRIMA VISITA CARDIOLOGICA", Quantita: 1}
	for _, c := range change {
		c(&d)
	}
	return wire.Prescription{ClientID: "never written", TipoPrescrizione: "P", CodiceAssistito: "never written in clear", DescrizioneDiagnosi: "ipertensione", TipoVisita: "A", Dettagli: []wire.PrescriptionItem{d}}
}

func with(p wire.Prescription, change func(*wire.Prescription)) wire.Prescription {
	change(&p)
	return p
}

func drugs(add adder) {
	type item = wire.PrescriptionItem
	add("a drug", drug())
	add("nine packages", drug(func(d *item) { d.Quantita = 9 }))
	add("by active substance", drug(func(d *item) {
		*d = item{CodGruppoEquival: "G3B", DescrGruppoEquival: "LEVETIRACETAM 500MG 60 UNITÀ USO ORALE", Quantita: 2}
	}))
	add("both codes", drug(func(d *item) { d.CodGruppoEquival, d.DescrGruppoEquival = "H1A", "PRINCIPIO 10 MG" }))
	add("not to be substituted", drug(func(d *item) { d.NonSostituibile, d.CodMotivazione = true, "1" }))
	add("note", drug(func(d *item) { d.Note = "a stomaco pieno, <mai> a digiuno & \"lontano\" dai pasti" }))
	add("note of several lines", drug(func(d *item) { d.Note = "mattina\n  sera\t\t1 cpr" }))
	add("AIFA note", drug(func(d *item) { d.NotaAIFA = "13" }))
	add("narcotic, section A for pain", drug(func(d *item) {
		d.Stupefacente, d.Posologia, d.RecapitoMedico = "TDL", "1 cpr ogni 12 ore per 30 giorni", "Via Roma 1, Firenze, tel. 055000000"
	}))
	add("narcotic, annex III-bis", drug(func(d *item) { d.Stupefacente, d.Posologia = "3BIS", "1 cerotto ogni 72 ore" }))
	add("narcotic, section D", drug(func(d *item) { d.Stupefacente = "D" }))
	add("therapeutic plan", with(drug(), func(p *wire.Prescription) { p.PianoTerapeutico = "1234" }))
	add("dispensed per conto, told", with(drug(), func(p *wire.Prescription) { p.DPC = true }), func(q *SendRequest) { q.DPC = true })
	add("dispensed per conto, told beside others", with(drug(), func(p *wire.Prescription) { p.DPC, p.Testata2 = true, "RAO=1" }), func(q *SendRequest) { q.DPC = true })
	add("dispensed per conto, not told", with(drug(), func(p *wire.Prescription) { p.DPC = true }))
	add("two drugs", with(drug(), func(p *wire.Prescription) { p.Dettagli = append(p.Dettagli, drug().Dettagli...) }))
	add("the region's own in the item", drug(func(d *item) { d.Prescrizione2 = "X=1;Y=2" }))
}

func services(add adder) {
	type item = wire.PrescriptionItem
	add("a visit", visit())
	add("diagnosis by code", with(visit(), func(p *wire.Prescription) { p.DescrizioneDiagnosi, p.CodDiagnosi = "", "401.9" }))
	add("diagnosis both ways", with(visit(), func(p *wire.Prescription) { p.CodDiagnosi = "401.9" }))
	for _, class := range []string{"U", "B", "D", "P"} {
		add("priority "+class, with(visit(func(d *item) { d.TipoAccesso, d.PNGLA = "1", true }), func(p *wire.Prescription) { p.ClassePriorita = class }))
	}
	add("later access", visit(func(d *item) { d.TipoAccesso = "0" }))
	add("by video", visit(func(d *item) { d.Televisita = true }))
	add("note", visit(func(d *item) { d.Note = "con referto — urgente: sì" }))
	add("regional catalogue", visit(func(d *item) { d.CodCatalogo = "CAT.0001" }))
	add("a cycle of sessions", visit(func(d *item) { d.CodProdPrest, d.Ciclica, d.NumeroSedute = "93.11.8", true, 9 }))
	add("DPCM of 2017", visit(func(d *item) {
		d.NumeroNota, d.CondErogabilita, d.ApproprPrescr, d.Patologia = "0123456789", "CE1", "AP2", "PAT3"
	}))
	add("in the structure only", with(visit(), func(p *wire.Prescription) { p.RicettaInterna = true }))
	add("suggested", with(visit(), func(p *wire.Prescription) { p.IndicazionePrescr = "S" }))
	add("hospital stay", with(visit(), func(p *wire.Prescription) { p.IndicazionePrescr = "H" }))
	add("eight services", with(visit(), func(p *wire.Prescription) {
		for range 7 {
			p.Dettagli = append(p.Dettagli, visit().Dettagli...)
		}
	}))
}

func patients(add adder) {
	foreign := func(kind string) wire.Prescription {
		return with(visit(), func(p *wire.Prescription) {
			p.TipoRicetta, p.CodiceAssistito, p.StatoEstero, p.IstituzioneEstera = kind, "", "D", "0123456789"
			p.NumeroPersonale, p.NumeroTessera, p.DataNascitaEstero, p.DataScadenzaTessera = "X123", "80276000000000000001", "1970-01-31", "2027-12-31"
		})
	}
	nobody := func(q *SendRequest) { q.CodiceAss = "" }
	add("hidden identity", with(drug(), func(p *wire.Prescription) { p.OscuramentoDati, p.Indirizzo = true, "VIA GARIBALDI 12|50123|FIRENZE|FI" }))
	add("exempt by illness", with(drug(), func(p *wire.Prescription) { p.CodEsenzione = "031" }))
	add("exempt by income", with(drug(), func(p *wire.Prescription) { p.CodEsenzione, p.EsenteReddito = "E01", true }))
	add("exempt by regional income code", with(drug(), func(p *wire.Prescription) { p.CodEsenzione, p.EsenteReddito = "ERA", true }))
	add("of another province", with(drug(), func(p *wire.Prescription) { p.ProvinciaAssistito, p.ASLAssistito = "RM", "101" }))
	add("regional dispositions", with(drug(), func(p *wire.Prescription) { p.DisposizioniReg = "DR 12" }))
	add("other", with(drug(), func(p *wire.Prescription) { p.Altro = true }))
	add("at home", with(drug(), func(p *wire.Prescription) { p.TipoVisita = "D" }))
	add("seaman", with(drug(), func(p *wire.Prescription) {
		p.TipoRicetta, p.NumeroTesseraSASN, p.SocietaNavigazione = "NA", "000123456", "SOCIETÀ DI NAVIGAZIONE"
	}))
	for _, kind := range []string{"UE", "EE", "NE", "NX", "ST"} {
		add("foreign patient "+kind, foreign(kind), nobody)
	}
}

func senders(add adder) {
	titolare := &wire.Titolare{CodiceFiscale: "RSSMRA75C03F839K", Regione: "090", ASL: "202", Specializzazione: "P"}
	structured := &wire.Titolare{CodiceFiscale: "RSSMRA75C03F839K", Regione: "100", ASL: "203", Struttura: "100001", Specializzazione: "S"}
	add("region gives the number", drug(), func(q *SendRequest) { q.NRE = "" })
	add("doctor of a structure", drug(), func(q *SendRequest) { q.Doctor.Struttura = "090123" })
	add("substitute", drug(), func(q *SendRequest) { q.Doctor.Titolare, q.NRE = titolare, "" })
	add("substitute of a doctor of a structure", drug(), func(q *SendRequest) { q.Doctor.Struttura, q.Doctor.Titolare, q.NRE = "090123", structured, "" })
}

// others are the requests that are no prescription.
func others() map[string][]byte {
	told, untold := true, false
	day := func(n int) time.Time { return time.Date(2026, 7, n, 0, 0, 0, 0, ricetta.Rome()) }
	substitute := wire.SubstitutionParams{Sostituto: "RSSMRA75C03F839K", From: "2026-08-01", To: "2026-08-31"}
	noted := substitute
	noted.ASLTold, noted.Note, noted.Struttura = &told, "ferie <estive> & congresso", "090123"
	silent := substitute
	silent.ASLTold = &untold
	at := func(p wire.SubstitutionParams) []byte {
		return EncodeSubstitution(SubstitutionRequest{PinCode: sealed, Doctor: doctor(), SubstitutionParams: p})
	}
	return map[string][]byte{
		"visualizza":           EncodeView(sealed, "0900A0000004200", doctor().CF),
		"annulla":              EncodeCancel(sealed, "0900A0000004200", doctor().CF),
		"lotto":                EncodeLot("090", doctor().CF),
		"interroga-numero":     EncodeUsed(UsedRequest{PinCode: sealed, Region: "090", DoctorCF: doctor().CF, NRE: "0900A0000004200"}),
		"interroga-date":       EncodeUsed(UsedRequest{PinCode: sealed, Region: "090", DoctorCF: doctor().CF, Patient: "RSSMRA75C03F839K", Type: "F", From: day(1), To: day(31).Add(24*time.Hour - time.Second)}),
		"interroga-stp":        EncodeUsed(UsedRequest{PinCode: sealed, Region: "090", DoctorCF: doctor().CF, Patient: "STP0000000000001", Type: "P", From: day(1), To: day(1)}),
		"sostituzione":         at(substitute),
		"sostituzione-nota":    at(noted),
		"sostituzione-non-asl": at(silent),
		"tabella":              EncodeTable(sealed, "090", wire.TableParams{Operation: "ESENZIONI"}),
		"tabella-opzioni":      EncodeTable(sealed, "", wire.TableParams{Operation: "ELENCO_1", Options: []string{"a", "", "c", "d", "e"}}),
	}
}
