package control

import (
	"net/http"
	"regexp"
	"time"

	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/region/faults"
)

// Rules are the region's own that can be changed while it runs; what is absent
// stays as it is.
type Rules struct {
	PreAuthorisation *bool  `json:"pre_autorizzazione,omitempty"`
	FSEDelayMS       *int64 `json:"ritardo_fse_ms,omitempty"`
}

func (p panel) rules() Rules {
	declared, delay := p.Region.PreAuthorisation(), p.Region.FSEDelay().Milliseconds()
	return Rules{&declared, &delay}
}

func (p panel) serveRules(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, "application/json", p.rules())
}

func (p panel) changeRules(body []byte) (int, any, error) {
	var r Rules
	if err := decode(body, &r); err != nil {
		return 0, nil, err
	}
	if r.FSEDelayMS != nil {
		if *r.FSEDelayMS < 0 || *r.FSEDelayMS > limit {
			return 0, nil, invalid("valore-non-ammesso", "ritardo_fse_ms", "Valore fuori dai limiti.")
		}
		p.Region.SetFSEDelay(time.Duration(*r.FSEDelayMS) * time.Millisecond)
	}
	if r.PreAuthorisation != nil {
		p.Region.SetPreAuthorisation(*r.PreAuthorisation)
	}
	return http.StatusOK, p.rules(), nil
}

// Refusal is an answer ordered in advance, as region.Refusal has it.
type Refusal struct {
	Service string `json:"servizio,omitempty"` // empty: invio
	Doctor  string `json:"medico,omitempty"`   // empty: anybody
	Code    string `json:"codice"`
	Text    string `json:"testo,omitempty"` // empty: the code's own
	Warning bool   `json:"avviso,omitempty"`
	Times   int    `json:"volte,omitempty"` // 0: once
}

// Refusals are those to come.
type Refusals struct {
	List []Refusal `json:"rifiuti"`
}

var (
	remarkCode = regexp.MustCompile(`^[0-9]{4}$`)
	refusable  = map[faults.Service]bool{"": true, region.ServiceSend: true, region.ServiceView: true, region.ServiceCancel: true, region.ServiceUsed: true}
)

func (p panel) refuseNext(body []byte) (int, any, error) {
	var r Refusal
	if err := decode(body, &r); err != nil {
		return 0, nil, err
	}
	switch {
	case !remarkCode.MatchString(r.Code):
		return 0, nil, invalid("valore-non-ammesso", "codice", "Il codice ha quattro cifre.")
	case !refusable[faults.Service(r.Service)]:
		return 0, nil, invalid("servizio-non-adatto", "servizio", "Si possono comandare invio, visualizza, annulla, utilizzati.")
	case r.Times < 0 || r.Times > faults.MaxTimes:
		return 0, nil, invalid("valore-non-ammesso", "volte", "Valore fuori dai limiti.")
	}
	p.Region.RefuseNext(region.Refusal{Service: faults.Service(r.Service), Doctor: r.Doctor, Code: r.Code, Text: r.Text, Warning: r.Warning, Times: r.Times})
	return http.StatusCreated, p.refusals(), nil
}

func (p panel) refusals() Refusals {
	out := Refusals{List: []Refusal{}}
	for _, r := range p.Region.Refusals() {
		out.List = append(out.List, Refusal{string(r.Service), r.Doctor, r.Code, r.Text, r.Warning, r.Times})
	}
	return out
}

func (p panel) serveRefusals(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, "application/json", p.refusals())
}

func (p panel) serveClearRefusals(w http.ResponseWriter, _ *http.Request) {
	p.Region.ClearRefusals()
	w.WriteHeader(http.StatusNoContent)
}
