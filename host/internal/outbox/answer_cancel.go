package outbox

import (
	"time"

	"raccordo/host/internal/wire"
)

// cancel is the answer to a cancellation. Cancels counts the ones that may
// still arrive: a number under which one is on its way must not be used for a
// prescription that is to live.
func (d *decision) cancel(out Outcome) {
	if !d.broken(out.Err) {
		d.r.Cancels--
		d.fresh()
		return
	}
	f := d.fault
	code := f.problem.Data.Code
	if !f.left || code == wire.ErrRxNone || code == wire.ErrRxState || code == wire.ErrRxRefused {
		d.r.Cancels--
	}
	switch code {
	case wire.ErrRxNone:
		d.fault, d.answered, d.r.Fails = nil, true, 0
		if d.r.Cancels > 0 && d.r.Aim == Live {
			d.r.Aim = Replace // one of ours may still come and kill it
		}
		if d.r.Aim == Replace && d.r.Cancels == 0 && len(d.r.Former) == 0 {
			d.r.Aim = Live
		}
		d.open(Send)
	case wire.ErrRxState:
		d.fault, d.answered, d.r.Fails = nil, true, 0
		if d.r.Asks++; d.r.Asks >= maxAsks {
			d.unclear("cancel")
			return
		}
		d.open(View)
	case wire.ErrRxRefused:
		d.fault, d.answered = nil, true
		notices := f.problem.Data.Notices
		d.unclear("cancel")
		d.r.Problem.Data.Notices = notices
	default:
		if f.left && d.r.Aim == Live {
			d.r.Aim = Replace
		}
		d.askFault(Cancel)
		if f.then == pause {
			d.r.Due = time.Time{}
		}
	}
}
