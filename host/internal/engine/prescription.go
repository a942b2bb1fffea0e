package engine

import (
	"context"
	"time"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// sessionRegion is the region as the outbox sees it: whatever session is live,
// renewed when the region has forgotten it.
type sessionRegion struct{ e *Engine }

var _ outbox.Region = sessionRegion{}

func (r sessionRegion) Lot(ctx context.Context) (lot ricetta.Lot, err error) {
	err = r.e.patiently(ctx, func(l *link) (err error) {
		lot, err = l.client.Lot(ctx)
		return err
	})
	return lot, r.fault(err)
}

func (r sessionRegion) Send(ctx context.Context, d ricetta.Doctor, nre string, p wire.Prescription, compiled time.Time) (receipt ricetta.Receipt, err error) {
	err = r.e.patiently(ctx, func(l *link) (err error) {
		receipt, err = l.client.Send(ctx, d, nre, p, compiled)
		return err
	})
	return receipt, r.fault(err)
}

func (r sessionRegion) View(ctx context.Context, d ricetta.Doctor, nre string) (v wire.ViewResult, err error) {
	err = r.e.patiently(ctx, func(l *link) (err error) {
		v, err = l.client.View(ctx, d, nre)
		return err
	})
	return v, r.fault(err)
}

func (r sessionRegion) Cancel(ctx context.Context, d ricetta.Doctor, nre string) (c wire.CancelResult, err error) {
	err = r.e.patiently(ctx, func(l *link) (err error) {
		c, err = l.client.Cancel(ctx, d, nre)
		return err
	})
	return c, r.fault(err)
}

// notAsked is an error of our own side: the request never left.
type notAsked struct {
	error
	wire *wire.Error
}

func (n notAsked) Wire() *wire.Error    { return n.wire }
func (n notAsked) MayHaveArrived() bool { return false }
func (n notAsked) Unwrap() error        { return n.error }

// fault gives the errors that arose before the region was asked (no session,
// the card gone) the form that the outbox understands.
func (r sessionRegion) fault(err error) error {
	if _, ok := err.(outbox.Fault); ok || err == nil {
		return err
	}
	w, ok := toWire(err)
	if !ok {
		return err // the outbox takes an unknown error for the worst
	}
	return notAsked{err, w}
}

func (e *Engine) send(ctx context.Context, c Call, p wire.SendParams) (wire.SendResult, error) {
	doctor, err := e.prescriber(ctx, c)
	if err != nil {
		return wire.SendResult{}, err
	}
	if e.session.Snapshot().SubstituteOf != "" {
		// The titolare's region, ASL and specialisation, which the request must
		// name (SPEC24 section 4.2.1, cfMedico2), are not known.
		return wire.SendResult{}, wire.NewError(wire.ErrSubstitute, "")
	}
	defer e.countOutbox()
	last := wire.BatchProgress{Total: len(p.Prescriptions)}
	tell := func(b wire.BatchProgress) {
		if c.Notify != nil {
			c.Notify(event(wire.EventBatch, b))
		}
	}
	ctx = inBatch(ctx, func(why wire.ErrorCode) {
		waiting := last
		waiting.Paused = why
		tell(waiting)
	})
	results := e.sender.Send(ctx, outbox.Order{Doctor: doctor, Origin: c.Origin}, p.Prescriptions, func(b wire.BatchProgress) {
		last = b
		tell(b)
	})
	return wire.SendResult{Results: results}, nil
}

func (e *Engine) view(ctx context.Context, c Call, p wire.NREParams) (v wire.ViewResult, err error) {
	l, err := e.current()
	if err != nil {
		return v, err
	}
	doctor, err := e.doctor(ctx, l)
	if err != nil {
		return v, err
	}
	return v, e.withRegion(ctx, func(l *link) (err error) {
		v, err = l.client.View(ctx, doctor, p.NRE)
		return err
	})
}

func (e *Engine) cancel(ctx context.Context, c Call, p wire.NREParams) (r wire.CancelResult, err error) {
	doctor, err := e.prescriber(ctx, c)
	if err != nil {
		return r, err
	}
	return r, e.withRegion(ctx, func(l *link) (err error) {
		r, err = l.client.Cancel(ctx, doctor, p.NRE)
		return err
	})
}

// prescriber is the doctor of the session, for a page that has leave to act
// in that name.
func (e *Engine) prescriber(ctx context.Context, c Call) (ricetta.Doctor, error) {
	l, err := e.current()
	if err != nil {
		return ricetta.Doctor{}, err
	}
	if err := e.leave(ctx, c, l); err != nil {
		return ricetta.Doctor{}, err
	}
	return e.doctor(ctx, l)
}

func (e *Engine) doctor(ctx context.Context, l *link) (ricetta.Doctor, error) {
	code, err := e.pinCode(ctx, l)
	if err != nil {
		return ricetta.Doctor{}, err
	}
	s := e.sessionOf(l)
	// The organisation is region and ASL, three digits each (A2F-DEM section 4).
	d := ricetta.Doctor{CF: s.CF, PinCode: code, Region: e.profile.Code, Specializzazione: s.Specializzazione}
	if len(s.Organisation) == 6 {
		d.Region, d.ASL = s.Organisation[:3], s.Organisation[3:]
	}
	return d, nil
}

func (e *Engine) outboxCounts() wire.Outbox {
	counts, err := e.outbox.Counts()
	if err != nil {
		e.log.Error().Err(err).Msg("outbox can not be counted")
	}
	return counts
}

func (e *Engine) countOutbox() { e.events.publish(wire.EventOutbox, e.outboxCounts()) }
