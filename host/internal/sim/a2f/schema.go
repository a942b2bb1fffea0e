package a2f

import (
	"slices"

	"raccordo/host/internal/sim/region/xsd"
)

// Namespaces of the service (WSDL and XSD 0.1).
const (
	nsSOAP  = "http://schemas.xmlsoap.org/soap/envelope/"
	nsAuth  = "http://authservice.xsd.wsdl.auth.a2f.sts.sanita.finanze.it"
	nsTypes = "http://datatype.xsd.wsdl.auth.a2f.sts.sanita.finanze.it"
	actions = "http://wsdl.auth.a2f.sts.sanita.finanze.it/"
)

// operation of the port type.
type operation struct {
	name            string // and last part of the SOAPAction
	request, answer string
	answerer        func(*Service, call) reply
}

var operations = []operation{
	{"create", "CreateAuthReq", "CreateAuthRes", (*Service).create},
	{"revoke", "RevokeAuthReq", "RevokeAuthRes", (*Service).revokeToken},
	{"checkToken", "CheckTokenReq", "CheckTokenRes", (*Service).checkToken},
}

func limited(name string, low, high int) *xsd.Simple {
	return &xsd.Simple{Name: "{" + nsTypes + "}" + name, Min: low, Max: high}
}

func leaf(space, local string, least int, s *xsd.Simple) xsd.Element {
	return xsd.Element{Space: space, Local: local, Min: least, Max: 1, Simple: s}
}

func group(space, local string, most int, parts ...xsd.Element) xsd.Element {
	return xsd.Element{Space: space, Local: local, Max: most, Complex: &xsd.Complex{Sequence: parts}}
}

// schema is the complex type of a request.
func (op operation) schema() *xsd.Element {
	upTo256 := limited("stringTypeMax256", 0, 256)
	option := group(nsTypes, "opzione", 10, leaf(nsTypes, "chiave", 1, upTo256), leaf(nsTypes, "valore", 1, upTo256))
	option.Min = 1
	who := []xsd.Element{
		leaf(nsAuth, "userId", 0, limited("stringTypeMax16", 0, 16)),
		group(nsAuth, "identificativo", 1, leaf(nsTypes, "tipo", 1, limited("stringType2", 1, 2)), leaf(nsTypes, "valore", 1, upTo256)),
		leaf(nsAuth, "cfUtente", 0, limited("cfType", 16, 16)),
	}
	place := []xsd.Element{
		leaf(nsAuth, "codRegione", 0, limited("codRegioneType", 3, 3)),
		leaf(nsAuth, "codAslAo", 0, limited("codAslType", 3, 3)),
		leaf(nsAuth, "codSsa", 0, limited("codSsaType", 5, 6)),
		leaf(nsAuth, "codiceStruttura", 0, limited("codStrutturaType", 0, 10)),
	}
	if op.name != "create" {
		place = []xsd.Element{leaf(nsAuth, "token", 1, limited("tokenType", 36, 36))}
	}
	end := []xsd.Element{
		leaf(nsAuth, "contesto", 0, limited("contestoType", 1, 30)),
		leaf(nsAuth, "applicazione", 0, limited("applicazioneType", 0, 30)),
		group(nsAuth, "opzioni", 1, option),
		group(nsAuth, "infoAggiuntive", 1, option),
	}
	root := group(nsAuth, op.request, 1, slices.Concat(who, place, end)...)
	return &root
}

// loose is the same structure without mandatory elements and lengths, which
// the service judges by code.
func loose(e xsd.Element) xsd.Element {
	e.Min = 0
	if e.Simple != nil {
		e.Simple = &xsd.Simple{Name: e.Simple.Name, Max: -1}
		return e
	}
	parts := make([]xsd.Element, 0, len(e.Complex.Sequence))
	for _, p := range e.Complex.Sequence {
		parts = append(parts, loose(p))
	}
	e.Complex = &xsd.Complex{Sequence: parts}
	return e
}

// Validate holds a whole envelope against the published schema, lengths and
// all: what a careful client sends passes.
func Validate(envelope []byte) error {
	request, err := open(envelope)
	if err != nil {
		return err
	}
	for _, op := range operations {
		if op.request == request.Name.Local {
			return op.schema().Validate(request)
		}
	}
	return (&xsd.Element{Space: nsAuth, Local: operations[0].request}).Validate(request)
}
