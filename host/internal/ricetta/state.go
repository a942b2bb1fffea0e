package ricetta

// stateTexts are the states of a prescription (MEF/Sogei, part 1, section 7).
var stateTexts = map[string]string{
	"1":  "Lotto richiesto",
	"2":  "Numero assegnato al medico",
	"3":  "Da erogare",
	"4":  "Annullata dal prescrittore",
	"5":  "In carico all'erogatore",
	"6":  "Sospesa dall'erogatore",
	"7":  "Singola prestazione erogata",
	"8":  "Erogata",
	"9":  "Erogazione annullata",
	"10": "Scaduta",
}

// StateText is statoProcesso in words, in Italian.
func StateText(statoProcesso string) string {
	if text, ok := stateTexts[statoProcesso]; ok {
		return text
	}
	return "Stato non previsto (" + statoProcesso + ")"
}
