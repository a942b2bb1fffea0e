package ricetta

import (
	"regexp"
	"time"
	"unicode"

	"raccordo/host/internal/wire"
)

// need says whether a group of fields stands in a kind of prescription.
type need int

const (
	never need = iota
	maybe
	always
)

// kind is a tipoRic: what it wants of the patient's code, of the section of
// those insured abroad and of the SASN's (seafarers and aircrew).
type kind struct{ code, foreign, sasn need }

// kinds follow SPEC24 section 4.2.1 (tipoRic, codiceAss, numTessSasn) and the
// DM 17 March 2008 on the form. NE and NX exist at the SASN and abroad, ST have
// an STP code or the section: where the documents leave it open it stays open.
var kinds = map[string]kind{
	"":   {always, never, never},
	"NA": {always, never, always},
	"ND": {always, never, always},
	"NE": {maybe, always, maybe},
	"NX": {maybe, maybe, always},
	"EE": {never, always, never},
	"UE": {never, always, never},
	"ST": {maybe, maybe, never},
}

var (
	provinceForm = regexp.MustCompile(`^[A-Z]{2}$`)
	aslForm      = regexp.MustCompile(`^[0-9]{3}$`)
)

func (c *checker) patient(p wire.Prescription) {
	k, known := kinds[p.TipoRicetta]
	if !known {
		c.add("tipo_ricetta", "Il tipo di ricetta può essere EE, UE, NA, ND, NE, NX o ST, o mancare per un assistito del Servizio sanitario nazionale: correggerlo o toglierlo.")
		k = kind{maybe, maybe, maybe}
	}
	c.code(p, k, known)
	c.foreign(p, k)
	c.sasn(p, k)
	if !blank(p.CognomeNome) && !hasLetter(p.CognomeNome) {
		c.add("cognome_nome", "Cognome e nome dell'assistito non contengono lettere: scriverli, o scriverne le iniziali dove la legge lo prescrive.")
	}
	if (p.ProvinciaAssistito == "") != (p.ASLAssistito == "") {
		c.add("asl_assistito", "Provincia e ASL dell'assistito vanno indicate insieme: completare entrambe o lasciarle vuote.")
	}
	if p.ProvinciaAssistito != "" && !provinceForm.MatchString(p.ProvinciaAssistito) {
		c.add("provincia_assistito", "La provincia dell'assistito deve essere una sigla di due lettere maiuscole: correggerla.")
	}
	if p.ASLAssistito != "" && !aslForm.MatchString(p.ASLAssistito) {
		c.add("asl_assistito", "L'ASL dell'assistito deve essere un codice di tre cifre: correggerla.")
	}
}

func (c *checker) code(p wire.Prescription, k kind, known bool) {
	code := p.CodiceAssistito
	switch {
	case code != "" && k.code == never:
		c.add("codice_assistito", "Per un assicurato estero (tipo di ricetta EE o UE) il codice fiscale non va indicato: toglierlo e compilare la sezione dei soggetti assicurati da istituzioni estere.")
	case code != "":
		if text := patientCode(code); text != "" {
			c.add("codice_assistito", text)
		}
	case k.code == always:
		c.add("codice_assistito", "Manca il codice fiscale dell'assistito: completare la scheda del paziente.")
	case known && k.foreign == maybe && !hasForeign(p):
		c.add("codice_assistito", "L'assistito non è identificato: indicare il codice (fiscale, STP o ENI) o compilare la sezione dei soggetti assicurati da istituzioni estere.")
	}
	// Without a code the registry cannot give the name.
	if code == "" && k.code != always && known && blank(p.CognomeNome) {
		c.add("cognome_nome", "Senza codice fiscale servono cognome e nome dell'assistito, o le iniziali dove la legge lo prescrive: indicarli.")
	}
}

// sasn: card number and shipping or air company (SPEC24, numTessSasn and
// socNavigaz), and a kind that says where the visit was.
func (c *checker) sasn(p wire.Prescription, k kind) {
	for _, f := range []struct{ field, value, what string }{
		{"numero_tessera_sasn", p.NumeroTesseraSASN, "il numero della tessera SASN"},
		{"societa_navigazione", p.SocietaNavigazione, "la società di navigazione"},
	} {
		switch {
		case k.sasn == always && blank(f.value):
			c.add(f.field, "Per un assistito SASN è obbligatorio indicare "+f.what+": completare il dato o cambiare il tipo di ricetta.")
		case k.sasn == never && f.value != "":
			c.add(f.field, "Solo per un assistito SASN si indica "+f.what+": togliere il dato o scegliere il tipo di ricetta NA, ND, NE o NX.")
		}
	}
	if p.TipoRicetta == "NA" && p.TipoVisita == "D" || p.TipoRicetta == "ND" && p.TipoVisita == "A" {
		c.add("tipo_visita", "Il tipo di visita contraddice il tipo di ricetta: NA è una visita ambulatoriale (A), ND una visita domiciliare (D). Correggere l'uno o l'altro.")
	}
}

// day reads a calendar day that exists.
func day(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func hasLetter(s string) bool {
	for _, r := range s {
		if unicode.IsLetter(r) {
			return true
		}
	}
	return false
}
