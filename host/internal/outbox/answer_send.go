package outbox

import (
	"errors"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

var errNoAnswer = errors.New("neither an answer nor an error")

// send is the answer to a prescription.
func (d *decision) send(out Outcome) {
	if out.Receipt == nil && out.Err == nil {
		out.Err = errNoAnswer
	}
	if d.broken(out.Err) {
		d.sendFault()
		return
	}
	receipt := *out.Receipt
	d.r.Warnings = receipt.Warnings
	switch {
	case receipt.Accepted() && (receipt.NRE != "" || d.r.NRE != ""):
		d.accepted(receipt)
	case receipt.Outcome == ricetta.OutcomeOK || receipt.Outcome == ricetta.OutcomeWarnings:
		// Inserted, it says, without the proof.
		d.later(question(d.opt, d.r), wire.NewError(wire.ErrRxUnknown, string(wire.ErrRegionAnswer)))
	default:
		d.answeredNo(receipt)
	}
}

func (d *decision) accepted(receipt ricetta.Receipt) {
	if d.r.NRE == "" {
		d.r.NRE = receipt.NRE
	}
	if d.r.Aim != Live {
		d.open(Cancel) // it was sent to be cancelled
		return
	}
	d.sent(receipt.CodAutenticazione, receipt.InsertedAt)
	d.r.slip, d.r.HasPromemoria = receipt.Promemoria, len(receipt.Promemoria) > 0
}

// sent keeps the proof and forgets the patient.
func (d *decision) sent(code, inserted string) {
	d.r.State, d.r.Aim, d.r.Next, d.r.Due = Sent, Live, "", time.Time{}
	d.r.CodAutenticazione, d.r.InsertedAt = code, inserted
	d.r.Prescription, d.r.Errors, d.r.Problem, d.r.Former = nil, nil, nil, nil
	d.r.Decide, d.r.Waits, d.r.Taken = false, false, false
}

func (d *decision) answeredNo(receipt ricetta.Receipt) {
	for _, e := range receipt.Errors {
		if e.Code == ricetta.CodeUsedNRE && d.r.NRE != "" {
			// Our own earlier request, most likely: look before believing.
			d.r.Taken, d.r.Problem = true, wire.NewError(wire.ErrRxUnknown, ricetta.CodeUsedNRE)
			d.open(View)
			return
		}
	}
	d.refused(receipt.Errors, false)
}

// sendFault settles a send that brought no answer.
func (d *decision) sendFault() {
	f := d.fault
	if f.then != ask && f.then != refuse { // it has not left
		d.r.Attempts--
		d.r.Tries--
	}
	switch f.then {
	case refuse:
		if d.r.Attempts > 1 {
			// An earlier request is open, and this one is not wanted as it is.
			d.r.Next = question(d.opt, d.r)
			d.wait(f.problem)
			return
		}
		d.refused(f.problem.Data.Notices, false)
		if d.r.State == Refused {
			d.r.Problem.Data.Detail = string(f.problem.Data.Code)
		}
	case ask:
		// The doctor reads what may have happened; the raw cause is the detail.
		open := wire.NewError(wire.ErrRxUnknown, string(f.problem.Data.Code))
		open.Data.Notices = f.problem.Data.Notices
		d.later(question(d.opt, d.r), open)
	default:
		d.back()
	}
}

// back returns to where the send began: what was unknown stays unknown,
// because an older request can still arrive.
func (d *decision) back() {
	switch {
	case d.r.Attempts > 0:
		d.later(question(d.opt, d.r), d.fault.problem)
	case d.r.Aim == Gone:
		d.gone()
	default:
		d.later("", d.fault.problem)
		d.r.State = Queued
	}
	if d.fault.then == pause {
		d.r.Fails--
		d.r.Due = time.Time{}
	}
}
