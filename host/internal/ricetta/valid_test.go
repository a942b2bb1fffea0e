package ricetta

import (
	"slices"
	"testing"
	"time"

	"raccordo/host/internal/wire"
)

type rightOne struct {
	name string
	p    wire.Prescription
}

// rightOnes are prescriptions with nothing wrong: every special case that the
// specification knows, and what only the region can judge.
func rightOnes() []rightOne {
	return slices.Concat(rightDrugs(), rightPeople(), rightServices())
}

// oldest is the oldest patient that is believed.
func oldest() rightOne {
	return rightOne{"130 years old today", with(abroad("UE"), func(p *wire.Prescription) { p.DataNascitaEstero = "1896-11-23" })}
}

func rightDrugs() []rightOne {
	group := wire.PrescriptionItem{CodGruppoEquival: "H1A", DescrGruppoEquival: "PRINCIPIO 10 MG", Quantita: 2}
	set := func(name string, change func(*wire.Prescription)) rightOne {
		return rightOne{name, with(drug(), change)}
	}
	one := func(name string, change func(*wire.PrescriptionItem)) rightOne {
		return rightOne{name, item(drug(), change)}
	}
	return []rightOne{
		{"drug by its AIC", drug()},
		one("drug by active substance", func(d *wire.PrescriptionItem) { *d = group }),
		one("AIC and group", func(d *wire.PrescriptionItem) { d.CodGruppoEquival, d.DescrGruppoEquival = "H1A", "PRINCIPIO 10 MG" }),
		one("group told by the product's description", func(d *wire.PrescriptionItem) {
			*d = wire.PrescriptionItem{CodGruppoEquival: "H1A", DescrProdPrest: "PRINCIPIO", Quantita: 1}
		}),
		one("not substitutable with reason", func(d *wire.PrescriptionItem) { d.NonSostituibile, d.CodMotivazione = true, "1" }),
		one("AIFA note", func(d *wire.PrescriptionItem) { d.NotaAIFA = "13" }),
		one("AIFA note bis", func(d *wire.PrescriptionItem) { d.NotaAIFA = "26 bis" }),
		one("AIFA note with leading zeros", func(d *wire.PrescriptionItem) { d.NotaAIFA = "001" }),
		one("nine packs for thirty days of pain therapy", func(d *wire.PrescriptionItem) { d.Quantita = 9 }),
		one("note of several lines", func(d *wire.PrescriptionItem) { d.Note = "1 al mattino\r\n1 alla sera\tdopo cena" }),
		one("posology of an ordinary drug", func(d *wire.PrescriptionItem) { d.Posologia = "1 al giorno" }),
		{"group, then a product of it", with(twice(drug()), func(p *wire.Prescription) {
			p.Dettagli[0] = group
			p.Dettagli[1].CodGruppoEquival, p.Dettagli[1].DescrGruppoEquival = "H1A", "PRINCIPIO 10 MG"
		})},
		{"product and group that overlap", with(twice(drug()), func(p *wire.Prescription) {
			p.Dettagli[0].CodGruppoEquival, p.Dettagli[0].DescrGruppoEquival = "H1A", "PRINCIPIO 10 MG"
			p.Dettagli[1] = group
		})},
		set("therapeutic plan", func(p *wire.Prescription) { p.PianoTerapeutico = "1234" }),
		set("per conto with a header of the region", func(p *wire.Prescription) { p.DPC, p.Testata2 = true, "A=1" }),
		set("exempt by income", func(p *wire.Prescription) { p.CodEsenzione, p.EsenteReddito = "E01", true }),
		set("exempt by income of the region", func(p *wire.Prescription) { p.CodEsenzione, p.EsenteReddito = "ERA", true }),
		set("national income code without the flag", func(p *wire.Prescription) { p.CodEsenzione = "E04" }),
		set("war victim with the income box", func(p *wire.Prescription) { p.CodEsenzione, p.EsenteReddito = "V01", true }),
		set("code that says not exempt", func(p *wire.Prescription) { p.CodEsenzione = "NES00" }),
		set("rare disease", func(p *wire.Prescription) { p.CodEsenzione = "RNG010" }),
		set("hidden identity, no name sent", func(p *wire.Prescription) { p.OscuramentoDati = true }),
		set("hidden identity with name and address", func(p *wire.Prescription) {
			p.OscuramentoDati, p.CognomeNome, p.Indirizzo = true, "D'ANGELO-SÖDERSTRÖM ANNA", "VIA DELL'ÀNCORA 3/B"
		}),
		set("initials where the law wants them", func(p *wire.Prescription) { p.CognomeNome = "R. M." }),
		set("STP as an ordinary prescription", func(p *wire.Prescription) { p.CodiceAssistito = "STP0900000000012" }),
		set("STP with type ST", func(p *wire.Prescription) {
			p.TipoRicetta, p.CodiceAssistito, p.CognomeNome = "ST", "STP0900000000012", "PROVA"
		}),
		set("ENI", func(p *wire.Prescription) { p.CodiceAssistito = "ENI0900000000012" }),
		set("provisional codice fiscale", func(p *wire.Prescription) { p.CodiceAssistito = "12345678903" }),
		set("omocodia", func(p *wire.Prescription) { p.CodiceAssistito = fiscal("BNCLCURLA4MX00N") }),
	}
}

