package outbox

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// Region is what a Sender needs of a region. Its errors implement Fault.
type Region interface {
	Lot(ctx context.Context) (ricetta.Lot, error)
	Send(ctx context.Context, doctor ricetta.Doctor, nre string, p wire.Prescription, compiled time.Time) (ricetta.Receipt, error)
	View(ctx context.Context, doctor ricetta.Doctor, nre string) (wire.ViewResult, error)
}

// Fault is a region's error: what it is called, and whether the request may
// have had its effect. An error that is no Fault is taken for the worst.
type Fault interface {
	error
	Wire() *wire.Error
	MayHaveArrived() bool
}

// SenderOptions of a Sender.
type SenderOptions struct {
	Log zerolog.Logger
	Now func() time.Time // time.Now when nil
	// RegionNumbers: the region gives the NRE, so that an unknown outcome cannot
	// be asked for by number and is never sent again by itself.
	RegionNumbers bool
	// Promemoria receives the PDF of a prescription that has just been accepted;
	// the outbox does not keep it.
	Promemoria func(nre string, pdf []byte)
}

// Sender sends lists of prescriptions, each exactly once. Lists wait for each
// other, so that two pages cannot send the same prescription at the same time.
type Sender struct {
	box    *Outbox
	region Region
	opt    SenderOptions
	turn   chan struct{}
}

// NewSender makes a Sender. There must be one for each Outbox.
func NewSender(box *Outbox, r Region, opt SenderOptions) *Sender {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	return &Sender{box: box, region: r, opt: opt, turn: make(chan struct{}, 1)}
}

// Send takes the whole list in charge, then sends it in its order, and returns
// one result for each. A refusal concerns one prescription; a fault of the
// session or of the line ends the asking, and the rest stays queued with the
// same problem. ctx is obeyed between prescriptions, never in the middle of
// one. progress, when not nil, is called after each.
func (s *Sender) Send(ctx context.Context, doctor ricetta.Doctor, origin string, list []wire.Prescription, progress func(wire.BatchProgress)) []wire.PrescriptionResult {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
	}
	records := make([]Record, len(list))
	results := make([]wire.PrescriptionResult, len(list))
	ready := make([]bool, len(list))
	for i, p := range list {
		if ctx.Err() != nil {
			results[i] = s.idle(origin, p, stopped(ctx))
			continue
		}
		records[i], results[i], ready[i] = s.take(doctor, origin, p)
	}
	var stop *wire.Error
	for i := range list {
		if ready[i] {
			if ctx.Err() != nil && stop == nil {
				stop = stopped(ctx)
			}
			results[i], stop = s.one(ctx, doctor, records[i], stop)
			results[i].ClientID = list[i].ClientID
		}
		if progress != nil {
			progress(wire.BatchProgress{Done: i + 1, Total: len(list), Result: results[i]})
		}
	}
	return results
}

// take puts the intent on disk. Our own checks come first, but never judge
// again what may have left already.
func (s *Sender) take(doctor ricetta.Doctor, origin string, p wire.Prescription) (Record, wire.PrescriptionResult, bool) {
	found, ok, err := s.box.Find(origin, p.ClientID)
	if err == nil && (!ok || found.State == Refused) {
		if notices := ricetta.Validate(p, s.opt.Now()); len(notices) > 0 {
			r := failed(p, wire.Refused, wire.NewError(wire.ErrRxInvalid, ""))
			r.Errors = notices
			return Record{}, r, false
		}
	}
	var r Record
	if err == nil {
		r, err = s.box.Begin(doctor.CF, origin, p)
	}
	if err != nil {
		return Record{}, s.trouble(p, err), false
	}
	return r, wire.PrescriptionResult{}, true
}

// idle is the answer of a list that was given up before its turn: what is known
// already, else that nothing was sent.
func (s *Sender) idle(origin string, p wire.Prescription, why *wire.Error) wire.PrescriptionResult {
	r, ok, err := s.box.Find(origin, p.ClientID)
	if err != nil || !ok {
		return failed(p, wire.Queued, why)
	}
	if r.State == Sending {
		r.State = Unknown
	}
	if r.Problem == nil && !r.settled() {
		r.Problem = why
	}
	return result(r)
}

// trouble is the answer for a prescription that the journal would not take: it
// has not been sent.
func (s *Sender) trouble(p wire.Prescription, err error) wire.PrescriptionResult {
	if errors.Is(err, ErrChanged) {
		return failed(p, wire.Refused, wire.NewError(wire.ErrRxChanged, ""))
	}
	s.opt.Log.Error().Err(err).Msg("outbox")
	return failed(p, wire.Queued, wire.NewError(Code(err), ""))
}

func failed(p wire.Prescription, state wire.SendState, problem *wire.Error) wire.PrescriptionResult {
	return wire.PrescriptionResult{ClientID: p.ClientID, State: state, Warnings: []wire.Notice{}, Errors: []wire.Notice{}, Problem: problem}
}

func stopped(ctx context.Context) *wire.Error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return wire.NewError(wire.ErrDeadline, "")
	}
	return wire.NewError(wire.ErrCancelled, "")
}

// result is a record as a client sees it.
func result(r Record) wire.PrescriptionResult {
	out := wire.PrescriptionResult{
		ClientID: r.ClientID, State: wire.SendState(r.State), CodAutenticazione: r.CodAutenticazione, InsertedAt: r.InsertedAt,
		Warnings: []wire.Notice{}, Errors: []wire.Notice{}, HasPromemoria: r.HasPromemoria, Problem: r.Problem,
	}
	if r.State == Sent || r.State == Unknown {
		out.NRE = r.NRE // a number that is bound and not sent is nobody's business
	}
	if r.State == Refused {
		out.Errors = append(out.Errors, r.Errors...)
		out.Problem = wire.NewError(wire.ErrRxRefused, "")
	}
	return out
}
