package a2f

import (
	"strconv"
	"strings"
	"time"

	"raccordo/host/internal/ricetta"
)

const (
	xsdTime     = "2006-01-02T15:04:05.000-07:00" // xs:dateTime as the service writes it
	italianTime = "02/01/2006 15:04:05"
)

// problem is one errore.
type problem struct{ kind, code, text string }

// reply is what an operation has to say.
type reply struct {
	errors     []problem
	token      *grant // infoToken
	now        time.Time
	key, value string // info
	remarks    [][2]string
}

func (r *reply) remark(code, message string) {
	r.remarks = append(r.remarks, [2]string{code, message})
}

func (r *reply) codes() (list []string) {
	for _, e := range r.errors {
		list = append(list, e.code)
	}
	return list
}

// kinds of codes: E error, W warning, F fatal.
var kinds = map[string]string{"05": "W", "06": "W", "07": "W", "11": "F", "13": "F", "14": "F", "16": "F", "17": "F", "99": "F", "9999": "F", "9997": "F"}

// texts are in this simulator's words.
var texts = map[string]string{
	"01": "Parametro obbligatorio mancante", "02": "Parametro troppo lungo", "03": "Data non nel formato yyyymmddhh24miss",
	"04": "ID-SESSIONE non trovato con questi parametri", "05": "ID-SESSIONE già revocato", "06": "ID-SESSIONE revocato", "07": "ID-SESSIONE non più valido",
	"08": "Opzione senza valore", "09": "Opzione senza chiave", "10": "Opzione non consentita", "11": "Opzioni: errore interno",
	"12": "Opzioni: contesto mancante", "13": "Opzioni: errore interno", "14": "Opzioni: errore interno (regola)", "15": "Opzione fuori dominio",
	"16": "Opzioni: errore interno (minimo)", "17": "Opzioni: errore interno (massimo)", "18": "Opzione fuori intervallo",
	"19": "ID-SESSIONE non trovato con questi parametri", "20": "ID-SESSIONE non trovato con questi parametri", "21": "Tipo di identificativo mancante",
	"22": "Parametri errati per contesto e applicazione", "99": "Errore interno",
	"9999": "Errore interno", "9998": "Parametri errati per contesto e applicazione", "9997": "Contesto non configurato",
	"600": "Manca l'autenticazione basic", "601": "Utente sconosciuto al Sistema TS", "602": "L'utente autenticato non è quello di userId", "603": "ID-SESSIONE inesistente",
	"300": "Parametro obbligatorio mancante", "301": "Pincode malformato", "302": "Pincode errato", "303": "Identificativo non del tipo dell'utente",
	"304": "Identificativo non trovato", "305": "Identificativo non previsto per l'utente", "306": "Codice fiscale errato",
	"307": "Codici di regione, ASL e SSA errati", "700": "Errore di cifratura", "100": "Mail non inviata", "200": "Nessuna casella certificata",
}

// NoAddress is the second meaning of code 307, for Refuse.
const NoAddress = "307 IP"

// Codes are all codes of the manual's tables, those of Refuse.
func Codes() []string {
	list := []string{NoAddress}
	for code := range texts {
		list = append(list, code)
	}
	return list
}

func refuse(code string) reply {
	if code == NoAddress {
		return reply{errors: []problem{{"E", "307", "Indirizzo IP del client non disponibile"}}}
	}
	kind := kinds[code]
	if kind == "" {
		kind = "E"
	}
	return reply{errors: []problem{{kind, code, texts[code]}}}
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// writer writes elements as the manual's examples have them.
type writer struct{ strings.Builder }

func (w *writer) element(name, value string) {
	w.WriteString("<" + name + ">" + escape(value) + "</" + name + ">")
}

// envelope writes the answer with the prefixes of the manual's examples: ns2
// for the service, the types as default namespace.
func (r *reply) envelope(op operation) string {
	var w writer
	outcome := "0"
	if len(r.errors) > 0 {
		outcome = "1"
	}
	w.WriteString(`<soapenv:Envelope xmlns:soapenv="` + nsSOAP + `"><soapenv:Body><ns2:` + op.answer + ` xmlns:ns2="` + nsAuth + `" xmlns="` + nsTypes + `">`)
	w.element("ns2:codEsito", outcome)
	if len(r.errors) > 0 {
		w.WriteString("<ns2:errori>")
		for _, e := range r.errors {
			w.WriteString("<errore>")
			w.element("tipoErrore", e.kind)
			w.element("codEsito", e.code)
			w.element("descrEsito", e.text)
			w.WriteString("</errore>")
		}
		w.WriteString("</ns2:errori>")
	}
	if r.token != nil {
		w.token(r.token, r.now)
	}
	if r.key != "" {
		w.WriteString("<ns2:info>")
		w.element("chiave", r.key)
		w.element("valore", r.value)
		w.WriteString("</ns2:info>")
	}
	if len(r.remarks) > 0 {
		w.WriteString("<ns2:comunicazioni>")
		for _, n := range r.remarks {
			w.WriteString("<comunicazione>")
			w.element("codice", n[0])
			w.element("messaggio", n[1])
			w.WriteString("</comunicazione>")
		}
		w.WriteString("</ns2:comunicazioni>")
	}
	w.WriteString("</ns2:" + op.answer + "></soapenv:Body></soapenv:Envelope>")
	return w.String()
}

func (w *writer) token(g *grant, now time.Time) {
	state, description := 0, "Valido"
	switch g.at(now) {
	case revoked:
		state, description = 1, "Revocato"
	case expired:
		state, description = 2, "Scaduto"
	}
	w.WriteString("<ns2:infoToken>")
	w.element("stato", strconv.Itoa(state))
	w.element("descrizione", description)
	w.element("dataInizioValidita", g.from.In(ricetta.Rome()).Format(xsdTime))
	w.element("dataFineValidita", g.to.In(ricetta.Rome()).Format(xsdTime))
	w.WriteString("</ns2:infoToken>")
}
