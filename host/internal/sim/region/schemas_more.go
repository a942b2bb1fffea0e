package region

import "raccordo/host/internal/sim/region/xsd"

// The services around the prescription: numbers used, tables, substitutes.

// usedSchema: unlike those of a prescription, its dates must have 19
// characters where they are there (TipiDatiInterrogaNreUtilizzati).
var usedSchema = &xsd.Element{Space: nsUsed, Local: "InterrogaNreUtilRichiesta", Complex: &xsd.Complex{Sequence: []xsd.Element{
	required(nsUsed, "pinCode", text), required(nsUsed, "codRegione", regionCode), optional(nsUsed, "nre", nreText),
	optional(nsUsed, "codLotto", restricted("codLottoType", 1, 13)), required(nsUsed, "cfMedico", doctorCode),
	optional(nsUsed, "cfAssistito", doctorCode), optional(nsUsed, "tipoPrescr", prescribingKind),
	optional(nsUsed, "dataCompilazioneRicettaDal", fullDateTime), optional(nsUsed, "dataCompilazioneRicettaAl", fullDateTime),
}}}

var fullDateTime = restricted("dataOraType", 19, 19)

var tablesSchema = &xsd.Element{Space: nsTables, Local: "ServiceAnagRichiesta", Complex: sequence(
	[]xsd.Element{required(nsTables, "pinCode", text), required(nsTables, "tipoOperazione", text)},
	texts(nsTables, "codiceRegione", "nomeSWH", "mailSWH", "opzione1", "opzione2", "opzione3", "opzione4", "opzione5"),
)}

func ofDeclaration(name string, low, high int) *xsd.Simple {
	return &xsd.Simple{Name: "{" + nsDeclarationTypes + "}" + name, Min: low, Max: high}
}

var declarationSchema = &xsd.Element{Space: nsDeclaration, Local: "DichiarazioneSostituzioneMedicoRichiesta", Complex: &xsd.Complex{Sequence: []xsd.Element{
	required(nsDeclaration, "pinCode", text), required(nsDeclaration, "pwd", ofDeclaration("cfMedicoType", 1, 16)),
	required(nsDeclaration, "cfMedicoTitolare", ofDeclaration("cfMedicoType", 1, 16)),
	required(nsDeclaration, "codRegione", ofDeclaration("stringType3", 3, 3)), required(nsDeclaration, "codASLAo", ofDeclaration("stringType3", 3, 3)),
	optional(nsDeclaration, "codStruttura", text), required(nsDeclaration, "codSpecializzazione", ofDeclaration("stringType1", 1, 1)),
	required(nsDeclaration, "cfMedicoSostituto", ofDeclaration("cfMedicoType", 1, 16)),
	optional(nsDeclaration, "comunicazioneAsl", ofDeclaration("stringType2", 2, 2)),
	required(nsDeclaration, "dataInizioSostituzione", ofDeclaration("dataType", 8, 8)), required(nsDeclaration, "dataFineSostituzione", ofDeclaration("dataType", 8, 8)),
	optional(nsDeclaration, "nota", text),
	{Space: nsDeclaration, Local: "opzioni", Max: xsd.Unbounded, Complex: &xsd.Complex{Sequence: []xsd.Element{
		required(nsDeclarationTypes, "chiave", ofDeclaration("stringTypeMax300", 1, 300)), required(nsDeclarationTypes, "valore", ofDeclaration("stringTypeMax300", 1, 300)),
	}}},
}}}

// Schemas are the requests of all services, by the local name of their root.
func Schemas() map[string]*xsd.Element {
	all := map[string]*xsd.Element{}
	for _, e := range []*xsd.Element{sendSchema, viewSchema, cancelSchema, lotSchema, usedSchema, tablesSchema, declarationSchema} {
		all[e.Local] = e
	}
	return all
}
