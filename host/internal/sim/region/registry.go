package region

import (
	"net/http"
	"net/url"
	"strings"

	"raccordo/host/internal/sim/anagrafe"
)

type exemptionJSON struct {
	Code        string `json:"codice"`
	Description string `json:"descrizione"`
	From        string `json:"dal"`
	To          string `json:"al"` // empty: no end
}

type patientJSON struct {
	CF         string          `json:"codice_fiscale"`
	Surname    string          `json:"cognome"`
	Name       string          `json:"nome"`
	BirthDate  string          `json:"data_nascita"`
	BirthPlace string          `json:"luogo_nascita"`
	Sex        string          `json:"sesso"`
	Address    string          `json:"indirizzo"`
	Town       string          `json:"comune"`
	Province   string          `json:"provincia"`
	CAP        string          `json:"cap"`
	ASL        string          `json:"asl"`
	Doctor     string          `json:"medico"`
	CardExpiry string          `json:"scadenza_tessera"`
	Exemptions []exemptionJSON `json:"esenzioni"`
}

// servePatient answers from the registry of the assisted.
func (r *Region) servePatient(w http.ResponseWriter, q *http.Request) {
	p, ok := anagrafe.FindPatient(q.PathValue("cf"))
	if !ok {
		problem(w, http.StatusNotFound, "assistito-sconosciuto", "L'assistito non risulta nell'anagrafe regionale.")
		return
	}
	if p.DoctorCF != sessionOf(q).Doctor.CF && !present(p, q.URL.Query()) {
		problem(w, http.StatusForbidden, "assistito-altro-medico", "L'assistito è in carico a un altro medico: serve la sua tessera sanitaria.")
		return
	}
	answer := patientJSON{
		CF: p.CF, Surname: p.Surname, Name: p.Name, BirthDate: p.BirthDate, BirthPlace: p.BirthPlace, Sex: p.Sex,
		Address: p.Street, Town: p.Town, Province: p.Province, CAP: p.CAP, ASL: p.Region + p.ASL, Doctor: p.DoctorCF,
		CardExpiry: p.CardExpiry, Exemptions: []exemptionJSON{},
	}
	today := r.now().In(r.rome).Format("2006-01-02")
	for _, e := range p.Exemptions {
		if e.To == "" || e.To >= today {
			answer.Exemptions = append(answer.Exemptions, exemptionJSON{e.Code, e.Description, e.From, e.To})
		}
	}
	writeJSON(w, http.StatusOK, "application/json", answer)
}

// present tells whether the request shows that the patient is there: the number
// of the card in the reader (tessera) or, of a card that only the eyes can read,
// the last five digits of the number printed on it (ts5). What is shown must be
// right.
func present(p anagrafe.Patient, q url.Values) bool {
	card, five := q.Get("tessera"), q.Get("ts5")
	if card != "" && card != p.CardSerial || five != "" && (len(five) != 5 || !strings.HasSuffix(p.CardNumber, five)) {
		return false
	}
	return card != "" || five != ""
}

func (r *Region) serveHealth(w http.ResponseWriter, _ *http.Request) {
	if r.down.Load() {
		panic(http.ErrAbortHandler)
	}
	writeJSON(w, http.StatusOK, "application/json", map[string]any{"stato": "attivo", "simulatore": true})
}
