package outbox

import (
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// verdict is whether what stands under a number is what we sent under it.
type verdict int

const (
	unclear verdict = iota
	ours
	former // ours, from before a correction
	foreign
)

// recognise compares the region's copy with ours. The patient's code is not in
// it; the second of the compilation is the best mark there is, unless the
// region rounds it. Calling our own prescription foreign would make a second
// one, so that only a plain difference does.
func recognise(r Record, v wire.ViewResult) verdict {
	mine := r.CompiledAt.In(ricetta.Rome()).Truncate(time.Second)
	theirs, err := time.ParseInLocation(ricetta.Timestamp, v.CompiledAt, ricetta.Rome())
	if err == nil {
		for _, f := range r.Former {
			if theirs.Equal(f.Truncate(time.Second)) && !theirs.Equal(mine) {
				return former
			}
		}
	}
	switch apart := theirs.Sub(mine).Abs(); {
	case err == nil && apart == 0, r.Vouched && (err != nil || apart < 24*time.Hour):
		return ours
	case err == nil && apart >= time.Minute && theirs.Hour()+theirs.Minute()+theirs.Second() > 0, err == nil && apart >= twoDays:
		return foreign
	}
	if len(r.Former) > 0 || !sameItems(r.Prescription, v) {
		return unclear
	}
	return ours
}

// twoDays is further than any rounding goes.
const twoDays = 48 * time.Hour

func sameItems(p *wire.Prescription, v wire.ViewResult) bool {
	if p == nil || v.TipoPrescrizione != p.TipoPrescrizione || len(v.Dettagli) != len(p.Dettagli) {
		return false
	}
	for i, d := range p.Dettagli {
		got := v.Dettagli[i]
		if got.CodProdPrest != d.CodProdPrest || got.CodGruppoEquival != d.CodGruppoEquival || got.Quantita != d.Quantita {
			return false
		}
	}
	return true
}
