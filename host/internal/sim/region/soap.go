package region

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"raccordo/host/internal/sim/region/xsd"
)

const (
	soapNamespace = "http://schemas.xmlsoap.org/soap/envelope/"
	maxRequest    = 256 << 10 // bytes; the largest real prescription has about 8 KiB
)

// operation is one SOAP service: where it lives, what it is called, what it
// takes and who answers. answer returns the child of soapenv:Body.
type operation struct {
	service Service
	path    string
	action  string
	schema  *xsd.Element
	answer  func(session, *xsd.Node) (string, error)
}

func (r *Region) operations() []operation {
	const prescribing = "/DemRicettaPrescrittoServicesWeb/services/"
	return []operation{
		{ServiceSend, prescribing + "demInvioPrescritto", "http://invioprescritto.wsdl.dem.sanita.finanze.it/InvioPrescritto", sendSchema, r.send},
		{ServiceView, prescribing + "demVisualizzaPrescritto", "http://visualizzaprescritto.wsdl.dem.sanita.finanze.it/VisualizzaPrescritto", viewSchema, r.view},
		{ServiceCancel, prescribing + "demAnnullaPrescritto", "http://annullaprescritto.wsdl.dem.sanita.finanze.it/AnnullaPrescritto", cancelSchema, r.cancelPrescription},
		{ServiceLot, "/ricettaElettronicaServicesWeb/services/nreRichiestaLottoPort", "http://lottorichiesta.wsdl.nre.mirsac.sanita.finanze.it/LottoRichiesta", lotSchema, r.lot},
		{ServiceUsed, "/DemRicettaInterrogazioniServicesWeb/services/demInterrogaNreUtilizzati", "http://interroganreassociati.wsdl.dem.sanita.finanze.it/InterrogaNreUtilizzati", usedSchema, r.used}, // sic: associati
		{ServiceTables, "/DemRicettaServiceAnagWeb/services/demServiceAnag", "http://serviceanag.wsdl.dem.sanita.finanze.it/ServiceAnag", tablesSchema, r.serviceAnag},
		{ServiceDeclare, "/DemRicettaServiceMedicoWeb/services/invioDichiarazioneSostituzioneMedico", "http://dichiarazionesostituzionemedico.wsdl.dem.sanita.finanze.it/DichiarazioneSostituzioneMedico", declarationSchema, r.substitution},
	}
}

// refuseLingering answers for a session that lives and processes nothing.
func (r *Region) refuseLingering(op operation) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, r.faultText(op, &fault{codeLingering, textLingering}))
	}
}

// fault is a SOAP 1.1 Fault (section 4.4).
type fault struct{ code, text string }

func (f *fault) Error() string { return f.code + ": " + f.text }

func clientFault(format string, args ...any) error {
	return &fault{"Client", fmt.Sprintf(format, args...)}
}

func (r *Region) soap(op operation) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
			return
		}
		media, params, err := mime.ParseMediaType(q.Header.Get("Content-Type"))
		if err != nil || media != "text/xml" {
			http.Error(w, "Unsupported Media Type: text/xml is required", http.StatusUnsupportedMediaType)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, q.Body, maxRequest))
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			http.Error(w, "Request Entity Too Large", http.StatusRequestEntityTooLarge)
			return
		}
		if err != nil {
			return // the client went away
		}
		r.received(q, body)
		answer, err := r.dispatch(op, sessionOf(q), q.Header.Values("SOAPAction"), params["charset"], body)
		status := http.StatusOK
		if err == nil {
			answer = xmlDeclaration + `<soapenv:Envelope xmlns:soapenv="` + soapNamespace + `"><soapenv:Body>` + answer + `</soapenv:Body></soapenv:Envelope>`
		} else {
			answer, status = r.faultText(op, err), http.StatusInternalServerError
		}
		r.executed(q, op, body, answer)
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer) // a client that went away needs no answer
	})
}

const xmlDeclaration = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

func (r *Region) dispatch(op operation, s session, actions []string, charset string, body []byte) (string, error) {
	if len(actions) != 1 || strings.Trim(actions[0], `"`) != op.action {
		return "", clientFault("Rejected by filter; SOAP action %q not allowed", strings.Join(actions, ", "))
	}
	request, err := openEnvelope(body, charset)
	if err != nil {
		return "", err
	}
	if err := op.schema.Validate(request); err != nil {
		return "", clientFault("%s", err.Error())
	}
	return op.answer(s, request)
}

// openEnvelope returns the only child of soap:Body. A charset in Content-Type
// wins over the XML declaration (RFC 7303).
func openEnvelope(body []byte, charset string) (*xsd.Node, error) {
	if latin := strings.ToLower(charset); latin == "iso-8859-1" || latin == "latin1" {
		body = latinToUTF8(body)
	} else if latin != "" && latin != "utf-8" && latin != "us-ascii" {
		return nil, clientFault("unsupported charset %q", charset)
	}
	root, err := xsd.Parse(body)
	if err != nil {
		return nil, clientFault("illegal XML: %s", err.Error())
	}
	if root.Name.Local != "Envelope" {
		return nil, clientFault("soap:Envelope is missing")
	}
	if root.Name.Space != soapNamespace {
		return nil, &fault{"VersionMismatch", "the envelope is not in namespace " + soapNamespace}
	}
	parts := root.Children
	if len(parts) > 0 && parts[0].Name == (xml.Name{Space: soapNamespace, Local: "Header"}) {
		if err := understand(parts[0]); err != nil {
			return nil, err
		}
		parts = parts[1:]
	}
	if len(parts) != 1 || parts[0].Name != (xml.Name{Space: soapNamespace, Local: "Body"}) || len(parts[0].Children) != 1 {
		return nil, clientFault("the envelope must hold one soap:Body with one element")
	}
	return parts[0].Children[0], nil
}

// understand refuses header blocks that must be understood: there are none.
func understand(header *xsd.Node) error {
	for _, block := range header.Children {
		for _, a := range block.Attrs {
			if a.Name == (xml.Name{Space: soapNamespace, Local: "mustUnderstand"}) && a.Value == "1" {
				return &fault{"MustUnderstand", "header " + block.Name.Local + " is not understood"}
			}
		}
	}
	return nil
}

// latinToUTF8 also blanks the declaration's encoding, which no longer holds.
func latinToUTF8(body []byte) []byte {
	runes := make([]rune, len(body))
	for i, b := range body {
		runes[i] = rune(b)
	}
	out := string(runes)
	if end := strings.Index(out, "?>"); strings.HasPrefix(out, "<?xml") && end > 0 {
		out = out[end+2:]
	}
	return []byte(out)
}

func (r *Region) faultText(op operation, err error) string {
	var f *fault
	if !errors.As(err, &f) {
		r.log.Error().Err(err).Str("service", string(op.service)).Msg("service failed")
		f = &fault{"Server", "Errore interno del servizio"}
	}
	r.log.Info().Str("service", string(op.service)).Str("code", f.code).Msg("SOAP fault")
	return xmlDeclaration + `<env:Envelope xmlns:env="` + soapNamespace + `"><env:Body><env:Fault><faultcode>env:` + f.code +
		`</faultcode><faultstring>` + escape(f.text) + `</faultstring></env:Fault></env:Body></env:Envelope>`
}
