package outbox

import (
	"errors"
	"time"

	"raccordo/host/internal/wire"
)

// decision applies one answer to one record. It is pure: it reads no clock, no
// dice and no disk, and changes nothing but r.
type decision struct {
	r    Record
	opt  Options
	now  time.Time
	roll float64

	// What it means for the others.
	answered bool   // the region answered
	fault    *fault // it did not
	ended    bool   // r can go no further now, and neither can what stands behind it
	renumber bool   // r needs a new number
}

// decide is the record after an answer.
func decide(r Record, kind Kind, out Outcome, opt Options, now time.Time, roll float64) decision {
	d := decision{r: r, opt: opt, now: now, roll: roll}
	if errors.Is(out.Err, ErrNotMade) {
		d.undo(kind)
		return d
	}
	d.r.Problem = nil
	switch kind {
	case Send:
		d.send(out)
	case View:
		d.view(out)
	case Search:
		d.search(out)
	case Cancel:
		d.cancel(out)
	}
	return d
}

// undo takes back the mark of a request that was not made.
func (d *decision) undo(kind Kind) {
	switch kind {
	case Send:
		d.r.Attempts--
		d.r.Tries--
		switch {
		case d.r.Attempts > 0:
			d.r.State, d.r.Next = Unknown, question(d.opt, d.r)
		case d.r.Aim == Gone:
			d.gone()
		default:
			d.r.State = Queued
		}
	case Cancel:
		d.r.Cancels--
	}
}

// regional: the region gives this record's number. A lot belongs to the doctor
// who asked for it, and a substitute prescribes for another one.
func regional(opt Options, r Record) bool { return opt.RegionNumbers || r.Titolare != nil }

// question is how the fate of r is found out.
func question(opt Options, r Record) Kind {
	switch {
	case r.NRE == "":
		return Search
	case r.Aim == Replace || opt.CancelUnknown && r.Aim == Live && !r.Vouched:
		return Cancel
	}
	return View
}

// strand makes unknown what was being sent when its sender died.
func strand(r *Record, opt Options) {
	r.State, r.Next, r.Due = Unknown, question(opt, *r), time.Time{}
	r.Problem = wire.NewError(wire.ErrRxUnknown, "restart")
}

// open leaves the record unknown, with something to do at once.
func (d *decision) open(next Kind) {
	d.r.State, d.r.Next, d.r.Due = Unknown, next, d.now
	if next == Send && d.r.Tries >= maxTries {
		d.wait(wire.NewError(wire.ErrRxWaits, ""))
	}
}

// later leaves the record unknown, with something to do after the back-off.
func (d *decision) later(next Kind, why *wire.Error) {
	d.r.Fails++
	d.ended = true
	d.r.State, d.r.Next, d.r.Problem = Unknown, next, why
	d.r.Due = d.now.Add(d.delay())
}

func (d *decision) delay() time.Duration {
	if d.fault != nil && d.fault.told > 0 {
		return d.fault.told
	}
	return backoff(d.r.Fails, d.roll)
}

// useless is an answer that settles nothing.
func (d *decision) useless(next Kind, why *wire.Error) {
	d.r.Asks++
	if d.r.Asks >= maxAsks {
		d.wait(why)
		return
	}
	d.later(next, why)
}

// wait leaves the record to the doctor, to be gone on with as it is.
func (d *decision) wait(why *wire.Error) {
	d.ended = true
	d.r.State, d.r.Waits, d.r.Problem, d.r.Due = Unknown, true, why, time.Time{}
	if d.r.Next == "" {
		d.r.Next = question(d.opt, d.r)
	}
}

// unclear leaves the record to the doctor, who has to look and to say.
func (d *decision) unclear(detail string) {
	d.wait(wire.NewError(wire.ErrRxUnclear, detail))
	d.r.Waits, d.r.Decide = false, true
}

// refused: it does not exist. burn gives its number up, because the number is
// in use or was cancelled.
func (d *decision) refused(why []wire.Notice, burn bool) {
	if d.r.Aim == Gone {
		d.gone()
		return
	}
	d.r.State, d.r.Errors, d.r.Due, d.r.Next = Refused, why, time.Time{}, ""
	d.r.Problem = wire.NewError(wire.ErrRxRefused, "")
	if burn || d.r.Aim == Replace {
		d.r.NRE, d.r.Former = "", nil
	}
	d.r.Aim, d.r.Taken = Live, false
}

// gone: it is certain not to live.
func (d *decision) gone() {
	d.r.State, d.r.Next, d.r.Due, d.r.Prescription, d.r.Errors, d.r.Warnings = Cancelled, "", time.Time{}, nil, nil, nil
}

// fresh: the number is dead, and the prescription goes out with another.
func (d *decision) fresh() {
	if d.r.Aim == Gone {
		d.gone()
		return
	}
	d.r.State, d.r.Aim, d.r.Next, d.r.NRE, d.r.Former = Queued, Live, "", "", nil
	d.r.Attempts, d.r.Cancels, d.r.Fails, d.r.Taken, d.r.Due = 0, 0, 0, false, d.now
	d.renumber = true
	if d.r.Tries >= maxTries {
		d.ended, d.r.Waits, d.r.Problem = true, true, wire.NewError(wire.ErrRxWaits, "")
	}
}

// broken notes a fault, and tells whether there is one.
func (d *decision) broken(err error) bool {
	if err == nil {
		d.answered, d.r.Fails = true, 0
		return false
	}
	f := read(err)
	d.fault = &f
	d.answered = !f.all && !f.pause && f.problem.Data.Code != wire.ErrRegionAnswer
	return true
}
