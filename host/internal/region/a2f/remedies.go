package a2f

import (
	"regexp"
	"slices"
	"strings"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/wire"
)

// Remedy explains one code of the service to a doctor.
type Remedy struct {
	Code    string // as the manual writes it
	Kind    string // E error, W warning, F fatal; empty: an HTTP status
	Meaning string // Italian
	Advice  string // Italian
}

// Codes that change what the client does next.
const (
	codeRevokedBefore = "05"
	codeRevoked       = "06"
	codeExpired       = "07"
)

var (
	unknownToken = []string{"04", "19", "20", "603"}
	credentials  = []string{"600", "601", "602"}
)

const (
	again     = "Riprovare tra qualche minuto; se il problema rimane, rivolgersi all'assistenza di Sistema TS indicando il codice."
	program   = "È un difetto del programma o della configurazione: segnalarlo all'assistenza indicando il codice."
	profile   = "Controllare contesto e applicazione nel profilo della regione: per il medico RICETTA-DEM e PRESCRITTORE."
	newToken  = "Richiedere un nuovo ID-SESSIONE, o leggerlo sul portale sistemats.it alla voce Sicurezza, Gestione ID-SESSIONE."
	copyToken = "Copiare l'ID-SESSIONE più recente dalla mail o dal portale sistemats.it, oppure richiederne uno nuovo."
	password  = "Controllare nome utente e password sul portale sistemats.it: la password va rinnovata periodicamente. Non ripetere tentativi a caso."
	rightPin  = "Controllare il pincode (10 cifre) sul portale sistemats.it e inserirlo di nuovo."
)

// remedies in the order of the manual's two tables (section 5.1), and the two
// answers of the gateway before them.
var remedies = []Remedy{
	{"401", "", "Sistema TS non accetta la password.", password},
	{"500", "", "Sistema TS non riconosce l'utente.", password},
	{"01", "E", "Manca un dato obbligatorio.", program},
	{"02", "E", "Un dato è più lungo di quanto è consentito.", program},
	{"03", "E", "Una data non è nel formato richiesto.", program},
	{"04", "E", "Per questo medico non risulta l'ID-SESSIONE indicato.", copyToken},
	{"05", "W", "L'ID-SESSIONE era già revocato.", "Non occorre fare nulla."},
	{"06", "W", "L'ID-SESSIONE è stato revocato: ne è stato usato uno più recente, oppure è stato revocato a mano.", newToken},
	{"07", "W", "L'ID-SESSIONE è scaduto.", newToken},
	{"08", "E", "Un'opzione della richiesta è senza valore.", program},
	{"09", "E", "Un'opzione della richiesta è senza nome.", program},
	{"10", "E", "La richiesta contiene un'opzione che non è consentita.", program},
	{"11", "F", "Sistema TS non è riuscito a leggere le opzioni.", again},
	{"12", "E", "Nelle opzioni manca il contesto.", program},
	{"13", "F", "Sistema TS non è riuscito a leggere le opzioni.", again},
	{"14", "F", "Sistema TS non è riuscito a verificare un'opzione.", again},
	{"15", "E", "Un'opzione ha un valore che non è tra quelli previsti.", program},
	{"16", "F", "Sistema TS non è riuscito a verificare un'opzione.", again},
	{"17", "F", "Sistema TS non è riuscito a verificare un'opzione.", again},
	{"18", "E", "Un'opzione ha un valore fuori dai limiti.", program},
	{"19", "E", "Per questo medico non risulta l'ID-SESSIONE indicato.", copyToken},
	{"20", "E", "Per questo medico non risulta l'ID-SESSIONE indicato.", copyToken},
	{"21", "E", "Manca il tipo di identificativo.", program},
	{"22", "E", "Contesto e applicazione non sono quelli attesi.", profile},
	{"99", "F", "Errore interno di Sistema TS.", again},
	{"9999", "F", "Errore interno di Sistema TS.", again},
	{"9998", "E", "Contesto e applicazione non sono quelli attesi.", profile},
	{"9997", "F", "Il contesto non è configurato presso Sistema TS.", profile},
	{"600", "E", "La richiesta è arrivata senza credenziali.", "Inserire nome utente e password di Sistema TS; se ci sono già, verificare che il proxy non le tolga."},
	{"601", "E", "L'utente non è conosciuto da Sistema TS.", "Controllare il nome utente; se è giusto, chiedere alla propria ASL l'abilitazione a Sistema TS."},
	{"602", "E", "L'utente che accede non è quello indicato nella richiesta.", "Se si accede con un nickname, indicare nelle impostazioni anche il codice utente di Sistema TS."},
	{"603", "E", "L'ID-SESSIONE indicato non esiste.", copyToken},
	{"300", "E", "Manca un dato obbligatorio.", "Completare nelle impostazioni i dati del medico: codice fiscale, pincode, regione, ASL."},
	{"301", "E", "Il pincode non ha la forma giusta.", rightPin},
	{"302", "E", "Il pincode non è quello dell'utente.", rightPin},
	{"303", "E", "Il tipo di identificativo non è quello previsto per l'utente.", "Verificare che l'utenza di Sistema TS sia quella di un medico."},
	{"304", "E", "Sistema TS non ha un pincode per questo utente.", "Verificare sul portale sistemats.it che all'utenza sia assegnato un pincode."},
	{"305", "E", "Per questo tipo di utente l'identificativo non è previsto.", "Verificare che l'utenza di Sistema TS sia quella di un medico."},
	{"306", "E", "Il codice fiscale non è quello dell'utente.", "Correggere il codice fiscale nelle impostazioni: deve essere quello dell'utenza di Sistema TS."},
	{"307", "E", "Regione, ASL o SSA non sono quelle dell'utente.", "Correggere nelle impostazioni i codici di regione e ASL; il codice SSA, se non assegnato, è 000000."},
	{codeNoAddress, "E", "Sistema TS non vede l'indirizzo da cui arriva la richiesta.", "Riprovare; se il problema rimane, controllare con l'assistenza della rete il proxy o la VPN."},
	{"700", "E", "Sistema TS non è riuscito a decifrare il pincode.", "Aggiornare il certificato di cifratura SanitelCF nel profilo della regione."},
	{"100", "E", "Sistema TS non è riuscito a spedire la mail.", "Riprovare tra qualche minuto, o leggere l'ID-SESSIONE sul portale sistemats.it alla voce Sicurezza, Gestione ID-SESSIONE."},
	{"200", "E", "Nessuna casella di posta è certificata per questo utente.", "Accedere a sistemats.it con SPID, CIE o TS-CNS e scegliere Sicurezza, Certifica mail; oppure leggere l'ID-SESSIONE alla voce Gestione ID-SESSIONE."},
}

