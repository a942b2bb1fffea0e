package region

import (
	"regexp"

	"raccordo/host/internal/sim/region/xsd"
)

// Schemas of the answers: what this simulator says is held against them in its
// own tests.

func fourDigits(namespace string) *xsd.Simple {
	return &xsd.Simple{Name: "{" + namespace + "}codEsitoType", Max: -1, Pattern: regexp.MustCompile(`^[0-9]{4}$`)}
}

var base64Text = &xsd.Simple{Name: "base64Binary", Max: -1, Pattern: regexp.MustCompile(`^[A-Za-z0-9+/]*={0,2}$`)}

// listed is a list of one kind of element.
func listed(space, list, types, one string, minimum int, parts ...xsd.Element) xsd.Element {
	return xsd.Element{Space: space, Local: list, Max: 1, Complex: &xsd.Complex{Sequence: []xsd.Element{
		{Space: types, Local: one, Min: minimum, Max: xsd.Unbounded, Complex: &xsd.Complex{Sequence: parts}},
	}}}
}

func errorsOf(space, types string) xsd.Element {
	return listed(space, "ElencoErroriRicette", types, "ErroreRicetta", 1,
		required(types, "codEsito", fourDigits(types)), optional(types, "esito", text), optional(types, "progPresc", text), optional(types, "tipoErrore", text))
}

func noticesOf(space, types string) xsd.Element {
	return listed(space, "ElencoComunicazioni", types, "Comunicazione", 1, required(types, "codice", text), required(types, "messaggio", text))
}

var sendAnswerSchema = &xsd.Element{Space: nsSendAnswer, Local: "InvioPrescrittoRicevuta", Complex: &xsd.Complex{Sequence: []xsd.Element{
	optional(nsSendAnswer, "nre", nreText), optional(nsSendAnswer, "codAutenticazione", text), optional(nsSendAnswer, "dataInserimento", dateTime),
	required(nsSendAnswer, "codEsitoInserimento", fourDigits(nsTypes)), errorsOf(nsSendAnswer, nsTypes), noticesOf(nsSendAnswer, nsTypes),
	optional(nsSendAnswer, "flagPromemoria", upTo1), optional(nsSendAnswer, "pdfPromemoria", base64Text),
}}}

// viewAnswerSchema has the fields of the request, all optional, and four more.
var viewAnswerSchema = func() *xsd.Element {
	parts := []xsd.Element{optional(nsViewAnswer, "nre", nreText)}
	for _, e := range sendSchema.Complex.Sequence {
		if e.Local == "pinCode" || e.Local == "nre" {
			continue
		}
		e.Space, e.Min = nsViewAnswer, 0
		parts = append(parts, e)
	}
	parts = append(parts, optional(nsViewAnswer, "statoProcesso", text), optional(nsViewAnswer, "codAutenticazione", text), optional(nsViewAnswer, "dataInserimento", dateTime),
		required(nsViewAnswer, "codEsitoVisualizzazione", fourDigits(nsTypes)), errorsOf(nsViewAnswer, nsTypes), noticesOf(nsViewAnswer, nsTypes))
	return &xsd.Element{Space: nsViewAnswer, Local: "VisualizzaPrescrittoRicevuta", Complex: &xsd.Complex{Sequence: parts}}
}()

var cancelAnswerSchema = &xsd.Element{Space: nsCancelAnswer, Local: "AnnullaPrescrittoRicevuta", Complex: &xsd.Complex{Sequence: []xsd.Element{
	required(nsCancelAnswer, "nre", nreText), required(nsCancelAnswer, "codEsitoAnnullamento", fourDigits(nsTypes)), errorsOf(nsCancelAnswer, nsTypes), noticesOf(nsCancelAnswer, nsTypes),
}}}

var usedAnswerSchema = &xsd.Element{Space: nsUsedAnswer, Local: "InterrogaNreUtilRicevuta", Complex: &xsd.Complex{Sequence: []xsd.Element{
	required(nsUsedAnswer, "codEsitoInterrogaNreUtilizzati", fourDigits(nsTypes)),
	listed(nsUsedAnswer, "ElencoNreUtilRecord", nsTypes, "NreUtilRecord", 0,
		optional(nsTypes, "nre", nreText), optional(nsTypes, "cfMedico", doctorCode), optional(nsTypes, "tipoPrescrizione", prescribingKind),
		optional(nsTypes, "dataCompilazioneRicetta", fullDateTime), optional(nsTypes, "cfAssistito", doctorCode), optional(nsTypes, "provenienza", text),
		optional(nsTypes, "lotto", text), optional(nsTypes, "codAutenticazione", text)),
	errorsOf(nsUsedAnswer, nsTypes), noticesOf(nsUsedAnswer, nsTypes),
}}}

var tablesAnswerSchema = &xsd.Element{Space: nsTablesAnswer, Local: "ServiceAnagRicevuta", Complex: sequence(
	[]xsd.Element{optional(nsTablesAnswer, "nomefileCSV", text), optional(nsTablesAnswer, "fileCSV", base64Text)},
	texts(nsTablesAnswer, "opzione1", "opzione2", "opzione3", "opzione4", "opzione5"),
	[]xsd.Element{required(nsTablesAnswer, "codEsitoOperazione", fourDigits(nsTablesTypes)), errorsOf(nsTablesAnswer, nsTablesTypes), noticesOf(nsTablesAnswer, nsTablesTypes)},
)}

var declarationAnswerSchema = &xsd.Element{Space: nsDeclarationAnswer, Local: "DichiarazioneSostituzioneMedicoRicevuta", Complex: &xsd.Complex{Sequence: []xsd.Element{
	required(nsDeclarationAnswer, "codEsitoInserimento", fourDigits(nsDeclarationTypes)), optional(nsDeclarationAnswer, "dataInserimento", dateTime),
	listed(nsDeclarationAnswer, "ElencoErrori", nsDeclarationTypes, "Errore", 1,
		required(nsDeclarationTypes, "codEsito", fourDigits(nsDeclarationTypes)), optional(nsDeclarationTypes, "esito", text), optional(nsDeclarationTypes, "tipoErrore", text)),
	noticesOf(nsDeclarationAnswer, nsDeclarationTypes),
}}}

var lotAnswerSchema = &xsd.Element{Space: nsLotAnswer, Local: "LottoRicevutaNRE", Complex: &xsd.Complex{Sequence: []xsd.Element{
	optional(nsLotAnswer, "CodRegione", &xsd.Simple{Min: 3, Max: 3}), optional(nsLotAnswer, "CodRagLotto", &xsd.Simple{Min: 2, Max: 2}),
	optional(nsLotAnswer, "IdentificativoLotto", digit(nsLotTypes, "integer1")), optional(nsLotAnswer, "CodLotto", &xsd.Simple{Min: 1, Max: 7}),
	optional(nsLotAnswer, "CFMedico", &xsd.Simple{Max: 16}), optional(nsLotAnswer, "CodEsito", &xsd.Simple{Min: 2, Max: 2}), optional(nsLotAnswer, "Esito", text),
}}}

// AnswerSchemas are the answers of all services, by the local name of their
// root.
func AnswerSchemas() map[string]*xsd.Element {
	all := map[string]*xsd.Element{}
	for _, e := range []*xsd.Element{sendAnswerSchema, viewAnswerSchema, cancelAnswerSchema, lotAnswerSchema, usedAnswerSchema, tablesAnswerSchema, declarationAnswerSchema} {
		all[e.Local] = e
	}
	return all
}
