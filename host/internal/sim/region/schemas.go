package region

import (
	"regexp"

	"raccordo/host/internal/sim/region/xsd"
)

// Namespaces of the ministry's services (WSDL and XSD 1.2).
const (
	nsTypes        = "http://tipodati.xsd.dem.sanita.finanze.it"
	nsSend         = "http://invioprescrittorichiesta.xsd.dem.sanita.finanze.it"
	nsSendAnswer   = "http://invioprescrittoricevuta.xsd.dem.sanita.finanze.it"
	nsView         = "http://visualizzaprescrittorichiesta.xsd.dem.sanita.finanze.it"
	nsViewAnswer   = "http://visualizzaprescrittoricevuta.xsd.dem.sanita.finanze.it"
	nsCancel       = "http://annullaprescrittorichiesta.xsd.dem.sanita.finanze.it"
	nsCancelAnswer = "http://annullaprescrittoricevuta.xsd.dem.sanita.finanze.it"
	nsLot          = "http://lottorichiesta.xsd.nre.mirsac.sanita.finanze.it"
	nsLotAnswer    = "http://lottoricevuta.xsd.nre.mirsac.sanita.finanze.it"
	nsLotTypes     = "http://tipodati.xsd.nre.mirsac.sanita.finanze.it"

	nsUsed              = "http://interroganreutilrichiesta.xsd.dem.sanita.finanze.it"
	nsUsedAnswer        = "http://interroganreutilricevuta.xsd.dem.sanita.finanze.it"
	nsTables            = "http://serviceanagrichiesta.xsd.dem.sanita.finanze.it"
	nsTablesAnswer      = "http://serviceanagricevuta.xsd.dem.sanita.finanze.it"
	nsTablesTypes       = "http://tipidatiserviceanag.xsd.dem.sanita.finanze.it"
	nsDeclaration       = "http://dichiarazionesostituzionemedicorichiesta.xsd.dem.sanita.finanze.it"
	nsDeclarationAnswer = "http://dichiarazionesostituzionemedicoricevuta.xsd.dem.sanita.finanze.it"
	nsDeclarationTypes  = "http://tipodatidichiarazionesostituzionemedico.xsd.dem.sanita.finanze.it"
)

func restricted(name string, low, high int) *xsd.Simple {
	return &xsd.Simple{Name: "{" + nsTypes + "}" + name, Min: low, Max: high}
}

func digit(namespace, name string) *xsd.Simple {
	return &xsd.Simple{Name: "{" + namespace + "}" + name, Max: -1, Pattern: regexp.MustCompile(`^[0-9]$`)}
}

// The simple types that requests use.
var (
	text            = restricted("stringType", 0, -1)
	upTo1           = restricted("string1Type", 0, 1)
	upTo10          = restricted("maxString10", 0, 10)
	nreText         = restricted("nreType", 0, 15)
	doctorCode      = restricted("cfMedicoType", 0, 16)
	regionCode      = restricted("codRegioneType", 3, 3)
	specialtyCode   = restricted("codSpecializzazioneType", 1, 1)
	formKind        = restricted("tipoRicettaType", 0, 2)
	prescribingKind = restricted("tipoPrescType", 1, 1)
	visitKind       = restricted("tipoVisitaType", 1, 1)
	indication      = restricted("indicPrescType", 0, 1)
	priority        = restricted("prioritaType", 0, 1)
	dateTime        = restricted("dataOraType", 0, 19)
	oneDigit        = digit(nsTypes, "integerType")
)

func required(space, local string, s *xsd.Simple) xsd.Element {
	return xsd.Element{Space: space, Local: local, Min: 1, Max: 1, Simple: s}
}

func optional(space, local string, s *xsd.Simple) xsd.Element {
	return xsd.Element{Space: space, Local: local, Max: 1, Simple: s}
}

func texts(space string, locals ...string) (list []xsd.Element) {
	for _, local := range locals {
		list = append(list, optional(space, local, text))
	}
	return list
}

func sequence(parts ...[]xsd.Element) *xsd.Complex {
	c := &xsd.Complex{}
	for _, p := range parts {
		c.Sequence = append(c.Sequence, p...)
	}
	return c
}

