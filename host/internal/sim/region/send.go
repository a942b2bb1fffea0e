package region

import (
	"encoding/base64"
	"errors"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/region/promemoria"
	"raccordo/host/internal/sim/region/xsd"
)

const (
	sacTime          = "2006-01-02 15:04:05"
	regionName       = "Toscana"
	regionalSentence = "REGIONE TOSCANA (SIMULATORE): documento di prova, non valido per ottenere farmaci o prestazioni"
)

// send answers InvioPrescritto.
func (r *Region) send(s session, q *xsd.Node) (string, error) {
	remarks := r.ordered(ServiceSend, s)
	p, found := r.examine(s, q)
	if outcome(remarks) != outcomeRefused {
		remarks = append(remarks, found...)
	}
	if outcome(remarks) != outcomeRefused {
		var err error
		p, err = r.archive.insert(p)
		switch {
		case errors.Is(err, errLotUnknown):
			remarks = append(remarks, refused("9003", "Numero Ricetta Elettronica non appartenente ai lotti assegnati al medico"))
		case errors.Is(err, errNREUsed):
			remarks = append(remarks, refuse("5004"))
		case err != nil:
			return "", err
		}
	}
	result := outcome(remarks)
	r.log.Info().Str("nre", p.NRE).Str("outcome", result).Msg("send")
	var w xmlWriter
	w.open("InvioPrescrittoRicevuta", nsSendAnswer, nsTypes, nsSend)
	nothing, sentence := notice{"0100", "Nessuna comunicazione."}, notice{"0197", regionalSentence}
	if result == outcomeRefused {
		w.leaf("", "codEsitoInserimento", result)
		w.remarks("", "ns2:", remarks, false)
		w.notices("", "ns2:", sentence, nothing)
	} else {
		pdf, err := promemoria.Draw(slip(p))
		if err != nil {
			return "", err
		}
		doctor, _ := anagrafe.FindDoctor(p.Inserter)
		w.leaf("", "nre", p.NRE)
		w.leaf("", "codAutenticazione", p.CodAutenticazione)
		w.leaf("", "dataInserimento", p.Inserted.Format(sacTime))
		w.leaf("", "codEsitoInserimento", result)
		w.remarks("", "ns2:", remarks, false)
		told := []notice{{"0199", "COGNOME_MEDICO=" + doctor.Surname}, {"0198", "NOME_MEDICO=" + doctor.Name}, sentence}
		if toBeDispensedForOthers(p) {
			told = append(told, notice{"0196", "CONTIENE FARMACI IN DPC NELLA REGIONE DI PRESCRIZIONE"})
		}
		w.notices("", "ns2:", append(told, nothing)...)
		w.leaf("", "flagPromemoria", "0") // 0: present
		w.leaf("", "pdfPromemoria", base64.StdEncoding.EncodeToString(pdf))
	}
	w.WriteString("</InvioPrescrittoRicevuta>")
	return w.String(), nil
}

// examine turns a valid request into a prescription and holds it against the
// rules. Without the right pinCode nothing else is said.
func (r *Region) examine(s session, q *xsd.Node) (prescription, []remark) {
	p := prescription{
		NRE: q.Value("nre"), Doctor: q.Value("cfMedico1"), Inserter: s.Doctor.CF, Fields: map[string]string{},
		Inserted: r.today(),
	}
	if !r.pinCodeOf(s, q) {
		return p, []remark{wrongPinCode}
	}
	for _, f := range q.Children {
		if f.Name.Local != "pinCode" && f.Name.Local != "codiceAss" && len(f.Children) == 0 {
			p.Fields[f.Name.Local] = f.Text
		}
	}
	for _, detail := range q.Child("ElencoDettagliPrescrizioni").Children {
		item := map[string]string{}
		for _, f := range detail.Children {
			item[f.Name.Local] = f.Text
		}
		p.Items = append(p.Items, item)
	}
	remarks := r.checkDoctor(s, p)
	remarks = append(remarks, r.checkPatient(&p, q.Value("codiceAss"))...)
	compiled, err := time.ParseInLocation(sacTime, p.Fields["dataCompilazione"], r.rome)
	if err != nil {
		remarks = append(remarks, refused("9011", "Data compilazione non valida: formato aaaa-mm-gg hh:mm:ss"))
	}
	p.Compiled = compiled
	remarks = append(remarks, checkFields(p)...)
	for i, item := range p.Items {
		remarks = append(remarks, checkItem(p.Fields["tipoPrescrizione"], i+1, item)...)
	}
	return p, remarks
}
