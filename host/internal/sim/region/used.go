package region

import (
	"strings"
	"time"

	"raccordo/host/internal/sim/region/xsd"
)

// maxUsed is how many records one answer holds.
const maxUsed = 1000

var (
	kindRequired  = refuse("1153")
	datesRequired = refused("9030", "Indicare l'NRE oppure l'intervallo di date di compilazione")
	datesWrong    = refused("9031", "Intervallo di date di compilazione non valido: formato aaaa-mm-gg hh:mm:ss")
)

// used answers InterrogaNreUtilizzati. An unknown number is no error: outcome
// 0000 and an empty list, as the ministry's test system does; by dates the kind
// of prescription is mandatory in truth (1153) though optional in the schema.
func (r *Region) used(s session, q *xsd.Node) (string, error) {
	problems := r.ordered(ServiceUsed, s)
	var found []prescription
	if outcome(problems) != outcomeRefused {
		found, problems = r.search(s, q)
	}
	var w xmlWriter
	w.open("InterrogaNreUtilRicevuta", nsUsedAnswer, nsTypes, nsUsed)
	w.leaf("", "codEsitoInterrogaNreUtilizzati", outcome(problems))
	if len(problems) == 0 {
		w.WriteString("<ElencoNreUtilRecord>")
		for _, p := range found {
			w.record(p)
		}
		w.WriteString("</ElencoNreUtilRecord>")
	}
	w.remarks("", "ns2:", problems, true)
	w.notices("", "ns2:", notice{"0400", "Nessuna comunicazione."})
	w.WriteString("</InterrogaNreUtilRicevuta>")
	return w.String(), nil
}

func (w *xmlWriter) record(p prescription) {
	origin := "0" // by web services
	if p.Web {
		origin = "1"
	}
	w.WriteString("<ns2:NreUtilRecord>")
	w.leaf("ns2:", "nre", p.NRE)
	w.leaf("ns2:", "cfMedico", p.Doctor)
	w.leaf("ns2:", "tipoPrescrizione", p.Fields["tipoPrescrizione"])
	w.leaf("ns2:", "dataCompilazioneRicetta", p.Compiled.Format(sacTime))
	w.some("ns2:", "cfAssistito", p.Patient)
	w.leaf("ns2:", "provenienza", origin)
	w.leaf("ns2:", "lotto", lotOf(p.NRE))
	w.leaf("ns2:", "codAutenticazione", p.CodAutenticazione)
	w.WriteString("</ns2:NreUtilRecord>")
}

// lotOf is the number without its progressive. Lots of this region are of type
// 0, its own numbers of type 4, which has no code (MEF, part 1, section 5.1).
func lotOf(nre string) string {
	if nre[5] == '4' {
		return nre[:6]
	}
	return nre[:lotPrefix0]
}

// criteria are what a search may ask besides the doctor.
type criteria struct {
	lot, patient, kind string
	from, to           time.Time
}

func (c criteria) fit(p prescription) bool {
	return (c.lot == "" || strings.HasPrefix(p.NRE, c.lot)) && (c.patient == "" || p.Patient == c.patient) && (c.kind == "" || p.Fields["tipoPrescrizione"] == c.kind) &&
		!p.Compiled.Before(c.from) && !p.Compiled.After(c.to)
}

// search lists what stands under cfMedico's name (the titolare's) and is the
// caller's: his own, or sent by him as a substitute.
func (r *Region) search(s session, q *xsd.Node) (found []prescription, problems []remark) {
	doctor, nre := q.Value("cfMedico"), q.Value("nre")
	switch {
	case !r.pinCodeOf(s, q):
		return nil, []remark{wrongPinCode}
	case q.Value("codRegione") != s.Doctor.Region:
		return nil, []remark{refused("9005", "Codice regione medico non valido")}
	case nre != "":
		p, known := r.archive.find(nre, r.today())
		if known && p.Doctor == doctor && p.of(s.Doctor.CF) {
			found = append(found, p)
		}
		return found, nil
	}
	c, problems := r.criteria(q)
	if len(problems) > 0 {
		return nil, problems
	}
	for _, p := range r.archive.ofDoctor(doctor, r.today()) {
		if p.Doctor == doctor && p.of(s.Doctor.CF) && c.fit(p) && len(found) < maxUsed {
			found = append(found, p)
		}
	}
	return found, nil
}

func (r *Region) criteria(q *xsd.Node) (c criteria, problems []remark) {
	c = criteria{lot: q.Value("codLotto"), patient: q.Value("cfAssistito"), kind: q.Value("tipoPrescr")}
	from, to := q.Value("dataCompilazioneRicettaDal"), q.Value("dataCompilazioneRicettaAl")
	if from == "" || to == "" {
		return c, []remark{datesRequired}
	}
	if c.kind == "" {
		return c, []remark{kindRequired}
	}
	var low, high error
	c.from, low = time.ParseInLocation(sacTime, from, r.rome)
	c.to, high = time.ParseInLocation(sacTime, to, r.rome)
	if low != nil || high != nil || c.to.Before(c.from) || c.kind != "F" && c.kind != "P" {
		return c, []remark{datesWrong}
	}
	return c, nil
}
