package ricetta

import (
	"regexp"

	"raccordo/host/internal/wire"
)

var (
	regionForm         = regexp.MustCompile(`^[0-9]{3}$`)
	organisationForm   = regexp.MustCompile(`^[0-9A-Z]{3}$`)
	specialisationForm = regexp.MustCompile(`^[0-9A-Z]$`)
	structureForm      = regexp.MustCompile(`^[0-9A-Za-z]{0,16}$`)
)

// ValidateDoctor tells what is wrong with who prescribes: region, ASL,
// structure and specialisation have to be those of the titolare, who is another
// person than his substitute (SPEC24 section 4.2.1, note on substitutes).
func ValidateDoctor(d Doctor) []wire.Notice {
	c := &checker{}
	if !ValidCodiceFiscale(d.CF) {
		c.add("codice_fiscale", "Il codice fiscale del medico non è corretto: verificarlo nel profilo.")
	}
	who, region, asl, structure, specialisation := "del medico", d.Region, d.ASL, d.Struttura, d.Specializzazione
	prefix := ""
	if t := d.Titolare; t != nil {
		who, prefix = "del titolare", "titolare."
		region, asl, structure, specialisation = t.Regione, t.ASL, t.Struttura, t.Specializzazione
		switch {
		case t.CodiceFiscale == d.CF:
			c.add(prefix+"codice_fiscale", "Il sostituto e il titolare sono la stessa persona: disattivare la modalità «medico sostituto» o indicare il titolare.")
		case !ValidCodiceFiscale(t.CodiceFiscale):
			c.add(prefix+"codice_fiscale", "Il codice fiscale del titolare non è corretto: verificarlo nelle impostazioni della sostituzione.")
		}
	}
	for _, f := range []struct {
		field, value, what string
		form               *regexp.Regexp
	}{
		{"regione", region, "Il codice regione " + who + " deve avere tre cifre", regionForm},
		{"asl", asl, "Il codice ASL " + who + " deve avere tre cifre o lettere maiuscole", organisationForm},
		{"struttura", structure, "Il codice struttura " + who + " può avere al massimo 16 lettere o cifre", structureForm},
		{"specializzazione", specialisation, "La specializzazione " + who + " è un codice di una lettera maiuscola o cifra", specialisationForm},
	} {
		if !f.form.MatchString(f.value) {
			c.add(prefix+f.field, f.what+": correggere il profilo.")
		}
	}
	return c.notices
}
