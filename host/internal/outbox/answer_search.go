package outbox

import (
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// search looks for our prescription among the numbers that the doctor has
// used. The second of the compilation is ours alone, so that one match is
// certain; none proves nothing, because a request can arrive late.
func (d *decision) search(out Outcome) {
	if d.broken(out.Err) {
		switch d.fault.problem.Data.Code {
		case wire.ErrRxNone:
			d.answered, d.fault, d.r.Fails = true, nil, 0
		case wire.ErrUnsupported:
			d.fault = nil
			d.unclear("the region does not tell")
			return
		default:
			d.askFault(Search)
			return
		}
	}
	sure, maybe := matches(d.r, out.Found)
	switch {
	case len(sure) == 1:
		d.found(sure[0])
	case len(sure) > 1 || len(maybe) > 0:
		d.unclear("more than one")
	default:
		if d.r.Asks++; d.r.Asks >= maxAsks {
			d.unclear("not found")
			return
		}
		d.later(Search, wire.NewError(wire.ErrRxUnknown, "not found"))
	}
}

func (d *decision) found(f wire.ListedPrescription) {
	d.r.NRE = f.NRE
	switch {
	case d.r.Aim != Live:
		d.open(Cancel)
	case f.CodAutenticazione == "":
		d.r.Vouched = true // what stands under this number is ours
		d.open(View)
	default:
		d.sent(f.CodAutenticazione, "")
	}
}

// matches are the entries that are r, and those that may be: of the same day,
// where the region keeps no time of day.
func matches(r Record, list []wire.ListedPrescription) (sure, maybe []wire.ListedPrescription) {
	mine := r.CompiledAt.In(ricetta.Rome()).Truncate(time.Second)
	day := mine.Format(time.DateOnly)
	for _, f := range list {
		if p := r.Prescription; p != nil && (f.TipoPrescrizione != "" && f.TipoPrescrizione != p.TipoPrescrizione ||
			f.CodiceAssistito != "" && f.CodiceAssistito != p.CodiceAssistito) {
			continue
		}
		theirs, err := time.ParseInLocation(ricetta.Timestamp, f.CompiledAt, ricetta.Rome())
		switch {
		case f.NRE == "":
		case err == nil && theirs.Equal(mine):
			sure = append(sure, f)
		case f.CompiledAt == day, err == nil && f.CompiledAt == day+" 00:00:00":
			maybe = append(maybe, f)
		}
	}
	return sure, maybe
}
