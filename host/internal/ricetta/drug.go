package ricetta

import (
	"regexp"
	"unicode"

	"raccordo/host/internal/wire"
)

var (
	groupForm  = regexp.MustCompile(`^[A-Z0-9]{2,10}$`)
	reasonForm = regexp.MustCompile(`^[A-Z0-9]{1,4}$`)
	// AIFA notes: a number, some with bis; some regions want leading zeros.
	noteForm = regexp.MustCompile(`^[0-9]{1,3} ?([Bb][Ii][Ss])?$`)
)

func (c *checker) drug(d wire.PrescriptionItem) {
	c.reserved(forServices, []only{
		{"tipo_accesso", "Il tipo di accesso", d.TipoAccesso != ""},
		{"pngla", "Il Piano nazionale di governo delle liste d'attesa", d.PNGLA},
		{"televisita", "La televisita", d.Televisita},
		{"cod_catalogo", "Il codice del catalogo regionale", d.CodCatalogo != ""},
		{"numero_nota", "Il numero della nota della prestazione", d.NumeroNota != ""},
		{"cond_erogabilita", "La condizione di erogabilità", d.CondErogabilita != ""},
		{"appropr_prescrittiva", "L'indicazione di appropriatezza prescrittiva", d.ApproprPrescr != ""},
		{"patologia", "Il codice di patologia della prestazione", d.Patologia != ""},
		{"ciclica", "L'indicazione di prestazione ciclica", d.Ciclica},
		{"numero_sedute", "Il numero di sedute", d.NumeroSedute != 0},
	})
	c.product(d)
	switch {
	case d.NonSostituibile && d.CodProdPrest == "":
		c.add("non_sostituibile", "Un farmaco è non sostituibile solo se prescritto con il suo codice AIC: indicare il codice o togliere la non sostituibilità.")
	case d.NonSostituibile && !reasonForm.MatchString(d.CodMotivazione):
		c.add("cod_motivazione", "Per un farmaco non sostituibile serve il codice di motivazione (da 1 a 4 lettere maiuscole o cifre): sceglierlo dall'elenco o togliere la non sostituibilità.")
	case !d.NonSostituibile && d.CodMotivazione != "":
		c.add("cod_motivazione", "Il codice di motivazione vale solo per un farmaco non sostituibile: toglierlo o indicare la non sostituibilità.")
	}
	if d.NotaAIFA != "" && !noteForm.MatchString(d.NotaAIFA) {
		c.add("nota_aifa", "La nota AIFA si indica con il suo solo numero (per esempio 13 o 26 bis): correggerla.")
	}
	c.narcotic(d)
}

// product: a drug is named by its AIC, by the equivalence group of its active
// substance, or by both (SPEC24, codProdPrest and codGruppoEquival).
func (c *checker) product(d wire.PrescriptionItem) {
	switch {
	case d.CodProdPrest == "" && d.CodGruppoEquival == "":
		c.add("cod_prod_prest", "Manca il codice del farmaco: indicare il codice AIC o il gruppo di equivalenza.")
	case d.CodProdPrest != "" && !ValidAIC(d.CodProdPrest):
		c.add("cod_prod_prest", "Il codice AIC non è corretto: deve avere 9 cifre con la cifra di controllo giusta. Scegliere il farmaco dal prontuario.")
	}
	if d.CodGruppoEquival != "" && !groupForm.MatchString(d.CodGruppoEquival) {
		c.add("cod_gruppo_equival", "Il codice del gruppo di equivalenza deve avere da 2 a 10 lettere maiuscole o cifre: scegliere il principio attivo dal prontuario.")
	}
	switch {
	case d.CodProdPrest != "" && blank(d.DescrProdPrest), d.CodProdPrest == "" && d.CodGruppoEquival == "" && blank(d.DescrProdPrest) && blank(d.DescrGruppoEquival):
		c.add("descr_prod_prest", "Manca la descrizione del farmaco: scegliere il farmaco dal prontuario.")
	case d.CodProdPrest == "" && d.CodGruppoEquival != "" && blank(d.DescrGruppoEquival) && blank(d.DescrProdPrest):
		c.add("descr_gruppo_equival", "Manca la descrizione del gruppo di equivalenza: scegliere il principio attivo dal prontuario.")
	}
}

// narcotics says what a section of the table of narcotics wants in motivazNote
// (SPEC24, nota STUP). TDL: section A, annex III-bis, pain therapy.
var narcotics = map[string]struct{ posology, contact bool }{
	"TDL": {true, true}, "3BIS": {true, false}, "B": {}, "C": {}, "D": {}, "E": {},
}

func (c *checker) narcotic(d wire.PrescriptionItem) {
	if d.Stupefacente == "" {
		return
	}
	wants, known := narcotics[d.Stupefacente]
	if !known {
		c.add("stupefacente", "La sezione degli stupefacenti deve essere TDL, 3BIS, B, C, D o E: correggerla o lasciarla vuota.")
	}
	if wants.posology && blank(d.Posologia) {
		c.add("posologia", "Per questo stupefacente la legge vuole posologia e modo di somministrazione: indicarli.")
	}
	switch {
	case wants.contact && blank(d.RecapitoMedico):
		c.add("recapito_medico", "Per uno stupefacente della terapia del dolore (sezione A) la legge vuole telefono e recapito del medico: indicarli.")
	case wants.contact && !fullContact(d.RecapitoMedico):
		c.add("recapito_medico", "Il recapito del medico deve contenere sia il numero di telefono sia l'indirizzo: completarlo.")
	}
}

// fullContact: a telephone number has six figures at least, an address letters.
func fullContact(s string) bool {
	figures := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			figures++
		}
	}
	return hasLetter(s) && figures >= 6
}
