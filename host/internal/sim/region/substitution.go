package region

import (
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/region/xsd"
)

// declaration says who may stand in for a doctor, and when (both days
// included).
type declaration struct {
	Titolare, Substitute string
	From, To             time.Time
	Note                 string
}

// declarationDay reads a day of a declaration: eight characters, says its
// schema, and no public text says in which order. Nobody can mean both: a month
// 20 there is not.
func (r *Region) declarationDay(text string) (time.Time, error) {
	day, err := time.ParseInLocation("20060102", text, r.rome)
	if err != nil {
		return time.ParseInLocation("02012006", text, r.rome)
	}
	return day, nil
}

// declared tells whether the titolare has named the substitute for a day.
func (a *archive) declared(titolare, substitute string, day time.Time) bool {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	today := day.Format(time.DateOnly)
	for _, d := range a.declarations {
		if d.Titolare == titolare && d.Substitute == substitute && d.From.Format(time.DateOnly) <= today && today <= d.To.Format(time.DateOnly) {
			return true
		}
	}
	return false
}

// substitution answers DichiarazioneSostituzioneMedico: only the titolare
// declares. Its codes are this simulator's own: the service's specification is
// not public.
func (r *Region) substitution(s session, q *xsd.Node) (string, error) {
	d, remarks := r.examineDeclaration(s, q)
	if outcome(remarks) != outcomeRefused {
		r.archive.mutex.Lock()
		err := r.archive.commit(change{Declaration: &d})
		r.archive.mutex.Unlock()
		if err != nil {
			return "", err
		}
	}
	var w xmlWriter
	w.declarationReceipt(remarks, r.today().Format(sacTime))
	return w.String(), nil
}

// declarationReceipt names its errors otherwise than the other answers do.
func (w *xmlWriter) declarationReceipt(remarks []remark, inserted string) {
	w.open("DichiarazioneSostituzioneMedicoRicevuta", nsDeclarationAnswer, nsDeclarationTypes, nsDeclaration)
	w.leaf("", "codEsitoInserimento", outcome(remarks))
	if outcome(remarks) != outcomeRefused {
		w.leaf("", "dataInserimento", inserted)
	}
	if len(remarks) == 0 {
		remarks = []remark{{outcomeOK, "Operazione eseguita correttamente", "", ""}}
	}
	w.WriteString("<ElencoErrori>")
	for _, e := range remarks {
		w.WriteString("<ns2:Errore>")
		w.leaf("ns2:", "codEsito", e.code)
		w.leaf("ns2:", "esito", e.text)
		w.leaf("ns2:", "tipoErrore", e.severity)
		w.WriteString("</ns2:Errore>")
	}
	w.WriteString("</ElencoErrori></DichiarazioneSostituzioneMedicoRicevuta>")
}

func (r *Region) examineDeclaration(s session, q *xsd.Node) (declaration, []remark) {
	d := declaration{Titolare: q.Value("cfMedicoTitolare"), Substitute: q.Value("cfMedicoSostituto"), Note: q.Value("nota")}
	if !r.pinCodeOf(s, q) {
		return d, []remark{wrongPinCode}
	}
	var list []remark
	if d.Titolare != s.Doctor.CF {
		list = append(list, refused("9004", "Codice fiscale medico titolare diverso da quello dell'utente inviante"))
	}
	if q.Value("codRegione") != s.Doctor.Region {
		list = append(list, refused("9005", "Codice regione medico non valido"))
	}
	if q.Value("codASLAo") != s.Doctor.ASL {
		list = append(list, refuse("1020"))
	}
	if q.Value("codSpecializzazione") != s.Doctor.Specializzazione {
		list = append(list, refused("9006", "Codice specializzazione medico non valido"))
	}
	if _, known := anagrafe.FindDoctor(d.Substitute); !known || d.Substitute == d.Titolare {
		list = append(list, refused("9020", "Codice fiscale medico sostituto non censito"))
	}
	if told := q.Value("comunicazioneAsl"); told != "" && told != "SI" && told != "NO" {
		list = append(list, refused("9010", "Valore non ammesso nel campo comunicazioneAsl"))
	}
	var from, to error
	d.From, from = r.declarationDay(q.Value("dataInizioSostituzione"))
	d.To, to = r.declarationDay(q.Value("dataFineSostituzione"))
	switch today := r.today().Format(time.DateOnly); {
	case from != nil || to != nil:
		list = append(list, refused("9021", "Periodo di sostituzione non valido: formato aaaammgg"))
	case d.To.Before(d.From), d.To.Format(time.DateOnly) < today:
		list = append(list, refused("9021", "Periodo di sostituzione non valido"))
	}
	return d, list
}
