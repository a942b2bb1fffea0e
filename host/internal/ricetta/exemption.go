package ricetta

import (
	"regexp"

	"raccordo/host/internal/wire"
)

// incomeCodes are the national exemptions by income (DM 11 Dec 2009). Regions
// have more of their own.
var incomeCodes = []string{"E01", "E02", "E03", "E04"}

// noExemption is what a region wants written where there is no exemption.
const noExemption = "NES00"

var (
	// From a letter and figures of the national codes to the six of a rare
	// disease; regions have letters only (ERA).
	exemptionForm = regexp.MustCompile(`^[A-Z0-9]{3,6}$`)
	// Chronic and rare diseases and pregnancy (DPCM 12 Jan 2017): codes that
	// never are an exemption by income. Of others (invalidity, war victims)
	// regions think differently.
	illnessForm = regexp.MustCompile(`^(0[0-9A-C][0-9]{1,2}|R[A-Z][A-Z0-9]?[0-9]{3,4}|M[0-9]{2})$`)
)

func (c *checker) exemption(p wire.Prescription) {
	code := p.CodEsenzione
	if code != "" && !exemptionForm.MatchString(code) {
		c.add("cod_esenzione", "Il codice di esenzione deve avere da 3 a 6 lettere maiuscole o cifre, senza punti: sceglierlo dall'elenco delle esenzioni dell'assistito.")
		return
	}
	if !p.EsenteReddito {
		return
	}
	switch {
	case code == "":
		c.add("cod_esenzione", "Un'esenzione per reddito vale solo con il suo codice: indicare E01, E02, E03, E04 o quello regionale, oppure togliere «esente per reddito».")
	case code == noExemption:
		c.add("esente_reddito", "Il codice indicato significa «non esente», ma la ricetta dice «esente per reddito»: togliere l'uno o l'altro.")
	case illnessForm.MatchString(code):
		c.add("esente_reddito", "Il codice di esenzione indica una malattia o una gravidanza e non il reddito: togliere «esente per reddito» o scegliere il codice dell'esenzione per reddito.")
	}
}
