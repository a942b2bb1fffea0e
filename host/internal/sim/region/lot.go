package region

import (
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/region/xsd"
)

// lotGrouping is the BB of every NRE of this region.
const lotGrouping = "0A"

// lot answers LottoRichiestaNRE. A doctor gets lots of 100 for himself only
// (type 0, his own codice fiscale stated). Outcome codes other than 00 are this
// simulator's own.
func (r *Region) lot(s session, q *xsd.Node) (string, error) {
	region, kind, owner := q.Value("CodRegione"), q.Value("IdentificativoLotto"), q.Value("CFMedico")
	code, outcome, message := "", "00", "Operazione eseguita correttamente"
	doctor, known := anagrafe.FindDoctor(owner)
	switch {
	case kind != "0":
		outcome, message = "01", "Tipo di lotto non consentito al medico: ammesso solo 0"
	case owner == "":
		outcome, message = "02", "Codice fiscale del medico obbligatorio per il lotto di tipo 0"
	case !known || owner != s.Doctor.CF:
		outcome, message = "03", "Il medico può richiedere lotti solo per se stesso"
	case region != doctor.Region:
		outcome, message = "04", "Codice regione non valido per il medico"
	default:
		var err error
		if code, err = r.archive.assignLot(region, owner); err != nil {
			return "", err
		}
	}
	var w xmlWriter
	w.open("LottoRicevutaNRE", nsLotAnswer, nsLotTypes, nsLot)
	w.leaf("", "CodRegione", region)
	if code != "" {
		w.leaf("", "CodRagLotto", lotGrouping)
	}
	w.leaf("", "IdentificativoLotto", kind)
	w.some("", "CodLotto", code)
	w.some("", "CFMedico", owner)
	w.leaf("", "CodEsito", outcome)
	w.leaf("", "Esito", message)
	w.WriteString("</LottoRicevutaNRE>")
	return w.String(), nil
}
