package control

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/region/faults"
)

// Exchange is one request that the region got, as region.Exchange has it.
type Exchange struct {
	ID         int         `json:"id"`
	At         time.Time   `json:"ora"`
	TookMS     float64     `json:"durata_ms"`
	Listener   string      `json:"porta"`
	Service    string      `json:"servizio"`
	Method     string      `json:"metodo"`
	Path       string      `json:"percorso"`
	Doctor     string      `json:"medico"`
	NRE        string      `json:"nre"`
	Status     int         `json:"stato_http"` // 0: no answer was sent
	Outcome    string      `json:"esito"`
	Faults     []string    `json:"guasti"`
	Executions []Execution `json:"esecuzioni"`
	Request    string      `json:"richiesta"`
	Answer     string      `json:"risposta"`
}

// Execution is one time that it was carried out.
type Execution struct {
	At      time.Time `json:"ora"`
	Outcome string    `json:"esito"`
}

// Log is the newest of what came in.
type Log struct {
	Exchanges []Exchange `json:"scambi"` // newest first
	Last      int        `json:"ultimo"` // id of the newest of all: "dopo" of the next question
}

// standardLog is how many exchanges are told unless somebody says, and most
// that a page shows.
const standardLog = 200

// asked reads a question's filter.
func asked(q url.Values) (f region.AuditFilter, err error) {
	f = region.AuditFilter{
		Service: faults.Service(q.Get("servizio")), Doctor: q.Get("medico"), NRE: q.Get("nre"), Outcome: q.Get("esito"),
		Fault: faults.Kind(q.Get("guasto")), Limit: standardLog,
	}
	for name, into := range map[string]*int{"dopo": &f.After, "limite": &f.Limit} {
		if text := q.Get(name); text != "" {
			if *into, err = strconv.Atoi(text); err != nil || *into < 0 {
				return f, invalid("valore-non-ammesso", name, "È richiesto un numero intero.")
			}
		}
	}
	return f, nil
}

func (p panel) log(f region.AuditFilter) Log {
	l := Log{Exchanges: []Exchange{}}
	if newest := p.Region.Audit(region.AuditFilter{Limit: 1}); len(newest) > 0 {
		l.Last = newest[0].ID
	}
	for _, x := range p.Region.Audit(f) {
		out := Exchange{
			ID: x.ID, At: x.At, TookMS: float64(x.Took.Microseconds()) / 1000, Listener: string(x.Listener), Service: string(x.Service),
			Method: x.Method, Path: x.Path, Doctor: x.Doctor, NRE: x.NRE, Status: x.Status, Outcome: x.Outcome,
			Faults: []string{}, Executions: []Execution{}, Request: x.Request, Answer: x.Answer,
		}
		for _, k := range x.Faults {
			out.Faults = append(out.Faults, string(k))
		}
		for _, e := range x.Executions {
			out.Executions = append(out.Executions, Execution{e.At, e.Outcome})
		}
		l.Exchanges = append(l.Exchanges, out)
	}
	return l
}

func (p panel) serveLog(w http.ResponseWriter, q *http.Request) {
	f, err := asked(q.URL.Query())
	if err != nil {
		refuse(w, typed(err))
		return
	}
	write(w, http.StatusOK, "application/json", p.log(f))
}

// Load is what came in over time.
type Load struct {
	Seconds []LoadPoint `json:"secondi"`
}

// LoadPoint is one second of it.
type LoadPoint struct {
	Second   int64          `json:"t"`
	Requests int            `json:"richieste"`
	Failures int            `json:"errori"`
	Services map[string]int `json:"servizi"`
}

func (p panel) serveLoad(w http.ResponseWriter, _ *http.Request) {
	l := Load{Seconds: []LoadPoint{}}
	for _, point := range p.Region.Load() {
		out := LoadPoint{point.Second, point.Requests, point.Failures, map[string]int{}}
		for service, n := range point.Services {
			out.Services[string(service)] = n
		}
		l.Seconds = append(l.Seconds, out)
	}
	write(w, http.StatusOK, "application/json", l)
}
