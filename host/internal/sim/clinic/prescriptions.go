package clinic

import (
	"crypto/rand"
	"fmt"
	"strings"

	"raccordo/host/internal/wire"
)

// templates are the prescriptions that the form offers: three for the morning,
// then one for each special case. The AIC codes have a right check digit and
// belong to no product on purpose. Contact is the doctor's own, which the law
// wants on a prescription of narcotics.
func templates(contact string) []template {
	return append(ordinary(), special(contact)...)
}

func ordinary() []template {
	return []template{
		{"Ramipril 5 mg, 28 compresse", drug("037123015", "RAMIPRIL 5 MG 28 COMPRESSE", "H6A", "RAMIPRIL 5 MG 28 UNITÀ USO ORALE", 2, "", "1 compressa al mattino")},
		{"Atorvastatina 20 mg, 30 compresse (nota 13)", drug("028652042", "ATORVASTATINA 20 MG 30 COMPRESSE RIVESTITE", "HQB", "ATORVASTATINA 20 MG 30 UNITÀ USO ORALE", 1, "13", "1 compressa alla sera")},
		{"Visita cardiologica, prima visita", visit("89.7A.3", "PRIMA VISITA CARDIOLOGICA", "401.9", "IPERTENSIONE ARTERIOSA ESSENZIALE", "D", "1")},
		{"Paracetamolo 1000 mg, 16 compresse", drug("030114021", "PARACETAMOLO 1000 MG 16 COMPRESSE", "HAA", "PARACETAMOLO 1000 MG 16 UNITÀ USO ORALE", 1, "", "al bisogno")},
		{"Elettrocardiogramma", visit("89.52", "ELETTROCARDIOGRAMMA", "401.9", "IPERTENSIONE ARTERIOSA ESSENZIALE", "P", "0")},
	}
}

func special(contact string) []template {
	pain := drug("028019038", "MORFINA SOLFATO 10 MG 16 CAPSULE A RILASCIO PROLUNGATO", "", "", 2, "", "")
	pain.Dettagli[0].Stupefacente = "TDL"
	pain.Dettagli[0].Posologia = "1 capsula ogni 12 ore per 16 giorni, per bocca"
	pain.Dettagli[0].RecapitoMedico = contact
	planned := drug("041201031", "DABIGATRAN ETEXILATO 150 MG 60 CAPSULE", "", "", 1, "", "1 capsula 2 volte al giorno")
	planned.PianoTerapeutico = "2026/000123456"
	onBehalf := drug("043886074", "SEMAGLUTIDE 1 MG 1 PENNA PRERIEMPITA", "", "", 1, "", "1 volta alla settimana")
	onBehalf.DPC = true
	cycle := visit("93.11.2", "RIEDUCAZIONE MOTORIA INDIVIDUALE SEMPLICE", "724.2", "LOMBALGIA", "P", "0")
	cycle.Dettagli[0].Ciclica, cycle.Dettagli[0].NumeroSedute = true, 8 // one digit in the schema
	remote := visit("89.01.F", "VISITA DIABETOLOGICA DI CONTROLLO", "250.0", "DIABETE MELLITO TIPO 2", "P", "0")
	remote.Dettagli[0].Televisita = true
	return []template{
		{"Morfina 10 mg, 16 capsule (terapia del dolore)", pain},
		{"Dabigatran 150 mg, 60 capsule (piano terapeutico)", planned},
		{"Semaglutide 1 mg, 1 penna (DPC)", onBehalf},
		{"Rieducazione motoria, ciclo di 8 sedute", cycle},
		{"Visita diabetologica di controllo, televisita", remote},
	}
}

func drug(aic, product, group, groupText string, quantity int, note, dose string) wire.Prescription {
	return wire.Prescription{TipoPrescrizione: "F", TipoVisita: "A", Dettagli: []wire.PrescriptionItem{{
		CodProdPrest: aic, DescrProdPrest: product, CodGruppoEquival: group, DescrGruppoEquival: groupText,
		NotaAIFA: note, Note: dose, Quantita: quantity,
	}}}
}

func visit(code, text, diagnosis, diagnosisText, priority, access string) wire.Prescription {
	return wire.Prescription{
		TipoPrescrizione: "P", TipoVisita: "A", CodDiagnosi: diagnosis, DescrizioneDiagnosi: diagnosisText, ClassePriorita: priority,
		Dettagli: []wire.PrescriptionItem{{CodProdPrest: code, DescrProdPrest: text, Quantita: 1, TipoAccesso: access}},
	}
}

// ready are the three prescriptions of the morning, all of one patient. Their
// client_id is made once for all tabs of a run: sending from a second tab is
// the same intent.
func ready(p patient, all []template) []wire.Prescription {
	var out []wire.Prescription
	for i, t := range all[:3] {
		rx := t.Prescription
		rx.ClientID = uuid()
		rx.CodiceAssistito, rx.CognomeNome = p.CF, p.Surname+" "+p.Name
		rx.Indirizzo = fmt.Sprintf("%s, %s %s (%s)", p.Fields.Indirizzo, p.Fields.CAP, p.Fields.Comune, p.Fields.Provincia)
		rx.ProvinciaAssistito, rx.ASLAssistito = p.Fields.Provincia, p.ASL
		if i != 1 {
			rx.CodEsenzione = "031"
		}
		out = append(out, rx)
	}
	return out
}

// uuid is a random UUID (RFC 9562, version 4).
func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// titled writes a registry name as a person would: "DE SANTIS" → "De Santis".
func titled(s string) string {
	words := strings.Fields(strings.ToLower(s))
	for i, w := range words {
		r := []rune(w)
		words[i] = strings.ToUpper(string(r[0])) + string(r[1:])
	}
	return strings.Join(words, " ")
}