// rightPeople: narcotics, insured abroad, seafarers.
func rightPeople() []rightOne {
	return []rightOne{
		{"pain therapy", narcotic()},
		{"pain therapy with a regional code", with(narcotic(), func(p *wire.Prescription) { p.CodEsenzione = "" })},
		{"annex III-bis without contact", item(narcotic(), func(d *wire.PrescriptionItem) { d.Stupefacente, d.RecapitoMedico = "3BIS", "" })},
		{"section B", item(narcotic(), func(d *wire.PrescriptionItem) { d.Stupefacente, d.Posologia, d.RecapitoMedico = "B", "", "" })},
		{"section E", item(narcotic(), func(d *wire.PrescriptionItem) { d.Stupefacente, d.Posologia, d.RecapitoMedico = "E", "", "" })},
		{"European card that expires today", abroad("UE")},
		{"provisional certificate, no card number", with(abroad("UE"), func(p *wire.Prescription) { p.NumeroTessera, p.DataScadenzaTessera = "", "" })},
		{"insured outside Europe", abroad("EE")},
		{"born today", with(abroad("UE"), func(p *wire.Prescription) { p.DataNascitaEstero = "2026-11-23" })},
		oldest(),
		{"European institution", abroad("NE")},
		{"European institution and SASN", with(abroad("NE"), func(p *wire.Prescription) { p.NumeroTesseraSASN, p.SocietaNavigazione = "1", "X" })},
		{"seafarer at the surgery", sailor("NA")},
		{"seafarer at home", sailor("ND")},
		{"seafarer from outside Europe, with a code", sailor("NX")},
		{"seafarer from outside Europe, insured abroad", with(abroad("NX"), func(p *wire.Prescription) { p.NumeroTesseraSASN, p.SocietaNavigazione = "1", "X" })},
	}
}

func rightServices() []rightOne {
	set := func(name string, change func(*wire.Prescription)) rightOne {
		return rightOne{name, with(visit(), change)}
	}
	one := func(name string, change func(*wire.PrescriptionItem)) rightOne {
		return rightOne{name, item(visit(), change)}
	}
	return []rightOne{
		{"visit", visit()},
		set("diagnosis by code only", func(p *wire.Prescription) { p.DescrizioneDiagnosi, p.CodDiagnosi = "", "401.9" }),
		set("diagnosis by V code and text", func(p *wire.Prescription) { p.CodDiagnosi = "V70.0" }),
		set("diagnosis by E code without the point", func(p *wire.Prescription) { p.CodDiagnosi = "E8859" }),
		set("suggested, other", func(p *wire.Prescription) { p.IndicazionePrescr, p.Altro = "S", true }),
		set("hospital stay", func(p *wire.Prescription) { p.IndicazionePrescr = "H" }),
		set("internal", func(p *wire.Prescription) { p.RicettaInterna = true }),
		set("regional rules", func(p *wire.Prescription) { p.DisposizioniReg, p.Testata2 = "01", "RB;P0001" }),
		set("no class outside the plan", func(p *wire.Prescription) { p.ClassePriorita = "" }),
		one("in the plan, other access", func(d *wire.PrescriptionItem) { d.PNGLA, d.TipoAccesso = true, "0" }),
		one("no access outside the plan", func(d *wire.PrescriptionItem) { d.TipoAccesso = "" }),
		one("by video", func(d *wire.PrescriptionItem) { d.Televisita, d.Note = true, "portare gli esami" }),
		one("all the codes of the catalogue", func(d *wire.PrescriptionItem) {
			d.CodCatalogo, d.NumeroNota, d.CondErogabilita, d.ApproprPrescr, d.Patologia, d.Prescrizione2 = "0001", "1234567890", "H", "12", "048", "X=1"
		}),
		one("eight times", func(d *wire.PrescriptionItem) { d.Quantita = 8 }),
		{"right and left: the same service twice", twice(visit())},
		{"cycle", cycle()},
		{"two cycles on two lines", twice(cycle())},
		{"cycle without sessions", item(cycle(), func(d *wire.PrescriptionItem) { d.NumeroSedute = 0 })},
		{"eight lines", with(visit(), func(p *wire.Prescription) {
			for range 7 {
				p.Dettagli = append(p.Dettagli, p.Dettagli[0])
			}
		})},
	}
}

func TestRightOnesPass(t *testing.T) {
	for _, tt := range rightOnes() {
		t.Run(tt.name, func(t *testing.T) {
			if list := Validate(tt.p, noon); len(list) > 0 {
				t.Errorf("refused: %+v", list)
			}
		})
	}
	if n := len(rightOnes()); n < 25 {
		t.Errorf("%d rows", n)
	}
}

// Midnight in Rome is not midnight in UTC.
func TestDayOfRome(t *testing.T) {
	p := abroad("UE") // the card expires on the 23rd
	if list := Validate(p, noon.Add(11*time.Hour)); len(list) > 0 {
		t.Errorf("22:00 UTC is 23:00 in Rome: %+v", list)
	}
	if list := Validate(p, noon.Add(12*time.Hour)); len(list) != 1 || list[0].Field != "data_scadenza_tessera" {
		t.Errorf("23:00 UTC is the 24th in Rome: %+v", list)
	}
}
