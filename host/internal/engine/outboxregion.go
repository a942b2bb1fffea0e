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

func (r sessionRegion) Lot(ctx context.Context, d ricetta.Doctor) (ricetta.Lot, error) {
	return request(ctx, r, d.CF, func(l *link) (ricetta.Lot, error) { return l.client.Lot(ctx, d) })
}

func (r sessionRegion) Send(ctx context.Context, d ricetta.Doctor, nre string, p wire.Prescription, compiled time.Time) (ricetta.Receipt, error) {
	return request(ctx, r, d.CF, func(l *link) (ricetta.Receipt, error) { return l.client.Send(ctx, d, nre, p, compiled) })
}

func (r sessionRegion) View(ctx context.Context, d ricetta.Doctor, nre string) (wire.ViewResult, error) {
	return request(ctx, r, d.CF, func(l *link) (wire.ViewResult, error) { return l.client.View(ctx, d, nre) })
}

func (r sessionRegion) Cancel(ctx context.Context, d ricetta.Doctor, nre string) (wire.CancelResult, error) {
	return request(ctx, r, d.CF, func(l *link) (wire.CancelResult, error) { return l.client.Cancel(ctx, d, nre) })
}

func (r sessionRegion) Used(ctx context.Context, d ricetta.Doctor, q ricetta.Query) ([]wire.ListedPrescription, error) {
	return request(ctx, r, d.CF, func(l *link) ([]wire.ListedPrescription, error) { return l.client.Used(ctx, d, q) })
}

// request runs one request in the session of this very doctor.
func request[R any](ctx context.Context, r sessionRegion, doctor string, do func(*link) (R, error)) (out R, err error) {
	e := r.e
	defer during(&e.attention.alone)()
	refused := e.attention.refused.Load()
	err = r.fault(e.inSession(ctx, func(l *link) (err error) {
		if e.sessionOf(l).CF != doctor {
			return &region.Error{Code: wire.ErrWrongDoctor}
		}
		out, err = do(l)
		return err
	}))
	var f outbox.Fault
	if errors.As(err, &f) && !f.MayHaveArrived() && e.attention.refused.Load() != refused {
		err = notAsked{err, wire.NewError(wire.ErrLoginNeeded, "")} // the card wants its PIN, and nobody is there
	}
	if errors.As(err, &f) && f.Wire().Data.Hop == wire.HopSession {
		e.resumes.Store(true) // the outbox rests; the next thing that a user does wakes it
	}
	return out, err
}

// notAsked is an error of our own side: the request never left.
type notAsked struct {
	error
	wire *wire.Error
}

func (n notAsked) Wire() *wire.Error    { return n.wire }
func (n notAsked) MayHaveArrived() bool { return false }
func (n notAsked) Unwrap() error        { return n.error }

// fault gives the errors that arose before the region was asked (no session, one
// that could not be renewed, the card gone) the form that the outbox understands.
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
