package engine

import (
	"context"
	"errors"
	"time"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/region"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// sessionRegion is the region as the outbox sees it: whatever session is live,
// renewed when the region has forgotten it. It never waits for a user, and opens
// a window only while one waits for the outbox.
type sessionRegion struct{ e *Engine }

var (
	_ outbox.Region   = sessionRegion{}
	_ outbox.Searcher = sessionRegion{}
)

func (r sessionRegion) Lot(ctx context.Context) (lot ricetta.Lot, err error) {
	return lot, r.do(ctx, "", func(l *link) (err error) {
		lot, err = l.client.Lot(ctx)
		return err
	})
}

func (r sessionRegion) Send(ctx context.Context, d ricetta.Doctor, nre string, p wire.Prescription, compiled time.Time) (receipt ricetta.Receipt, err error) {
	return receipt, r.do(ctx, d.CF, func(l *link) (err error) {
		receipt, err = l.client.Send(ctx, d, nre, p, compiled)
		return err
	})
}

func (r sessionRegion) View(ctx context.Context, d ricetta.Doctor, nre string) (v wire.ViewResult, err error) {
	return v, r.do(ctx, d.CF, func(l *link) (err error) {
		v, err = l.client.View(ctx, d, nre)
		return err
	})
}

func (r sessionRegion) Cancel(ctx context.Context, d ricetta.Doctor, nre string) (c wire.CancelResult, err error) {
	return c, r.do(ctx, d.CF, func(l *link) (err error) {
		c, err = l.client.Cancel(ctx, d, nre)
		return err
	})
}

func (r sessionRegion) Used(ctx context.Context, d ricetta.Doctor, q ricetta.Query) (list []wire.ListedPrescription, err error) {
	return list, r.do(ctx, d.CF, func(l *link) (err error) {
		list, err = l.client.Used(ctx, d, q)
		return err
	})
}

// do runs one request in the session, of this very doctor if it names one.
func (r sessionRegion) do(ctx context.Context, doctor string, request func(*link) error) error {
	e := r.e
	defer during(&e.attention.alone)()
	refused := e.attention.refused.Load()
	err := r.fault(e.inSession(ctx, func(l *link) error {
		if doctor != "" && e.sessionOf(l).CF != doctor {
			return &region.Error{Code: wire.ErrWrongDoctor}
		}
		return request(l)
	}))
	var f outbox.Fault
	if errors.As(err, &f) && !f.MayHaveArrived() && e.attention.refused.Load() != refused {
		err = notAsked{err, wire.NewError(wire.ErrLoginNeeded, "")} // the card wants its PIN, and nobody is there
	}
	if errors.As(err, &f) && f.Wire().Data.Hop == wire.HopSession {
		e.resumes.Store(true) // the outbox rests; the next thing that a user does wakes it
	}
	return err
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
