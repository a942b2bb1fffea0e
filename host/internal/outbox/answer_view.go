package outbox

import (
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// The states of a number at the region (SPEC24, section 7) that decide here.
const (
	stateLot       = "1" // a number without a prescription
	stateAssigned  = "2"
	stateOpen      = "3" // to be dispensed: it can be cancelled
	stateCancelled = "4"
)

// view is what the region says of our number.
func (d *decision) view(out Outcome) {
	if out.View == nil && out.Err == nil {
		out.Err = errNoAnswer
	}
	if d.broken(out.Err) {
		if d.fault.problem.Data.Code == wire.ErrRxNone {
			d.answered, d.fault, d.r.Fails = true, nil, 0
			d.absent()
			return
		}
		d.askFault(View)
		return
	}
	v := *out.View
	if d.r.Cancels > 0 && d.r.Aim == Live {
		d.r.Aim = Replace // a cancellation of ours may still come and kill it
	}
	if v.State == stateLot || v.State == stateAssigned {
		d.absent()
		return
	}
	switch is := recognise(d.r, v); {
	case is == foreign:
		d.foreign()
	case is == former:
		d.former(v)
	case v.State == stateCancelled && (is == ours || !d.r.Vouched):
		d.cancelledThere() // a number of ours is dead, whatever stood under it
	case is == unclear:
		d.unclear("other contents")
	case d.r.Aim != Live && v.State == stateOpen:
		d.open(Cancel)
	case v.CodAutenticazione == "":
		d.useless(View, wire.NewError(wire.ErrRegionAnswer, "codAutenticazione"))
	default:
		if d.r.Aim != Live {
			d.r.Warnings = []wire.Notice{{Text: "La ricetta risulta già in carico o erogata: non può più essere annullata."}}
		}
		d.sent(v.CodAutenticazione, v.InsertedAt)
	}
}

// absent: the region has no prescription under our number. A request can
// arrive later all the same, so that nothing but the same number may be sent.
func (d *decision) absent() {
	switch {
	case d.r.Taken:
		// Taken, says one service; unknown, says the other. Nobody may guess.
		d.r.Taken = false
		d.useless(View, wire.NewError(wire.ErrRxUnknown, ricetta.CodeUsedNRE))
	case d.r.Vouched:
		d.unclear("not there")
	default:
		d.open(Send)
	}
}

func (d *decision) cancelledThere() {
	if d.r.Aim != Live {
		d.fresh()
		return
	}
	d.refused([]wire.Notice{{Text: "La ricetta risulta annullata in Regione: per prescriverla di nuovo inviarla un'altra volta, riceverà un nuovo numero."}}, true)
}

// foreign: somebody else's prescription stands under our number, so that ours
// never will.
func (d *decision) foreign() {
	switch {
	case d.r.Vouched:
		d.unclear("another prescription")
	case d.r.Aim == Replace:
		d.fresh()
	default:
		d.refused([]wire.Notice{{Code: ricetta.CodeUsedNRE, Text: "Il numero assegnato risulta già usato per un'altra ricetta: inviare di nuovo, riceverà un nuovo numero."}}, true)
	}
}

// former: an earlier version of this prescription, from before a correction,
// arrived late and stands under the number.
func (d *decision) former(v wire.ViewResult) {
	switch {
	case v.State == stateCancelled:
		d.fresh()
	case v.State == stateOpen:
		if d.r.Aim == Live {
			d.r.Aim = Replace
		}
		d.open(Cancel)
	default:
		d.unclear("an earlier version is in use")
	}
}

// askFault is a question without an answer: it is asked again.
func (d *decision) askFault(same Kind) {
	f := d.fault
	switch {
	case f.then == pause:
		d.r.State, d.r.Next, d.r.Problem = Unknown, same, f.problem
	case f.all:
		d.later(same, f.problem)
	default:
		d.useless(same, f.problem)
	}
}
