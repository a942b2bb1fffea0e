package sac

import (
	"strings"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// pwd is mandatory, of at least one character, and "at the disposal of the
// SAR" (DichiarazioneSostituzioneMedicoRichiesta.xsd): a doctor has nothing to
// put there. His password must not be it: it travels in the Authorization
// header and nowhere else.
const pwd = "0"

// SubstitutionRequest is a DichiarazioneSostituzioneMedicoRichiesta; Doctor is
// the titolare, who sends it.
type SubstitutionRequest struct {
	PinCode string // sealed
	Doctor  ricetta.Doctor
	wire.SubstitutionParams
}

// EncodeSubstitution writes a DichiarazioneSostituzioneMedicoRichiesta. Its
// dates have eight characters; the schema does not say which. Year, month, day
// is the order of every other date of the kit.
func EncodeSubstitution(q SubstitutionRequest) []byte {
	structure := q.Struttura
	if structure == "" {
		structure = q.Doctor.Struttura
	}
	return envelope("DichiarazioneSostituzioneMedicoRichiesta", nsSubst, false, func(w *writer) {
		w.text("pinCode", q.PinCode)
		w.text("pwd", pwd)
		w.text("cfMedicoTitolare", q.Doctor.CF)
		w.text("codRegione", q.Doctor.Region)
		w.text("codASLAo", q.Doctor.ASL)
		w.text("codStruttura", structure)
		w.text("codSpecializzazione", q.Doctor.Specializzazione)
		w.text("cfMedicoSostituto", q.Sostituto)
		if q.ASLTold != nil {
			w.text("comunicazioneAsl", map[bool]string{true: "SI", false: "NO"}[*q.ASLTold])
		}
		w.text("dataInizioSostituzione", strings.ReplaceAll(q.From, "-", ""))
		w.text("dataFineSostituzione", strings.ReplaceAll(q.To, "-", ""))
		w.text("nota", q.Note)
	})
}

// SubstitutionAnswer is a DichiarazioneSostituzioneMedicoRicevuta.
type SubstitutionAnswer struct {
	InsertedAt, Outcome string
	Warnings, Errors    []wire.Notice
}

// DecodeSubstitution reads a DichiarazioneSostituzioneMedicoRicevuta.
func DecodeSubstitution(body []byte) (SubstitutionAnswer, error) {
	n, err := payload(body, "DichiarazioneSostituzioneMedicoRicevuta", nsSubstAnswer)
	if err != nil {
		return SubstitutionAnswer{}, err
	}
	r, err := readRemarks(n, remarkNames{
		outcome: "codEsitoInserimento", list: "ElencoErrori", entry: "Errore", spaces: []string{nsSubstAnswer, nsSubstTypes},
	})
	return SubstitutionAnswer{n.value("dataInserimento", nsSubstAnswer, nsSubstTypes), r.outcome, r.warnings, r.errors}, err
}
