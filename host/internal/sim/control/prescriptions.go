package control

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/sim/region"
)

// Prescription is one that the region has, as region.Entry has it.
type Prescription struct {
	NRE       string    `json:"nre"`
	State     string    `json:"stato"`
	StateText string    `json:"stato_testo"`
	Doctor    string    `json:"medico"`   // cfMedico1
	Sender    string    `json:"inviante"` // a substitute, or the same
	Patient   string    `json:"assistito"`
	Kind      string    `json:"tipo"`
	Compiled  string    `json:"data_compilazione"`
	Inserted  time.Time `json:"inserita"`
	Code      string    `json:"codice_autenticazione"`
	Items     []string  `json:"dettagli"`
	Possible  []string  `json:"azioni"` // what can be done to it
}

// Prescriptions are some of them, newest first.
type Prescriptions struct {
	List []Prescription `json:"ricette"`
}

func (p panel) prescriptions(q url.Values, limit int) Prescriptions {
	out := Prescriptions{List: []Prescription{}}
	for _, e := range p.Region.Listing(region.Filter{Doctor: q.Get("medico"), Patient: q.Get("assistito"), Live: q.Get("vive") == "1"}) {
		if limit > 0 && len(out.List) == limit {
			break
		}
		one := Prescription{
			NRE: e.NRE, State: e.State, StateText: ricetta.StateText(e.State), Doctor: e.Doctor, Sender: e.Inserter, Patient: e.Patient,
			Kind: e.TipoPrescrizione, Compiled: e.DataCompilazione, Inserted: e.Inserted, Code: e.Code, Items: slices.Clone(e.Items), Possible: []string{},
		}
		for _, d := range region.Possible(e.State) {
			one.Possible = append(one.Possible, string(d))
		}
		out.List = append(out.List, one)
	}
	return out
}

func (p panel) servePrescriptions(w http.ResponseWriter, q *http.Request) {
	write(w, http.StatusOK, "application/json", p.prescriptions(q.URL.Query(), 0))
}

// Dispensing is what is done to a prescription: a name of region.Dispensings.
type Dispensing struct {
	NRE    string `json:"nre"`
	Action string `json:"azione"`
}

func (p panel) dispense(body []byte) (int, any, error) {
	var d Dispensing
	if err := decode(body, &d); err != nil {
		return 0, nil, err
	}
	if !slices.Contains(region.Dispensings(), region.Dispensing(d.Action)) {
		return 0, nil, invalid("azione-sconosciuta", "azione", "Nessuna azione ha questo nome.")
	}
	if _, found := p.Region.State(d.NRE); !found {
		return 0, nil, &Error{Status: http.StatusNotFound, Code: "ricetta-assente", Field: "nre", Message: "La regione non ha questa ricetta."}
	}
	if p.Region.Dispense(d.NRE, region.Dispensing(d.Action)) != nil {
		return 0, nil, &Error{Status: http.StatusConflict, Code: "stato-non-adatto", Field: "azione", Message: "Lo stato della ricetta non lo permette."}
	}
	state, _ := p.Region.State(d.NRE)
	return http.StatusOK, map[string]string{"nre": d.NRE, "stato": state, "stato_testo": ricetta.StateText(state)}, nil
}
