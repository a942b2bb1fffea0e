package control

import (
	"fmt"
	"net/http"

	"raccordo/host/internal/sim/region"
)

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
	Applied    map[string]int `json:"applicati"` // faults that happened, by kind, planned or by chance
	Rules      Rules          `json:"regole"`
	ChaosText  string         `json:"caos_testo"`
	Refusals   []string       `json:"rifiuti"` // in words
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
		Sessions:   p.Region.LiveSessions(), Applied: map[string]int{}, Rules: p.rules(), ChaosText: p.chaosText(), Refusals: []string{},
	}
	for kind, n := range p.Region.Plan().Applied() {
		s.Applied[string(kind)] = n
	}
	for _, r := range p.Region.Refusals() {
		s.Refusals = append(s.Refusals, refusalText(r))
	}
	for service, n := range stats.Requests {
		s.Requests[string(service)] = n
	}
	if p.Signing != nil {
		for service, n := range p.Signing.Requests() {
			s.Requests[string(service)] = n
		}
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

// chaosText is what chaos does, in words.
func (p panel) chaosText() string {
	c := p.Region.ChaosState()
	total := 0
	for _, n := range c.Applied {
		total += n
	}
	switch {
	case c.Running:
		return fmt.Sprintf("Caos in corso con seme %d: %d guasti finora, %d richieste in ritardo.", c.Chaos.Seed, total, c.Pending)
	case c.Chaos.Rates != nil:
		return fmt.Sprintf("Caos fermo: %d guasti in tutto, %d richieste in ritardo.", total, c.Pending)
	}
	return "Nessun caos."
}

func refusalText(r region.Refusal) string {
	who, what := "chiunque", "rifiuto"
	if r.Doctor != "" {
		who = r.Doctor
	}
	if r.Warning {
		what = "avviso"
	}
	return fmt.Sprintf("%s · %s · %s %s · ancora %d", nameOf(r.Service), who, what, r.Code, r.Times)
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
