package ricetta

import "raccordo/host/internal/wire"

// CodeUsedNRE: the number has a prescription already; to a repeated request it
// is the answer of a success. The ministry's own code for it is not public:
// this is the simulated region's.
const CodeUsedNRE = "5004"

// CodeNotSSN comes with state 5 when a prescription was dispensed at the
// patient's own expense (SPEC24 section 4.2.3).
const CodeNotSSN = "5221"

// Explanation is what a code of the region means and what to do about it, in
// Italian.
type Explanation struct{ Code, Text, Remedy string }

// Four codes speak of the therapeutic plan; what tells them apart stands in the
// region's own text only.
const (
	planText   = "Il riferimento al piano terapeutico AIFA manca o non è accettato per questa ricetta."
	planRemedy = "Verificare numero di protocollo, assistito, farmaco e quantità del piano terapeutico; se manca o è scaduto, chiederne uno al centro prescrittore."
)

// Explanations are the codes that are known: those of SPEC24, those seen at the
// ministry's test system, and those that regional systems show. No full list is
// public, so an unknown code is no error.
var Explanations = []Explanation{
	{OutcomeOK, "Operazione eseguita correttamente.", "Non occorre fare nulla."},
	{OutcomeWarnings, "Ricetta inserita con segnalazioni: è valida.", "Leggere le segnalazioni e, se un dato è sbagliato, annullare la ricetta e prescriverla di nuovo."},
	{OutcomeRefused, "Operazione rifiutata: la ricetta non è stata inserita.", "Correggere i dati indicati negli errori e inviare di nuovo."},
	{"0100", "Nessuna comunicazione per l'invio.", "Non occorre fare nulla."},
	{"0200", "Nessuna comunicazione per la visualizzazione.", "Non occorre fare nulla."},
	{"0300", "Nessuna comunicazione per l'annullamento.", "Non occorre fare nulla."},
	{"0400", "Nessuna comunicazione per l'elenco dei numeri di ricetta.", "Non occorre fare nulla."},
	{codeDPC, "La ricetta contiene farmaci in distribuzione per conto (DPC) nella regione di prescrizione.", "Avvisare l'assistito: fuori regione lo stesso farmaco potrebbe non essere in DPC."},
	{codeSentence, "Frase della Regione, approvata dal Ministero, stampata in fondo al promemoria.", "Non occorre fare nulla: la frase è già nel promemoria della Regione."},
	{codeDoctorName, "Nome del medico come registrato dal Sistema TS.", "Se è sbagliato, chiedere la correzione alla propria ASL."},
	{codeDoctorSurname, "Cognome del medico come registrato dal Sistema TS.", "Se è sbagliato, chiedere la correzione alla propria ASL."},
	{"1020", "L'ASL del medico non corrisponde a quella registrata dal Sistema TS.", "Correggere l'ASL nel profilo del medico (per un sostituto: quella del titolare)."},
	{"1024", "Il carattere di controllo del codice fiscale dell'assistito non è corretto.", "Verificare il codice sulla tessera sanitaria; se è sbagliato, annullare la ricetta e prescriverla di nuovo."},
	{"1120", "Lo stato della ricetta non permette l'annullamento: si annulla solo una ricetta ancora da erogare.", "Verificare lo stato della ricetta; se è in carico a un erogatore, chiedergli di rilasciarla."},
	{"1125", "La ricetta può essere annullata solo da chi l'ha prescritta.", "Una ricetta del sostituto va annullata dal sostituto, con le sue credenziali."},
	{"1140", "L'utente non è autorizzato a questa operazione.", "Disconnettersi e accedere di nuovo con il ruolo di medico prescrittore."},
	{"1153", "Per la ricerca a intervallo di date manca il tipo di prescrizione.", "Ripetere la ricerca indicando ricette farmaceutiche o specialistiche."},
	{"1157", "I dati della non sostituibilità non sono completi o non sono coerenti.", "Indicare il codice AIC e il codice di motivazione, oppure togliere la non sostituibilità."},
	{"1176", "Per il farmaco prescritto la nota AIFA è obbligatoria.", "Indicare la nota AIFA del farmaco, se l'assistito vi rientra; altrimenti usare la ricetta bianca."},
	{"1185", "La ricetta mescola farmaci di categorie che vanno prescritti separatamente.", "Dividere i farmaci in più ricette."},
	{"1190", "Uno stupefacente non può essere prescritto su questa ricetta bianca.", "Usare la ricetta prevista dalla legge per la sezione dello stupefacente."},
	{"1194", "Il farmaco non è prescrivibile a carico del Servizio sanitario.", "Scegliere un altro farmaco o usare la ricetta bianca."},
	{"1195", "Mancano informazioni aggiuntive obbligatorie per il farmaco o la prestazione.", "Completare note, posologia, nota AIFA o piano terapeutico, come richiesto dal testo dell'errore."},
	{"1198", "L'assistito non risulta a carico del Servizio sanitario nazionale.", "Aggiornare i dati dell'assistito; per uno straniero scegliere il tipo di ricetta giusto."},
	{"1200", "Il codice fiscale dell'assistito è stato sostituito da un altro.", "Sincronizzare l'assistito e usare il codice fiscale attuale."},
	{"1208", "La ripetibilità indicata non è prevista.", "Correggere la ripetibilità della ricetta o lasciarla vuota."},
	{"1212", "Il medico sostituto indicato non è l'utente che invia.", "Accedere con le credenziali del sostituto o disattivare la modalità «medico sostituto»."},
	{"1219", "La classe del farmaco non è ammessa per questa prescrizione.", "Scegliere un farmaco di classe ammessa o usare la ricetta bianca."},
	{"1233", "Manca la diagnosi o il quesito diagnostico.", "Indicare il codice o la descrizione della diagnosi."},
	{"1321", planText, planRemedy},
	{"1322", planText, planRemedy},
	{"1328", planText, planRemedy},
	{"1338", planText, planRemedy},
	{"1344", "Per una prestazione ciclica la quantità deve essere 1.", "Scrivere quantità 1 e, per più cicli, ripetere la riga."},
	{CodeUsedNRE, "Il numero di ricetta elettronica è già utilizzato.", "Verificare la ricetta con questo numero: un invio ripetuto può avere già avuto successo."},
	{"5005", "La Regione non conosce questo numero di ricetta elettronica.", "Verificare il numero; se l'invio non ha avuto risposta, inviare di nuovo con lo stesso numero."},
	{"9101", "Manca il secondo fattore di autenticazione (ID-SESSIONE), o non è più valido.", "Collegarsi di nuovo alla Regione e ripetere l'invio."},
	{CodeNotSSN, "La ricetta è stata erogata non a carico del Servizio sanitario nazionale.", "Non occorre fare nulla: la ricetta non è più utilizzabile."},
	{"ED0072", "L'esenzione indicata non risulta valida per l'assistito.", "Sincronizzare l'assistito e scegliere una delle sue esenzioni."},
	{"ED0237", "L'esenzione indicata non è ammessa per l'età dell'assistito.", "Scegliere l'esenzione giusta per l'età o togliere il codice."},
}

// paperOnly: 060120 to 060130 of a regional system say that a specialist
// prescription has to be written on paper.
var paperOnly = Explanation{
	Text:   "La Regione non accetta questa prescrizione in forma elettronica.",
	Remedy: "Usare la ricetta rossa cartacea.",
}

// Explain tells what a code means and what to do; ok is false for a code that
// is not known.
func Explain(code string) (text, remedy string, ok bool) {
	for _, e := range Explanations {
		if e.Code == code {
			return e.Text, e.Remedy, true
		}
	}
	if len(code) == 6 && code >= "060120" && code <= "060130" && digits(code) {
		return paperOnly.Text, paperOnly.Remedy, true
	}
	return "", "", false
}

// FillRemedies writes into list, in place, the remedy of every code that is
// known. What the region wrote stays; where it wrote nothing our own words
// stand.
func FillRemedies(list []wire.Notice) {
	for i, n := range list {
		text, remedy, ok := Explain(n.Code)
		if !ok {
			continue
		}
		if n.Text == "" {
			list[i].Text = text
		}
		if n.Remedy == "" {
			list[i].Remedy = remedy
		}
	}
}
