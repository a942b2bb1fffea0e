package region

import "strings"

// remark is one ErroreRicetta. Item 0 concerns the whole prescription.
type remark struct {
	code, text string
	item       string
	severity   string // blocking, warning or none, in the words of the real system
}

// Severities and outcomes as the ministry's test system writes them (its
// specification says E and W).
const (
	blocking = "Bloccante"
	warning  = "Avviso"

	outcomeOK      = "0000"
	outcomeWarning = "0001"
	outcomeRefused = "9999"
)

func refused(code, text string) remark { return remark{code, text, "0", blocking} }

// outcome sums remarks up: any blocking one refuses.
func outcome(remarks []remark) string {
	result := outcomeOK
	for _, r := range remarks {
		switch r.severity {
		case blocking:
			return outcomeRefused
		case warning:
			result = outcomeWarning
		}
	}
	return result
}

// notice is one Comunicazione.
type notice struct{ code, text string }

// xmlWriter writes elements as the ministry's server does: no white space, the
// prefix its mapper chose, an empty element closed at once.
type xmlWriter struct{ strings.Builder }

func (w *xmlWriter) leaf(prefix, name, value string) {
	if value == "" {
		w.WriteString("<" + prefix + name + "/>")
		return
	}
	w.WriteString("<" + prefix + name + ">" + escape(value) + "</" + prefix + name + ">")
}

func (w *xmlWriter) some(prefix, name, value string) {
	if value != "" {
		w.leaf(prefix, name, value)
	}
}

// escape leaves quotes and apostrophes alone, as the recorded answers do.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#xD;").Replace(s)
}

// remarks writes ElencoErroriRicette: own is the prefix of the answer's
// namespace, types that of tipodati. The send service leaves tipoErrore out of
// a success, the others leave it empty.
func (w *xmlWriter) remarks(own, types string, list []remark, emptySeverity bool) {
	if len(list) == 0 {
		list = []remark{{outcomeOK, "Operazione eseguita correttamente", "0", ""}}
	}
	w.WriteString("<" + own + "ElencoErroriRicette>")
	for _, r := range list {
		w.WriteString("<" + types + "ErroreRicetta>")
		w.leaf(types, "codEsito", r.code)
		w.leaf(types, "esito", r.text)
		w.leaf(types, "progPresc", r.item)
		if r.severity != "" || emptySeverity {
			w.leaf(types, "tipoErrore", r.severity)
		}
		w.WriteString("</" + types + "ErroreRicetta>")
	}
	w.WriteString("</" + own + "ElencoErroriRicette>")
}

func (w *xmlWriter) notices(own, types string, list ...notice) {
	w.WriteString("<" + own + "ElencoComunicazioni>")
	for _, n := range list {
		w.WriteString("<" + types + "Comunicazione>")
		w.leaf(types, "codice", n.code)
		w.leaf(types, "messaggio", n.text)
		w.WriteString("</" + types + "Comunicazione>")
	}
	w.WriteString("</" + own + "ElencoComunicazioni>")
}

// open starts an answer whose own namespace is the default one and whose types
// have ns2, the shape of send, cancel and lot.
func (w *xmlWriter) open(root, own, types, request string) {
	w.WriteString("<" + root + ` xmlns:ns3="` + request + `" xmlns:ns2="` + types + `" xmlns="` + own + `">`)
}
