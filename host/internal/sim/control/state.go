package control

import "net/http"

// List is what is planned.
type List struct {
	Faults []Fault `json:"guasti"`
}

// State is a snapshot of everything the page shows.
type State struct {
	Faults     []Fault        `json:"guasti"`
	Down       bool           `json:"spenta"`
	Requests   map[string]int `json:"richieste"`
	Handshakes Handshakes     `json:"handshake"`
	Sessions   int            `json:"sessioni"`
	Logins     int            `json:"accessi"`
}

// Handshakes are those of the SAR.
type Handshakes struct {
	Full    int `json:"completi"`
	Resumed int `json:"ripresi"`
	Failed  int `json:"falliti"`
}

func (p panel) faults() List {
	list := List{Faults: []Fault{}}
	for _, f := range p.Region.Plan().List() {
		list.Faults = append(list.Faults, wire(f))
	}
	return list
}

func (p panel) state() State {
	stats := p.Region.Stats()
	s := State{
		Faults: p.faults().Faults, Down: p.Region.Down(), Requests: map[string]int{},
		Handshakes: Handshakes{stats.FullHandshakes, stats.ResumedHandshakes, stats.FailedHandshakes},
		Sessions:   p.Region.LiveSessions(),
	}
	for service, n := range stats.Requests {
		s.Requests[string(service)] = n
	}
	if p.Login != nil {
		login := p.Login.Stats()
		s.Logins = login.Logins
		for service, n := range login.Requests {
			s.Requests[string(service)] = n
		}
	}
	return s
}

func (p panel) serveState(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, "application/json", p.state())
}

func (p panel) serveFaults(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, "application/json", p.faults())
}

func (p panel) serveClear(w http.ResponseWriter, _ *http.Request) {
	p.clear()
	w.WriteHeader(http.StatusNoContent)
}