// codeNoAddress tells the second meaning of 307 from the first.
const codeNoAddress = "307 IP"

// Remedies are all explanations, in the manual's order.
func Remedies() []Remedy { return slices.Clone(remedies) }

// canonical writes a code as the manual does: two digits at least.
func canonical(code string) string {
	code = strings.TrimLeft(exchange.Short(code), "0")
	for len(code) < 2 {
		code = "0" + code
	}
	return code
}

var someCode = regexp.MustCompile(`(?i)[A-Z0-9]{11,}`) // codici fiscali, whole or cut short

// explain turns a code into what the doctor reads. The service's own text is
// shown for unknown codes only, without codes of people: it may repeat what was
// sent.
func explain(r remark) wire.Notice {
	key := r.code
	if key == "307" && strings.Contains(" "+strings.ToUpper(r.text)+" ", " IP ") {
		key = codeNoAddress
	}
	for _, known := range remedies {
		if known.Code == key && known.Kind != "" {
			return wire.Notice{Code: r.code, Text: known.Meaning, Remedy: known.Advice}
		}
	}
	text := []rune(someCode.ReplaceAllString(r.text, "…"))
	return wire.Notice{Code: r.code, Text: string(text[:min(len(text), 256)]), Remedy: again}
}

func notices(remarks []remark) []wire.Notice {
	list := make([]wire.Notice, 0, len(remarks))
	for _, r := range remarks {
		list = append(list, explain(r))
	}
	return list
}

// refused is the error of an answer that says no. The first code decides.
func refused(a answer) error {
	all := append(slices.Clone(a.errors), a.warnings...)
	e := &exchange.Error{Code: wire.ErrA2F, Notices: notices(all)}
	if len(all) == 0 {
		return e
	}
	e.Detail = all[0].code
	switch {
	case slices.Contains(credentials, e.Detail):
		e.Code = wire.ErrCredentials
	case slices.Contains(unknownToken, e.Detail):
		e.Code = wire.ErrTokenForm
	}
	return e
}

// unauthorised is a refusal by the gateway.
func unauthorised(detail, status string) error {
	e := &exchange.Error{Code: wire.ErrCredentials, Detail: detail}
	for _, r := range remedies {
		if r.Code == status {
			e.Notices = []wire.Notice{{Code: status, Text: r.Meaning, Remedy: r.Advice}}
		}
	}
	return e
}
