package region

import (
	"errors"

	"raccordo/host/internal/sim/region/xsd"
)

var errOtherDoctor = errors.New("inserted by another doctor")

// cancelPrescription answers AnnullaPrescritto: only in state 3, only by who
// inserted it (a substitute's by the substitute).
func (r *Region) cancelPrescription(s session, q *xsd.Node) (string, error) {
	nre := q.Value("nre")
	problems := r.ordered(ServiceCancel, s)
	if outcome(problems) == outcomeRefused {
		r.log.Info().Str("nre", nre).Msg("cancel refused by order")
	} else if !r.pinCodeOf(s, q) {
		problems = []remark{wrongPinCode}
	} else {
		err := r.archive.change(nre, r.today(), func(p prescription) (string, error) {
			switch {
			case q.Value("cfMedico") != s.Doctor.CF || p.Inserter != s.Doctor.CF:
				return "", errOtherDoctor
			case p.State != stateLive:
				return "", errState
			}
			return stateCancelled, nil
		})
		switch {
		case errors.Is(err, errNREUnknown):
			problems = []remark{unknownNumber}
		case errors.Is(err, errOtherDoctor):
			problems = []remark{otherDoctor}
		case errors.Is(err, errState):
			problems = []remark{wrongState}
		case err != nil:
			return "", err
		}
	}
	r.log.Info().Str("nre", nre).Str("outcome", outcome(problems)).Msg("cancel")
	var w xmlWriter
	w.open("AnnullaPrescrittoRicevuta", nsCancelAnswer, nsTypes, nsCancel)
	w.leaf("", "nre", nre)
	w.leaf("", "codEsitoAnnullamento", outcome(problems))
	w.remarks("", "ns2:", problems, true)
	w.notices("", "ns2:", notice{"0300", "Nessuna comunicazione."})
	w.WriteString("</AnnullaPrescrittoRicevuta>")
	return w.String(), nil
}
