package control

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"raccordo/host/internal/sim/region/faults"
)

// Fault is a planned fault on the wire.
type Fault struct {
	Kind    string `json:"guasto"`
	Service string `json:"servizio,omitempty"`     // empty: all
	Times   int    `json:"volte,omitempty"`        // what is left; 0: until cleared
	DelayMS int64  `json:"ritardo_ms,omitempty"`   // of lentezza, richiesta-tardiva, fuori-ordine; Retry-After of troppe-richieste
	Status  int    `json:"stato,omitempty"`        // of manutenzione: 200, 503
	SkewS   int64  `json:"sfasamento_s,omitempty"` // of orologio-sfasato
	Text    string `json:"testo,omitempty"`        // in words; only in answers
}

// limit keeps numbers within what a duration can hold; Check has the real ones.
const limit = int64(1) << 32

// fault reads the wire form.
func (f Fault) fault() (faults.Fault, error) {
	if f.Text != "" {
		return faults.Fault{}, invalid("campo-non-ammesso", "testo", "Il testo è solo nelle risposte.")
	}
	if f.DelayMS > limit || f.SkewS > limit || f.SkewS < -limit {
		return faults.Fault{}, invalid("valore-non-ammesso", "", "Valore fuori dai limiti.")
	}
	planned := faults.Fault{
		Kind: faults.Kind(f.Kind), Service: faults.Service(f.Service), Times: f.Times, Status: f.Status,
		Delay: time.Duration(f.DelayMS) * time.Millisecond, Skew: time.Duration(f.SkewS) * time.Second,
	}
	switch err := planned.Check(); {
	case errors.Is(err, faults.ErrKind):
		return planned, invalid("guasto-sconosciuto", "guasto", "Nessun guasto ha questo nome.")
	case !known(planned.Service):
		return planned, invalid("servizio-sconosciuto", "servizio", "Nessun servizio ha questo nome.")
	case errors.Is(err, faults.ErrService), !slices.ContainsFunc(placesOf(planned.Kind), func(p place) bool { return p.Service == planned.Service }):
		return planned, invalid("servizio-non-adatto", "servizio", "Questo guasto non riguarda questo servizio.")
	case err != nil:
		return planned, invalid("valore-non-ammesso", wrongField(planned), "Valore fuori dai limiti o non adatto a questo guasto.")
	}
	return planned, nil
}

// wrongField names the value that Check refuses, by taking the others away.
func wrongField(f faults.Fault) string {
	rows := []struct {
		name  string
		right func(*faults.Fault)
	}{
		{"volte", func(f *faults.Fault) { f.Times = 0 }},
		{"stato", func(f *faults.Fault) { f.Status = 0 }},
		{"ritardo_ms", func(f *faults.Fault) { f.Delay = delayFor(f.Kind) }},
		{"sfasamento_s", func(f *faults.Fault) { f.Skew = skewFor(f.Kind) }},
	}
	for _, row := range rows {
		if row.right(&f); f.Check() == nil {
			return row.name
		}
	}
	return ""
}

func delayFor(kind faults.Kind) time.Duration {
	if kind.Delayed() {
		return 3 * time.Second
	}
	return 0
}

func skewFor(kind faults.Kind) time.Duration {
	if kind == faults.ClockSkew {
		return 10 * time.Minute
	}
	return 0
}

// wire is the fault on the wire, with words.
func wire(f faults.Fault) Fault {
	w := Fault{
		Kind: string(f.Kind), Service: string(f.Service), Times: f.Times, Status: f.Status,
		DelayMS: f.Delay.Milliseconds(), SkewS: int64(f.Skew / time.Second),
	}
	parts := []string{titleOf(f.Kind), nameOf(f.Service)}
	if f.Delay > 0 {
		parts = append(parts, fmt.Sprintf("ritardo %d ms", w.DelayMS))
	}
	if f.Skew != 0 {
		parts = append(parts, fmt.Sprintf("%+d s", w.SkewS))
	}
	if f.Status != 0 {
		parts = append(parts, fmt.Sprintf("stato %d", f.Status))
	}
	switch f.Times {
	case 0:
		parts = append(parts, "fino all'azzeramento")
	case 1:
		parts = append(parts, "ancora 1 volta")
	default:
		parts = append(parts, fmt.Sprintf("ancora %d volte", f.Times))
	}
	w.Text = strings.Join(parts, " · ")
	return w
}
