package outbox

import (
	"context"
	"errors"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// codeUsedNRE is the code of a refusal that speaks of the number, not of the
// prescription: it is taken already.
const codeUsedNRE = "5004"

// attempt is one prescription on its way.
type attempt struct {
	*Sender
	ctx    context.Context
	doctor ricetta.Doctor
	rec    Record
	// before is the state to fall back to when nothing left this time: what was
	// unknown stays unknown, because an older request can still arrive.
	before State
}

// one brings a record as far as it goes. stop, when not nil, is why the region
// is not asked any more; a fault that concerns every prescription is returned
// as the next stop.
func (s *Sender) one(ctx context.Context, doctor ricetta.Doctor, r Record, stop *wire.Error) (wire.PrescriptionResult, *wire.Error) {
	if r.settled() {
		return result(r), stop
	}
	// A request under way is never cut: its answer is worth more than the time.
	a := &attempt{Sender: s, ctx: context.WithoutCancel(ctx), doctor: doctor, rec: r, before: r.State}
	if r.State == Sending { // its answer could not be written down: lists never overlap
		a.before = Unknown
		a.settle(s.box.MarkUnknown(r, wire.NewError(wire.ErrRxUnknown, "")))
	}
	if stop != nil {
		a.back(stop)
		return result(a.rec), stop
	}
	warnings, stop := a.run()
	out := result(a.rec)
	out.Warnings = append(out.Warnings, warnings...)
	return out, stop
}

func (a *attempt) run() (warnings []wire.Notice, stop *wire.Error) {
	if a.rec.State == Unknown {
		if a.opt.RegionNumbers || a.rec.NRE == "" {
			return nil, nil // nothing to ask by
		}
		if known, stop := a.ask(); known || stop != nil {
			return nil, stop
		}
	}
	if stop := a.bind(); stop != nil {
		return nil, stop
	}
	return a.send()
}

// bind gives the record its number, with a new lot when the old one is used up.
func (a *attempt) bind() *wire.Error {
	if a.opt.RegionNumbers || a.rec.NRE != "" {
		return nil
	}
	r, err := a.box.Bind(a.rec)
	if errors.Is(err, ErrNoNumber) {
		lot, lotErr := a.region.Lot(a.ctx)
		if lotErr != nil {
			problem, _ := describe(lotErr)
			a.back(problem)
			return problem // the next one would need the same lot
		}
		if err = a.box.AddLot(a.doctor.CF, lot); err == nil {
			r, err = a.box.Bind(a.rec)
		}
	}
	if err != nil {
		return a.journal(err)
	}
	a.rec = r
	return nil
}

func (a *attempt) send() ([]wire.Notice, *wire.Error) {
	if a.rec.Prescription == nil {
		return nil, a.journal(ErrCorrupt)
	}
	r, err := a.box.MarkSending(a.rec)
	if err != nil {
		return nil, a.journal(err)
	}
	a.rec = r
	receipt, err := a.region.Send(a.ctx, a.doctor, a.rec.NRE, *a.rec.Prescription, a.rec.CompiledAt)
	if err != nil {
		return nil, a.fault(err)
	}
	if receipt.Accepted() {
		return receipt.Warnings, a.accepted(receipt)
	}
	for _, e := range receipt.Errors {
		if e.Code == codeUsedNRE {
			// Our own earlier request, most likely: look before believing.
			a.settle(a.box.MarkUnknown(a.rec, wire.NewError(wire.ErrRxUnknown, codeUsedNRE)))
			if known, stop := a.ask(); known || stop != nil {
				return receipt.Warnings, stop
			}
			// Taken, says one service; unknown, says the other. Nobody may guess.
			return receipt.Warnings, nil
		}
	}
	a.settle(a.box.MarkRefused(a.rec, receipt.Errors, false))
	return receipt.Warnings, nil
}

func (a *attempt) accepted(receipt ricetta.Receipt) *wire.Error {
	r, err := a.box.MarkSent(a.rec, receipt)
	if err != nil {
		// It is at the region and the journal says "sending": the next start
		// makes that unknown and asks.
		a.rec.State, a.rec.CodAutenticazione, a.rec.InsertedAt, a.rec.NRE = Sent, receipt.CodAutenticazione, receipt.InsertedAt, receipt.NRE
		return a.journal(err)
	}
	a.rec = r
	if a.opt.Promemoria != nil && len(receipt.Promemoria) > 0 {
		a.opt.Promemoria(a.rec.NRE, receipt.Promemoria)
	}
	return nil
}

// fault settles a send that brought no answer.
func (a *attempt) fault(err error) *wire.Error {
	problem, arrived := describe(err)
	switch {
	case arrived:
		// The doctor reads what may have happened; the raw cause is the detail.
		open := wire.NewError(wire.ErrRxUnknown, string(problem.Data.Code))
		open.Data.Notices = problem.Data.Notices
		a.settle(a.box.MarkUnknown(a.rec, open))
	case problem.Data.Code == wire.ErrRegionFault && a.before == Queued:
		// Refused as a message (schema, policy): it does not exist, and sending
		// the same again would be refused again.
		a.settle(a.box.MarkRefused(a.rec, problem.Data.Notices, false))
		return nil
	default:
		a.back(problem)
	}
	if concernsAll(problem.Data.Code) {
		return problem
	}
	return nil
}

// back returns to where the attempt began.
func (a *attempt) back(why *wire.Error) {
	if a.before == Unknown {
		a.settle(a.box.MarkUnknown(a.rec, why))
		return
	}
	a.settle(a.box.MarkQueued(a.rec, why))
}

// settle takes over what the journal wrote. When it could not write, the
// record on disk says "sending", which the next start reads as unknown.
func (a *attempt) settle(r Record, err error) {
	if err != nil {
		a.opt.Log.Error().Err(err).Msg("outbox")
		a.rec.State, a.rec.Problem = Unknown, wire.NewError(wire.ErrOutbox, "")
		return
	}
	a.rec = r
}

// journal stops everything: without a journal nothing may be sent.
func (a *attempt) journal(err error) *wire.Error {
	a.opt.Log.Error().Err(err).Msg("outbox")
	problem := wire.NewError(Code(err), "")
	a.rec.Problem = problem
	return problem
}

// describe reads a region's error; one of another kind is the worst case.
func describe(err error) (problem *wire.Error, arrived bool) {
	var f Fault
	if errors.As(err, &f) {
		return f.Wire(), f.MayHaveArrived()
	}
	return wire.NewError(wire.ErrInternal, ""), true
}

// concernsAll tells whether the next prescription would meet the same fault.
func concernsAll(code wire.ErrorCode) bool {
	switch code {
	case wire.ErrRegionFault, wire.ErrRegionAnswer, wire.ErrRxRefused, wire.ErrRxNone, wire.ErrRxState:
		return false
	}
	return true
}
