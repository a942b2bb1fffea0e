package ricetta

import (
	"regexp"
	"time"

	"raccordo/host/internal/wire"
)

// The forms of short codes. A rule that only the region can know (which
// services are in the waiting list plan, which exemptions the patient has) is
// left to the region: refusing a right prescription is worse than asking.
var (
	exemptionForm = regexp.MustCompile(`^[A-Z0-9]{3,6}$`)
	provinceForm  = regexp.MustCompile(`^[A-Z]{2}$`)
	aslForm       = regexp.MustCompile(`^[0-9]{3}$`)
	groupForm     = regexp.MustCompile(`^[A-Z0-9]{2,10}$`)
	reasonForm    = regexp.MustCompile(`^[A-Z0-9]{1,4}$`)
)

// Validate tells everything that is wrong with a prescription, at once and
// before anything is sent. Each notice names the field as package wire spells
// it, the item (counted from 1) and, in Italian, the remedy. No notice means
// that the prescription may be sent. No rule here depends on the day yet;
// those that will take it from the caller's clock.
func Validate(p wire.Prescription, _ time.Time) []wire.Notice {
	c := &checker{}
	c.patient(p)
	c.header(p)
	if len(p.Dettagli) == 0 {
		c.add("dettagli", 0, "La ricetta non contiene prescrizioni: aggiungere almeno un farmaco o una prestazione.")
	}
	if len(p.Dettagli) > 8 {
		c.add("dettagli", 0, "La ricetta contiene più di 8 prescrizioni: dividerla in più ricette.")
	}
	for i, d := range p.Dettagli {
		if d.Quantita < 1 || d.Quantita > 9 {
			c.add("quantita", i+1, "La quantità deve essere compresa tra 1 e 9: correggerla o dividere la prescrizione in più ricette.")
		}
		switch p.TipoPrescrizione {
		case "F":
			c.drug(i+1, d)
		case "P":
			c.specialist(i+1, d)
		}
	}
	return c.notices
}

type checker struct{ notices []wire.Notice }

func (c *checker) add(field string, item int, text string) {
	c.notices = append(c.notices, wire.Notice{Field: field, Item: item, Text: text})
}

func (c *checker) patient(p wire.Prescription) {
	code := p.CodiceAssistito
	switch {
	case code == "":
		c.add("codice_assistito", 0, "Manca il codice fiscale dell'assistito: completare la scheda del paziente.")
	case ValidAssistito(code):
	case wrongCheckLetter(code):
		c.add("codice_assistito", 0, "Il codice fiscale dell'assistito non è corretto (l'ultima lettera non corrisponde): verificarlo sulla tessera sanitaria.")
	default:
		c.add("codice_assistito", 0, "Il codice dell'assistito non è un codice fiscale né un codice STP o ENI: verificarlo sulla tessera sanitaria.")
	}
	if (p.ProvinciaAssistito == "") != (p.ASLAssistito == "") {
		c.add("asl_assistito", 0, "Provincia e ASL dell'assistito vanno indicate insieme: completare entrambe o lasciarle vuote.")
	}
	if p.ProvinciaAssistito != "" && !provinceForm.MatchString(p.ProvinciaAssistito) {
		c.add("provincia_assistito", 0, "La provincia dell'assistito deve essere una sigla di due lettere maiuscole.")
	}
	if p.ASLAssistito != "" && !aslForm.MatchString(p.ASLAssistito) {
		c.add("asl_assistito", 0, "L'ASL dell'assistito deve essere un codice di tre cifre.")
	}
	if p.CodEsenzione != "" && !exemptionForm.MatchString(p.CodEsenzione) {
		c.add("cod_esenzione", 0, "Il codice di esenzione deve avere da 3 a 6 lettere maiuscole o cifre, senza punti: sceglierlo dall'elenco delle esenzioni dell'assistito.")
	}
}

// wrongCheckLetter: all is well but the last letter.
func wrongCheckLetter(code string) bool {
	if len(code) != 16 {
		return false
	}
	letter, ok := CheckLetter(code[:15])
	return ok && letter != code[15] && ValidCodiceFiscale(code[:15]+string(letter))
}

