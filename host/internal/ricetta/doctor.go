package ricetta

import "raccordo/host/internal/wire"

// Doctor is the prescriber as the region's services want him: cfMedico1,
// codRegione, codASLAo, codSpecializzazione, and his secret pinCode.
type Doctor struct {
	CF, PinCode, Region, ASL, Specializzazione string
	// Struttura is codStruttura: given where the region has assigned one to its
	// doctors, empty where it has not.
	Struttura string
	// Titolare is the doctor stood in for; nil: the sender is the titolare.
	// When it is set CF is the substitute (cfMedico2), whose pinCode and
	// credentials are used, while cfMedico1, region, ASL, structure and
	// specialisation of a prescription are the titolare's (SPEC24 section
	// 4.2.1, note on substitutes).
	Titolare *wire.Titolare
}

// The outcomes of a send (codEsitoInserimento).
const (
	OutcomeOK       = "0000"
	OutcomeWarnings = "0001" // inserted, with remarks
	OutcomeRefused  = "9999" // not inserted
)

// Receipt is the region's answer to a send.
type Receipt struct {
	NRE               string
	CodAutenticazione string
	InsertedAt        string // as the region wrote it
	Outcome           string
	Warnings, Errors  []wire.Notice
	Promemoria        []byte // PDF, nil when the region made none
}

// Accepted tells whether the prescription exists at the region.
func (r Receipt) Accepted() bool {
	return (r.Outcome == OutcomeOK || r.Outcome == OutcomeWarnings) && r.CodAutenticazione != ""
}
