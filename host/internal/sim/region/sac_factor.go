package region

import (
	"context"
	"net/http"

	"raccordo/host/internal/sim/region/xsd"
)

// missingFactor is what the ministry says since December 2025 when the header
// Authorization2F is missing, or its ID-SESSIONE revoked or expired: the code
// and the sentence are known from the field, where it was a warning before the
// second factor became a duty. It is in no specification.
var missingFactor = refused("9101", "id-sessione non presente o non valido. Valore atteso in http header con campo Authorization2F")

func inSession(q *http.Request, s session) *http.Request {
	return q.WithContext(context.WithValue(q.Context(), sessionKey{}, s))
}

// lackingFactor answers op with nothing but missingFactor. An outcome of a lot
// has two digits (its schema), so that there the code is that of a fault, which
// is this simulator's own choice.
func lackingFactor(op operation) func(session, *xsd.Node) (string, error) {
	list := []remark{missingFactor}
	return func(_ session, q *xsd.Node) (string, error) {
		var w xmlWriter
		switch op.service {
		case ServiceSend:
			w.open("InvioPrescrittoRicevuta", nsSendAnswer, nsTypes, nsSend)
			w.leaf("", "codEsitoInserimento", outcomeRefused)
			w.remarks("", "ns2:", list, false)
			w.notices("", "ns2:", notice{"0100", "Nessuna comunicazione."})
			w.WriteString("</InvioPrescrittoRicevuta>")
		case ServiceView:
			w.WriteString(`<ns2:VisualizzaPrescrittoRicevuta xmlns:ns3="` + nsView + `" xmlns="` + nsTypes + `" xmlns:ns2="` + nsViewAnswer + `">`)
			w.leaf("ns2:", "nre", q.Value("nre"))
			w.leaf("ns2:", "codEsitoVisualizzazione", outcomeRefused)
			w.remarks("ns2:", "", list, true)
			w.notices("ns2:", "", notice{"0200", "Nessuna comunicazione."})
			w.WriteString("</ns2:VisualizzaPrescrittoRicevuta>")
		case ServiceCancel:
			w.open("AnnullaPrescrittoRicevuta", nsCancelAnswer, nsTypes, nsCancel)
			w.leaf("", "nre", q.Value("nre"))
			w.leaf("", "codEsitoAnnullamento", outcomeRefused)
			w.remarks("", "ns2:", list, true)
			w.notices("", "ns2:", notice{"0300", "Nessuna comunicazione."})
			w.WriteString("</AnnullaPrescrittoRicevuta>")
		case ServiceUsed:
			w.open("InterrogaNreUtilRicevuta", nsUsedAnswer, nsTypes, nsUsed)
			w.leaf("", "codEsitoInterrogaNreUtilizzati", outcomeRefused)
			w.remarks("", "ns2:", list, true)
			w.notices("", "ns2:", notice{"0400", "Nessuna comunicazione."})
			w.WriteString("</InterrogaNreUtilRicevuta>")
		case ServiceTables:
			w.open("ServiceAnagRicevuta", nsTablesAnswer, nsTablesTypes, nsTables)
			w.leaf("", "codEsitoOperazione", outcomeRefused)
			w.remarks("", "ns2:", list, true)
			w.WriteString("</ServiceAnagRicevuta>")
		case ServiceDeclare:
			w.declarationReceipt(list, "")
		default:
			return "", &fault{missingFactor.code, missingFactor.text}
		}
		return w.String(), nil
	}
}