func (c *checker) header(p wire.Prescription) {
	if p.ClientID == "" {
		c.add("client_id", 0, "La ricetta non ha un identificativo: ricaricare la pagina e riprovare.")
	}
	if p.TipoPrescrizione != "F" && p.TipoPrescrizione != "P" {
		c.add("tipo_prescrizione", 0, "Indicare se la ricetta è farmaceutica (F) o specialistica (P).")
	}
	if p.TipoVisita != "A" && p.TipoVisita != "D" {
		c.add("tipo_visita", 0, "Indicare se la visita è ambulatoriale (A) o domiciliare (D).")
	}
	if v := p.IndicazionePrescr; v != "" && v != "S" && v != "H" {
		c.add("indicazione_prescrizione", 0, "L'indicazione può essere solo suggerita (S) o ricovero (H).")
	}
	switch p.ClassePriorita {
	case "":
	case "U", "B", "D", "P":
		if p.TipoPrescrizione == "F" {
			c.add("classe_priorita", 0, "La classe di priorità vale solo per le ricette specialistiche: toglierla.")
		}
	default:
		c.add("classe_priorita", 0, "La classe di priorità deve essere U, B, D o P.")
	}
	if p.TipoPrescrizione != "P" {
		return
	}
	if p.CodDiagnosi == "" && p.DescrizioneDiagnosi == "" {
		c.add("descrizione_diagnosi", 0, "Per una ricetta specialistica serve il quesito diagnostico: indicare il codice o la descrizione della diagnosi.")
	}
	for i, d := range p.Dettagli {
		if d.TipoAccesso == "1" && p.ClassePriorita == "" {
			c.add("classe_priorita", i+1, "Per un primo accesso serve la classe di priorità: scegliere U, B, D o P.")
		}
	}
}

func (c *checker) drug(item int, d wire.PrescriptionItem) {
	switch {
	case d.CodProdPrest == "" && d.CodGruppoEquival == "":
		c.add("cod_prod_prest", item, "Manca il codice del farmaco: indicare il codice AIC o il gruppo di equivalenza.")
	case d.CodProdPrest != "" && !ValidAIC(d.CodProdPrest):
		c.add("cod_prod_prest", item, "Il codice AIC non è corretto: deve avere 9 cifre con la cifra di controllo giusta. Scegliere il farmaco dal prontuario.")
	}
	if d.CodGruppoEquival != "" && !groupForm.MatchString(d.CodGruppoEquival) {
		c.add("cod_gruppo_equival", item, "Il codice del gruppo di equivalenza non è corretto: scegliere il principio attivo dal prontuario.")
	}
	if d.DescrProdPrest == "" && d.DescrGruppoEquival == "" {
		c.add("descr_prod_prest", item, "Manca la descrizione del farmaco: scegliere il farmaco dal prontuario.")
	}
	if d.TipoAccesso != "" {
		c.add("tipo_accesso", item, "Il tipo di accesso vale solo per le ricette specialistiche: toglierlo.")
	}
	switch {
	case d.NonSostituibile && d.CodProdPrest == "":
		c.add("non_sostituibile", item, "Un farmaco è non sostituibile solo se prescritto con il suo codice AIC: indicare il codice o togliere la non sostituibilità.")
	case d.NonSostituibile && !reasonForm.MatchString(d.CodMotivazione):
		c.add("cod_motivazione", item, "Per un farmaco non sostituibile serve il codice di motivazione: sceglierlo dall'elenco o togliere la non sostituibilità.")
	case !d.NonSostituibile && d.CodMotivazione != "":
		c.add("cod_motivazione", item, "Il codice di motivazione vale solo per un farmaco non sostituibile: toglierlo o indicare la non sostituibilità.")
	}
}

func (c *checker) specialist(item int, d wire.PrescriptionItem) {
	if d.CodProdPrest == "" {
		c.add("cod_prod_prest", item, "Manca il codice della prestazione: sceglierla dal catalogo regionale.")
	}
	if d.DescrProdPrest == "" {
		c.add("descr_prod_prest", item, "Manca la descrizione della prestazione: sceglierla dal catalogo regionale.")
	}
	if d.TipoAccesso != "" && d.TipoAccesso != "0" && d.TipoAccesso != "1" {
		c.add("tipo_accesso", item, "Il tipo di accesso deve essere primo accesso (1) o altro accesso (0).")
	}
	if d.NonSostituibile || d.CodMotivazione != "" {
		c.add("non_sostituibile", item, "La non sostituibilità vale solo per i farmaci: toglierla.")
	}
	if d.NotaAIFA != "" {
		c.add("nota_aifa", item, "La nota AIFA vale solo per i farmaci: toglierla.")
	}
	if d.CodGruppoEquival != "" {
		c.add("cod_gruppo_equival", item, "Il gruppo di equivalenza vale solo per i farmaci: toglierlo.")
	}
}
