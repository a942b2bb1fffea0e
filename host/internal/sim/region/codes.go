package region

// codeTexts are the ministry's codes that were seen in the field, in words: of
// its test system where a text is known, else of what the code is about. Rules
// raise those whose rule is known; all of them can be ordered.
var codeTexts = map[string]string{
	"1020": "Codice Asl medico non valido",
	"1024": "Codice fiscale assistito: carattere di controllo non corretto",
	"1120": "Operazione non consentita - Annullamento ricetta, stato non valido",
	"1125": "Visualizzazione non consentita - cf medico non valido, diverso da quello associato NRE",
	"1140": "Utente non autorizzato all'operazione",
	"1153": "Tipo prescrizione obbligatorio per la ricerca per intervallo di date",
	"1157": "Non sostituibilità: indicare il codice della motivazione",
	"1176": "Nota AIFA obbligatoria per il farmaco prescritto",
	"1185": "Ricetta con farmaci di categorie diverse: prescrivere separatamente",
	"1190": "Farmaco stupefacente: indicare posologia e recapito del medico nelle note",
	"1194": "Farmaco non prescrivibile a carico del SSN",
	"1195": "Informazioni aggiuntive obbligatorie per il farmaco prescritto",
	"1198": "Assistito non a carico del SSN",
	"1200": "Codice fiscale assistito sostituito da un altro",
	"1208": "Ripetibilità del farmaco non nota",
	"1212": "Codice fiscale del medico sostituto diverso da quello dell'utente inviante",
	"1219": "Classe del farmaco non ammessa",
	"1233": "Indicare obbligatoriamente la diagnosi/quesito diagnostico in maniera testuale o tramite uno specifico codice",
	"1321": "Piano terapeutico AIFA obbligatorio per il farmaco prescritto",
	"1322": "Piano terapeutico AIFA: protocollo non presente sul sistema",
	"1328": "Piano terapeutico AIFA scaduto",
	"1338": "Piano terapeutico AIFA di un altro assistito",
	"1344": "Prestazioni cicliche: la quantità deve essere 1",
	"5004": "Numero Ricetta Elettronica già utilizzato",
	"5005": "Numero Ricetta Elettronica non presente sul sistema",
	"5221": "Ricetta presa in carico per erogazione non a carico del SSN",
	"9101": missingFactor.text,
}

// TextOf is a code in words.
func TextOf(code string) string {
	if text := codeTexts[code]; text != "" {
		return text
	}
	return "Errore " + code + " (SIMULATORE)"
}

// refuse is a blocking remark on the whole prescription, in the code's words.
func refuse(code string) remark { return refused(code, codeTexts[code]) }
