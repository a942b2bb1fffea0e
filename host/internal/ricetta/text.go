package ricetta

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"raccordo/host/internal/wire"
)

// text is a field in words, or one whose form only the region knows.
type text struct {
	field, value string
	most         int  // characters, as the wire's schema or the XSD bounds it
	lines        bool // a free text that may come from several lines
}

// headerTexts are the texts of the whole prescription.
func headerTexts(p wire.Prescription) []text {
	return []text{
		{"client_id", p.ClientID, 64, false},
		{"cognome_nome", p.CognomeNome, 400, false},
		{"indirizzo", p.Indirizzo, 400, false},
		{"numero_tessera_sasn", p.NumeroTesseraSASN, 64, false},
		{"societa_navigazione", p.SocietaNavigazione, 64, false},
		{"descrizione_diagnosi", p.DescrizioneDiagnosi, 2000, true},
		{"disposizioni_regionali", p.DisposizioniReg, 200, false},
		{"testata2", p.Testata2, 400, false},
		{"stato_estero", p.StatoEstero, 64, false},
		{"istituzione_competente", p.IstituzioneEstera, 64, false},
		{"numero_identificazione_personale", p.NumeroPersonale, 64, false},
		{"numero_identificazione_tessera", p.NumeroTessera, 64, false},
	}
}

// itemTexts are the texts of one item. The four codes of ten characters are
// maxString10 in the XSD.
func itemTexts(d wire.PrescriptionItem) []text {
	return []text{
		{"descr_prod_prest", d.DescrProdPrest, 1000, false},
		{"descr_gruppo_equival", d.DescrGruppoEquival, 1000, false},
		{"note", d.Note, 1000, true},
		{"prescrizione2", d.Prescrizione2, 400, false},
		{"cod_catalogo", d.CodCatalogo, 64, false},
		{"numero_nota", d.NumeroNota, 10, false},
		{"cond_erogabilita", d.CondErogabilita, 10, false},
		{"appropr_prescrittiva", d.ApproprPrescr, 10, false},
		{"patologia", d.Patologia, 10, false},
		{"posologia", d.Posologia, 400, true},
		{"recapito_medico", d.RecapitoMedico, 400, true},
	}
}

func (c *checker) texts(list []text) {
	for _, t := range list {
		if utf8.RuneCountInString(t.value) > t.most {
			c.add(t.field, fmt.Sprintf("Il testo supera i %d caratteri ammessi: abbreviarlo.", t.most))
		}
		if !printable(t.value, t.lines) {
			c.add(t.field, "Il testo contiene un carattere che non si può trasmettere né stampare: cancellarlo e riscrivere il testo a mano.")
		}
	}
}

// printable: what XML 1.0 has no room for, and what would be lost or turned
// round on the promemoria, stays out.
func printable(s string, lines bool) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		switch {
		case lines && (r == '\n' || r == '\r' || r == '\t'):
		case unicode.IsControl(r), r == utf8.RuneError, r&0xfffe == 0xfffe, unicode.Is(unicode.Bidi_Control, r):
			return false
		}
	}
	return true
}
