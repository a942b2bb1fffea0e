package clinic

import (
	"crypto/rand"
	"fmt"
	"strings"

	"raccordo/host/internal/wire"
)

// templates are the prescriptions that the form offers. The AIC codes have a
// right check digit and belong to no product on purpose.
func templates() []template {
	return []template{
		{"Ramipril 5 mg, 28 compresse", drug("037123015", "RAMIPRIL 5 MG 28 COMPRESSE", "H6A", "RAMIPRIL 5 MG 28 UNITÀ USO ORALE", 2, "", "1 compressa al mattino")},
		{"Atorvastatina 20 mg, 30 compresse (nota 13)", drug("028652042", "ATORVASTATINA 20 MG 30 COMPRESSE RIVESTITE", "HQB", "ATORVASTATINA 20 MG 30 UNITÀ USO ORALE", 1, "13", "1 compressa alla sera")},
		{"Visita cardiologica, prima visita", visit("89.7A.3", "PRIMA VISITA CARDIOLOGICA", "401.9", "IPERTENSIONE ARTERIOSA ESSENZIALE", "D", "1")},
		{"Paracetamolo 1000 mg, 16 compresse", drug("030114021", "PARACETAMOLO 1000 MG 16 COMPRESSE", "HAA", "PARACETAMOLO 1000 MG 16 UNITÀ USO ORALE", 1, "", "al bisogno")},
		{"Elettrocardiogramma", visit("89.52", "ELETTROCARDIOGRAMMA", "401.9", "IPERTENSIONE ARTERIOSA ESSENZIALE", "P", "0")},
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
