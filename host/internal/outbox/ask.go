package outbox

import (
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// ask settles an unknown outcome by looking the number up. known is false when
// the region has no prescription under it: then, and only then, the same
// number may be sent again.
func (a *attempt) ask() (known bool, stop *wire.Error) {
	v, err := a.region.View(a.ctx, a.doctor, a.rec.NRE)
	if err != nil {
		problem, _ := describe(err)
		if problem.Data.Code == wire.ErrRxNone {
			return false, nil
		}
		a.settle(a.box.MarkUnknown(a.rec, problem))
		if concernsAll(problem.Data.Code) {
			return true, problem
		}
		return true, nil
	}
	is := a.recognise(v)
	switch {
	case v.State == "1" || v.State == "2": // a number without a prescription
		return false, nil
	case is == unclear:
		a.settle(a.box.MarkUnknown(a.rec, wire.NewError(wire.ErrRxUnknown, "other contents")))
	case v.State == "4" && is == ours:
		a.settle(a.box.MarkRefused(a.rec, []wire.Notice{{Text: "La ricetta risulta annullata in Regione: per prescriverla di nuovo inviarla un'altra volta, riceverà un nuovo numero."}}, true))
	case is == foreign:
		a.settle(a.box.MarkRefused(a.rec, []wire.Notice{{Code: codeUsedNRE, Text: "Il numero assegnato risulta già usato per un'altra ricetta: inviare di nuovo, riceverà un nuovo numero."}}, true))
	case v.CodAutenticazione == "":
		a.settle(a.box.MarkUnknown(a.rec, wire.NewError(wire.ErrRegionAnswer, "codAutenticazione")))
	default:
		r, err := a.box.MarkSent(a.rec, ricetta.Receipt{NRE: v.NRE, CodAutenticazione: v.CodAutenticazione, InsertedAt: v.InsertedAt})
		a.settle(r, err)
		if err != nil {
			return true, wire.NewError(wire.ErrOutbox, "")
		}
	}
	return true, nil
}

// verdict is whether what stands under a number is what we sent under it.
type verdict int

const (
	unclear verdict = iota
	ours
	foreign
)

// recognise compares the region's copy with ours. The patient's code is not in
// it; the second of the compilation is the best mark there is, unless the
// region rounds it. Calling our own prescription foreign would make a second
// one, so that only a plain difference does.
func (a *attempt) recognise(v wire.ViewResult) verdict {
	mine := a.rec.CompiledAt.In(ricetta.Rome()).Truncate(time.Second)
	theirs, err := time.ParseInLocation(ricetta.Timestamp, v.CompiledAt, ricetta.Rome())
	switch apart := theirs.Sub(mine).Abs(); {
	case err == nil && apart == 0:
		return ours
	case err == nil && apart >= time.Minute && theirs.Hour()+theirs.Minute()+theirs.Second() > 0:
		return foreign
	}
	p := a.rec.Prescription
	if p == nil || v.TipoPrescrizione != p.TipoPrescrizione || len(v.Dettagli) != len(p.Dettagli) {
		return unclear
	}
	for i, d := range p.Dettagli {
		got := v.Dettagli[i]
		if got.CodProdPrest != d.CodProdPrest || got.CodGruppoEquival != d.CodGruppoEquival || got.Quantita != d.Quantita {
			return unclear
		}
	}
	return ours
}
