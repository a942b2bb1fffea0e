package main

import (
	"fmt"
	"strings"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/texts"
	"raccordo/host/internal/wire"
)

// fates are the states of a prescription in charge, in words.
var fates = map[wire.SendState]string{
	wire.Draft: "per più tardi", wire.Queued: "in attesa", wire.Sent: "trasmessa",
	wire.Refused: "in errore", wire.Unknown: "esito ignoto", wire.Cancelled: "annullata",
}

func fateText(s wire.SendState) string {
	if text, ok := fates[s]; ok {
		return text
	}
	return string(s)
}

// resultLines words what became of one prescription; the first line names it.
func resultLines(name string, r wire.PrescriptionResult) []string {
	head := name + ": " + fateText(r.State)
	if r.NRE != "" {
		head += ", NRE " + r.NRE
	}
	if r.CodAutenticazione != "" {
		head += ", codice autenticazione " + r.CodAutenticazione
	}
	if r.NextAttempt != "" {
		head += ", nuovo tentativo " + instant(r.NextAttempt)
	}
	lines := []string{head}
	if r.Problem != nil {
		lines = append(lines, problem("  ", r.Problem.Data.Code)...)
	}
	lines = append(lines, noticeLines("  ", r.Errors)...)
	return append(lines, noticeLines("  Avviso: ", r.Warnings)...)
}

// noticeLines words remarks of the region and of our own checks.
func noticeLines(lead string, list []wire.Notice) []string {
	var lines []string
	for _, n := range list {
		text := n.Text
		if n.Item > 0 {
			text = fmt.Sprintf("voce %d: %s", n.Item, text)
		}
		if mark := strings.Trim(n.Code+" "+n.Field, " "); mark != "" {
			text += " [" + mark + "]"
		}
		lines = append(lines, lead+text)
		if n.Remedy != "" {
			lines = append(lines, strings.Repeat(" ", len(lead)-len(strings.TrimLeft(lead, " ")))+"  "+n.Remedy)
		}
	}
	return lines
}

// entryLines words one prescription of the outbox.
func entryLines(e wire.OutboxEntry) []string {
	name := shortID(e.ID)
	for _, part := range []string{kindOf(e.TipoPrescrizione), strings.TrimSpace(e.CognomeNome + " " + e.CodiceAssistito), e.Description} {
		if part != "" {
			name += " · " + part
		}
	}
	lines := resultLines(name, e.PrescriptionResult)
	lines = append(lines, fmt.Sprintf("  presa in carico %s, medico %s", instant(e.Since), e.Doctor))
	if e.Decide {
		lines = append(lines, "  La regione non sa dire se c'è: controllare sul suo portale, poi",
			"  «raccordo outbox resolve "+shortID(e.ID)+" --absent» oppure «… --present NRE».")
	}
	return lines
}

// shortID is as much of an entry's name as a person types.
func shortID(id string) string { return id[:min(10, len(id))] }

func kindOf(tipo string) string {
	switch tipo {
	case "F":
		return "farmaci"
	case "P":
		return "specialistica"
	}
	return tipo
}

// listedLine words one prescription as the region lists it.
func listedLine(p wire.ListedPrescription) string {
	text := p.NRE + "  " + instant(p.CompiledAt) + "  " + kindOf(p.TipoPrescrizione)
	for _, part := range []string{p.CodiceAssistito, p.StateText, p.Description} {
		if part != "" {
			text += " · " + part
		}
	}
	if p.Web {
		text += " · dal sito di Sistema TS"
	}
	return text
}

// viewLines words a prescription as the region has it.
func viewLines(v wire.ViewResult) []string {
	lines := []string{fmt.Sprintf("NRE %s: %s", v.NRE, v.StateText)}
	add := func(label, value string) {
		if value != "" {
			lines = append(lines, "  "+label+": "+value)
		}
	}
	add("codice autenticazione", v.CodAutenticazione)
	add("compilata", instant(v.CompiledAt))
	add("inserita", instant(v.InsertedAt))
	add("tipo", kindOf(v.TipoPrescrizione))
	add("assistito", v.CognomeNome)
	add("esenzione", v.CodEsenzione)
	add("diagnosi", v.Diagnosi)
	for _, d := range v.Dettagli {
		what := d.DescrProdPrest
		if what == "" {
			what = d.DescrGruppoEquival
		}
		lines = append(lines, strings.TrimRight(fmt.Sprintf("  %d × %s %s", d.Quantita, d.CodProdPrest, what), " "))
	}
	return append(lines, noticeLines("  Avviso: ", v.Warnings)...)
}

// fseTexts are what is known of a prescription in the patient's FSE.
var fseTexts = map[string]string{
	"visible": "visibile nel FSE", "pending": "non ancora nel FSE", "hidden": "oscurata nel FSE",
	"unsupported": "la regione non dice se è nel FSE", "unknown": "non è stato possibile sapere se è nel FSE",
}

func verifyLines(v wire.VerifyResult) []string {
	verdict := "non valida"
	if v.Valid {
		verdict = "valida"
		if v.ExpiresOn != "" {
			verdict += " fino al " + date(v.ExpiresOn)
		}
	}
	fse := fseTexts[v.FSE]
	if v.FSESince != "" {
		fse += " dal " + instant(v.FSESince)
	}
	return []string{fmt.Sprintf("NRE %s: %s – %s", v.NRE, verdict, v.StateText), "  " + fse}
}

// instant is a date and time as a person reads it; what is none stays as it is.
func instant(s string) string {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.In(ricetta.Rome()).Format("02/01/2006 15:04")
	}
	if t, err := time.Parse(ricetta.Timestamp, s); err == nil {
		return t.Format("02/01/2006 15:04")
	}
	return s
}

func date(s string) string {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t.Format("02/01/2006")
	}
	return s
}

// patientLines words what the region knows of a patient.
func patientLines(r wire.SyncResult) []string {
	d := r.Demographics
	lines := []string{
		fmt.Sprintf("%s %s, %s, %s, nascita %s %s", d.Surname, d.Name, d.CodiceFiscale, d.Sex, date(d.BirthDate), d.BirthPlace),
		fmt.Sprintf("  %s, %s %s (%s), ASL %s", d.Address, d.CAP, d.Town, d.Province, d.ASL),
		fmt.Sprintf("  medico %s, tessera sanitaria valida fino al %s", d.Doctor, date(d.CardExpiry)),
	}
	if len(r.Exemptions) == 0 {
		lines = append(lines, "Nessuna esenzione.")
	}
	for _, x := range r.Exemptions {
		text := fmt.Sprintf("Esenzione %s dal %s", x.Code, date(x.From))
		if x.To != "" {
			text += " al " + date(x.To)
		}
		lines = append(lines, text+" – "+x.Description)
	}
	for _, p := range r.Prescriptions {
		lines = append(lines, "Ricetta "+listedLine(p))
	}
	if r.Problem != nil {
		lines = append(lines, "Le ricette mancano o non sono tutte: "+texts.Of(r.Problem.Data.Code).Text)
	}
	return append(lines, "Dati della regione al "+instant(r.SyncedAt)+".")
}
