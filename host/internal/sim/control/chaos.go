package control

import (
	"errors"
	"net/http"
	"time"

	"raccordo/host/internal/sim/region/faults"
)

// Chaos is faults by chance, on the wire: rates by kind or, instead, one rate
// for all of them together.
type Chaos struct {
	Seed         uint64             `json:"seme"`
	Storm        float64            `json:"tempesta,omitempty"`
	Rates        map[string]float64 `json:"tassi,omitempty"`
	Services     []string           `json:"servizi,omitempty"`
	LateMinMS    int64              `json:"tardiva_min_ms,omitempty"`
	LateMaxMS    int64              `json:"tardiva_max_ms,omitempty"`
	HoldMS       int64              `json:"trattenuta_ms,omitempty"`
	HangMS       int64              `json:"silenzio_ms,omitempty"`
	RetryAfterMS int64              `json:"riprova_dopo_ms,omitempty"`
}

// ChaosState is what chaos is doing, and what it did since its start.
type ChaosState struct {
	Running bool           `json:"attivo"`
	Chaos   *Chaos         `json:"caos,omitempty"`
	Applied map[string]int `json:"applicati"`
	Pending int            `json:"in_attesa"` // requests that will arrive late
}

func (c Chaos) chaos() (faults.Chaos, error) {
	built := faults.Chaos{Seed: c.Seed, Rates: map[faults.Kind]float64{}}
	if c.Storm != 0 {
		if len(c.Rates) > 0 {
			return built, invalid("valore-non-ammesso", "tempesta", "Indicare la tempesta o i tassi, non entrambi.")
		}
		built = faults.Storm(c.Seed, c.Storm)
	}
	for kind, rate := range c.Rates {
		built.Rates[faults.Kind(kind)] = rate
	}
	for _, service := range c.Services {
		if !known(faults.Service(service)) {
			return built, invalid("servizio-sconosciuto", "servizi", "Nessun servizio ha questo nome.")
		}
		built.Services = append(built.Services, faults.Service(service))
	}
	for _, d := range []struct {
		name string
		from int64
		to   *time.Duration
	}{{"tardiva_min_ms", c.LateMinMS, &built.LateMin}, {"tardiva_max_ms", c.LateMaxMS, &built.LateMax}, {"trattenuta_ms", c.HoldMS, &built.Hold}, {"silenzio_ms", c.HangMS, &built.Hang}, {"riprova_dopo_ms", c.RetryAfterMS, &built.RetryAfter}} {
		if d.from < 0 || d.from > faults.MaxDelay.Milliseconds() {
			return built, invalid("valore-non-ammesso", d.name, "Valore fuori dai limiti.")
		}
		*d.to = time.Duration(d.from) * time.Millisecond
	}
	return built, nil
}

func (p panel) startChaos(body []byte) (int, any, error) {
	var c Chaos
	if err := decode(body, &c); err != nil {
		return 0, nil, err
	}
	built, err := c.chaos()
	if err != nil {
		return 0, nil, err
	}
	switch err := p.Region.StartChaos(built); {
	case errors.Is(err, faults.ErrKind):
		return 0, nil, invalid("guasto-sconosciuto", "tassi", "Un guasto non può avvenire a caso o non esiste.")
	case err != nil:
		return 0, nil, invalid("valore-non-ammesso", "tassi", "I tassi vanno da 0 a 1, e così la loro somma.")
	}
	return http.StatusCreated, p.chaos(), nil
}

func (p panel) chaos() ChaosState {
	s := p.Region.ChaosState()
	out := ChaosState{Running: s.Running, Applied: map[string]int{}, Pending: s.Pending}
	for kind, n := range s.Applied {
		out.Applied[string(kind)] = n
	}
	if s.Chaos.Rates == nil {
		return out
	}
	out.Chaos = &Chaos{
		Seed: s.Chaos.Seed, Rates: map[string]float64{}, LateMinMS: s.Chaos.LateMin.Milliseconds(), LateMaxMS: s.Chaos.LateMax.Milliseconds(),
		HoldMS: s.Chaos.Hold.Milliseconds(), HangMS: s.Chaos.Hang.Milliseconds(), RetryAfterMS: s.Chaos.RetryAfter.Milliseconds(),
	}
	for kind, rate := range s.Chaos.Rates {
		out.Chaos.Rates[string(kind)] = rate
	}
	for _, service := range s.Chaos.Services {
		out.Chaos.Services = append(out.Chaos.Services, string(service))
	}
	return out
}

func (p panel) serveChaos(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, "application/json", p.chaos())
}

func (p panel) serveStopChaos(w http.ResponseWriter, _ *http.Request) {
	p.Region.StopChaos()
	w.WriteHeader(http.StatusNoContent)
}
