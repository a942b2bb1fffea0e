package region

import (
	"strings"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/region/xsd"
)

var (
	unknownNumber = refuse("5005")
	otherDoctor   = refuse("1125")
	wrongState    = refuse("1120")
	wrongPinCode  = refused("9001", "PinCode non valido o non cifrato con il certificato in vigore")
)

// pinCodeOf checks the sender's pinCode: the caller's, encrypted.
func (r *Region) pinCodeOf(s session, q *xsd.Node) bool {
	clear, err := r.cipher.decrypt(q.Value("pinCode"))
	return err == nil && clear == s.Doctor.PinCode
}

// view answers VisualizzaPrescritto. Whose default namespace is tipodati.
func (r *Region) view(s session, q *xsd.Node) (string, error) {
	nre := q.Value("nre")
	p, known := r.archive.find(nre, r.today())
	problems := r.ordered(ServiceView, s)
	switch {
	case outcome(problems) == outcomeRefused:
	case !r.pinCodeOf(s, q):
		problems = []remark{wrongPinCode}
	case !known:
		problems = []remark{unknownNumber}
	case q.Value("cfMedico") != s.Doctor.CF || !p.of(s.Doctor.CF):
		problems = []remark{otherDoctor}
	}
	var w xmlWriter
	w.WriteString(`<ns2:VisualizzaPrescrittoRicevuta xmlns:ns3="` + nsView + `" xmlns="` + nsTypes + `" xmlns:ns2="` + nsViewAnswer + `">`)
	w.leaf("ns2:", "nre", nre)
	if outcome(problems) != outcomeRefused {
		if p.State == statePrivate { // dispensed, and not at the health service's expense
			problems = append(problems, remark{"5221", codeTexts["5221"], "0", ""})
		}
		w.contents(p)
	}
	w.leaf("ns2:", "codEsitoVisualizzazione", outcome(problems))
	w.remarks("ns2:", "", problems, true)
	w.notices("ns2:", "", notice{"0200", "Nessuna comunicazione."})
	w.WriteString("</ns2:VisualizzaPrescrittoRicevuta>")
	return w.String(), nil
}

// contents writes the prescription: the fields of the request that were
// filled, the patient's code and address blanked, the doctor's name added.
func (w *xmlWriter) contents(p prescription) {
	for _, e := range sendSchema.Complex.Sequence {
		switch e.Local {
		case "pinCode", "nre":
		case "testata1":
			w.leaf("ns2:", e.Local, heading(p))
		case "codiceAss":
			w.leaf("ns2:", e.Local, "")
		case "indirizzo":
			w.leaf("ns2:", e.Local, "|||")
		case "ElencoDettagliPrescrizioni":
			w.items(p.Items)
		default:
			w.some("ns2:", e.Local, p.Fields[e.Local])
		}
	}
	w.leaf("ns2:", "statoProcesso", shown(p.State))
	w.leaf("ns2:", "codAutenticazione", p.CodAutenticazione)
	w.leaf("ns2:", "dataInserimento", p.Inserted.Format(sacTime))
}

func (w *xmlWriter) items(items []map[string]string) {
	w.WriteString("<ns2:ElencoDettagliPrescrizioni>")
	for _, item := range items {
		w.WriteString("<DettaglioPrescrizione>")
		for _, e := range itemSchema.Sequence {
			if e.Local == "numsedute" && item[e.Local] == "" {
				w.leaf("", e.Local, "0")
				continue
			}
			w.some("", e.Local, item[e.Local])
		}
		w.WriteString("</DettaglioPrescrizione>")
	}
	w.WriteString("</ns2:ElencoDettagliPrescrizioni>")
}

func heading(p prescription) string {
	doctor, _ := anagrafe.FindDoctor(p.Inserter)
	name := "COGNOME_MEDICO=" + doctor.Surname + ";NOME_MEDICO=" + doctor.Name
	if own := p.Fields["testata1"]; own != "" {
		return strings.TrimSuffix(own, ";") + ";" + name
	}
	return name
}