// itemSchema is dettaglioPrescrizioneType.
var itemSchema = sequence(
	texts(nsTypes, "codProdPrest", "descrProdPrest", "codGruppoEquival", "descrGruppoEquival", "testoLibero",
		"descrTestoLiberoNote", "nonSost", "motivazNote", "codMotivazione", "notaProd"),
	[]xsd.Element{required(nsTypes, "quantita", oneDigit)},
	texts(nsTypes, "prescrizione1", "prescrizione2", "codCatalogoPrescr"),
	[]xsd.Element{
		optional(nsTypes, "tipoAccesso", upTo1), optional(nsTypes, "numeroNota", upTo10), optional(nsTypes, "condErogabilita", upTo10),
		optional(nsTypes, "approprPrescrittiva", upTo10), optional(nsTypes, "patologia", upTo10), optional(nsTypes, "numsedute", oneDigit),
	})

var sendSchema = &xsd.Element{Space: nsSend, Local: "InvioPrescrittoRichiesta", Complex: sequence(
	[]xsd.Element{required(nsSend, "pinCode", text), required(nsSend, "cfMedico1", doctorCode), optional(nsSend, "cfMedico2", doctorCode),
		required(nsSend, "codRegione", regionCode), required(nsSend, "codASLAo", text), optional(nsSend, "codStruttura", text),
		required(nsSend, "codSpecializzazione", specialtyCode)},
	texts(nsSend, "testata1", "testata2"),
	[]xsd.Element{optional(nsSend, "nre", nreText), optional(nsSend, "tipoRic", formKind)},
	texts(nsSend, "codiceAss", "cognNome", "indirizzo", "oscuramDati", "numTessSasn", "socNavigaz"),
	[]xsd.Element{required(nsSend, "tipoPrescrizione", prescribingKind)},
	texts(nsSend, "ricettaInterna", "codEsenzione", "nonEsente", "reddito", "codDiagnosi", "descrizioneDiagnosi"),
	[]xsd.Element{required(nsSend, "dataCompilazione", dateTime), required(nsSend, "tipoVisita", visitKind)},
	texts(nsSend, "dispReg", "provAssistito", "aslAssistito"),
	[]xsd.Element{optional(nsSend, "indicazionePrescr", indication), optional(nsSend, "altro", indication), optional(nsSend, "classePriorita", priority)},
	texts(nsSend, "statoEstero", "istituzCompetente", "numIdentPers", "numIdentTess"),
	[]xsd.Element{optional(nsSend, "dataNascitaEstero", dateTime), optional(nsSend, "dataScadTessera", dateTime),
		{Space: nsSend, Local: "ElencoDettagliPrescrizioni", Min: 1, Max: 1, Complex: &xsd.Complex{Sequence: []xsd.Element{
			{Space: nsTypes, Local: "DettaglioPrescrizione", Min: 1, Max: xsd.Unbounded, Complex: itemSchema},
		}}}},
)}

var viewSchema = &xsd.Element{Space: nsView, Local: "VisualizzaPrescrittoRichiesta", Complex: byNumber(nsView)}

var cancelSchema = &xsd.Element{Space: nsCancel, Local: "AnnullaPrescrittoRichiesta", Complex: byNumber(nsCancel)}

func byNumber(space string) *xsd.Complex {
	return &xsd.Complex{Sequence: []xsd.Element{required(space, "pinCode", text), required(space, "nre", nreText), required(space, "cfMedico", doctorCode)}}
}

var lotSchema = &xsd.Element{Space: nsLot, Local: "LottoRichiestaNRE", Complex: &xsd.Complex{Sequence: []xsd.Element{
	required(nsLot, "CodRegione", &xsd.Simple{Name: "{" + nsLotTypes + "}CodRegioneType", Min: 3, Max: 3}),
	required(nsLot, "IdentificativoLotto", digit(nsLotTypes, "integer1")),
	optional(nsLot, "CFMedico", &xsd.Simple{Name: "{" + nsLotTypes + "}CFMedicoType", Max: 16}),
}}}
