package ricetta

import (
	"regexp"

	"raccordo/host/internal/wire"
)

// serviceForm: the national code of a service or a regional one, with points
// and no blanks.
var serviceForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/*-]{0,63}$`)

func (c *checker) service(d wire.PrescriptionItem) {
	c.reserved(forDrugs, []only{
		{"cod_gruppo_equival", "Il gruppo di equivalenza", d.CodGruppoEquival != "" || d.DescrGruppoEquival != ""},
		{"non_sostituibile", "La non sostituibilità", d.NonSostituibile},
		{"cod_motivazione", "Il codice di motivazione", d.CodMotivazione != ""},
		{"nota_aifa", "La nota AIFA", d.NotaAIFA != ""},
		{"stupefacente", "La sezione degli stupefacenti", d.Stupefacente != ""},
		{"posologia", "La posologia", d.Posologia != ""},
		{"recapito_medico", "Il recapito del medico", d.RecapitoMedico != ""},
	})
	switch {
	case d.CodProdPrest == "":
		c.add("cod_prod_prest", "Manca il codice della prestazione: sceglierla dal catalogo regionale.")
	case !serviceForm.MatchString(d.CodProdPrest):
		c.add("cod_prod_prest", "Il codice della prestazione può contenere solo lettere, cifre e punti, senza spazi: scegliere la prestazione dal catalogo regionale.")
	}
	if blank(d.DescrProdPrest) {
		c.add("descr_prod_prest", "Manca la descrizione della prestazione: sceglierla dal catalogo regionale.")
	}
	switch d.TipoAccesso {
	case "0", "1":
	case "":
		if d.PNGLA {
			c.add("tipo_accesso", "La prestazione è nel Piano nazionale di governo delle liste d'attesa: indicare primo accesso (1) o altro accesso (0).")
		}
	default:
		c.add("tipo_accesso", "Il tipo di accesso deve essere primo accesso (1) o altro accesso (0): correggerlo.")
	}
	switch n := d.NumeroSedute; {
	case n != 0 && !d.Ciclica:
		c.add("numero_sedute", "Il numero di sedute si indica solo per una prestazione ciclica (branca 12): toglierlo.")
	// One figure in the XSD (numsedute is an integerType, [0-9]).
	case n < 0 || n > 9:
		c.add("numero_sedute", "Il numero di sedute va da 1 a 9, perché il tracciato ammette una sola cifra: lasciarlo vuoto (è facoltativo) e scriverlo nelle note, oppure dividere in più cicli.")
	}
}
