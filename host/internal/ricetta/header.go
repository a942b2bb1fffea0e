package ricetta

import (
	"regexp"
	"slices"

	"raccordo/host/internal/wire"
)

var (
	// ICD-9-CM: three figures, V and two, E and three, and up to two more. The
	// point may be missing.
	icd9Form = regexp.MustCompile(`^([0-9]{3}(\.?[0-9]{1,2})?|V[0-9]{2}(\.?[0-9]{1,2})?|E[0-9]{3}(\.?[0-9])?)$`)
	planForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$`)
)

func (c *checker) header(p wire.Prescription) {
	if blank(p.ClientID) {
		c.add("client_id", "La ricetta non ha un identificativo: ricaricare la pagina e riprovare.")
	}
	if p.TipoPrescrizione != "F" && p.TipoPrescrizione != "P" {
		c.add("tipo_prescrizione", "Il tipo di prescrizione deve essere farmaceutica (F) o specialistica (P): sceglierne uno.")
	}
	if p.TipoVisita != "A" && p.TipoVisita != "D" {
		c.add("tipo_visita", "Il tipo di visita deve essere ambulatoriale (A) o domiciliare (D): sceglierne uno.")
	}
	if v := p.IndicazionePrescr; v != "" && v != "S" && v != "H" {
		c.add("indicazione_prescrizione", "L'indicazione della prescrizione può essere solo suggerita (S) o ricovero (H): correggerla o toglierla.")
	}
	switch p.TipoPrescrizione {
	case "F":
		c.reserved(forServices, []only{
			{"ricetta_interna", "L'erogazione nella stessa struttura (ricetta interna)", p.RicettaInterna},
			{"classe_priorita", "La classe di priorità", p.ClassePriorita != ""},
		})
	case "P":
		c.reserved(forDrugs, []only{
			{"piano_terapeutico", "Il piano terapeutico AIFA", p.PianoTerapeutico != ""},
			{"dpc", "La distribuzione per conto (DPC)", p.DPC},
		})
	}
	if p.PianoTerapeutico != "" && !planForm.MatchString(p.PianoTerapeutico) {
		c.add("piano_terapeutico", "Il numero di protocollo del piano terapeutico può contenere solo lettere, cifre, punto, trattino e barra: scrivere il solo numero, senza «PT=» e senza punto e virgola.")
	}
}

// diagnosis: a specialist prescription has a code, a text, or both (SPEC24,
// codDiagnosi; code 1233 otherwise).
func (c *checker) diagnosis(p wire.Prescription) {
	if p.CodDiagnosi != "" && !icd9Form.MatchString(p.CodDiagnosi) {
		c.add("cod_diagnosi", "Il codice della diagnosi non ha la forma ICD-9-CM (per esempio 401.9, V70.0, E885.9): sceglierlo dall'elenco o indicare la sola descrizione.")
	}
	if p.TipoPrescrizione == "P" && p.CodDiagnosi == "" && blank(p.DescrizioneDiagnosi) {
		c.add("descrizione_diagnosi", "Per una ricetta specialistica serve il quesito diagnostico: indicare il codice o la descrizione della diagnosi.")
	}
}

// priority: one class for the whole prescription, mandatory when a service is
// in the national waiting list plan (SPEC24, classePriorita and tipoAccesso).
func (c *checker) priority(p wire.Prescription) {
	if p.TipoPrescrizione == "F" {
		return
	}
	switch p.ClassePriorita {
	case "U", "B", "D", "P":
	case "":
		if slices.ContainsFunc(p.Dettagli, func(d wire.PrescriptionItem) bool { return d.PNGLA }) {
			c.add("classe_priorita", "Una prestazione è nel Piano nazionale di governo delle liste d'attesa: scegliere la classe di priorità U, B, D o P.")
		}
	default:
		c.add("classe_priorita", "La classe di priorità deve essere U, B, D o P: sceglierne una.")
	}
}
