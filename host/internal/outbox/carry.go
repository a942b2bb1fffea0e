package outbox

import (
	"context"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// carry makes one request.
func carry(ctx context.Context, region Region, doctor ricetta.Doctor, w Work) (out Outcome) {
	r := w.Record
	doctor.Titolare = r.Titolare
	switch w.Kind {
	case Lot:
		lot, err := region.Lot(ctx, doctor)
		return Outcome{Lot: &lot, Err: err}
	case Send:
		receipt, err := region.Send(ctx, doctor, r.NRE, *r.Prescription, r.CompiledAt)
		return Outcome{Receipt: &receipt, Err: err}
	case View:
		v, err := region.View(ctx, doctor, r.NRE)
		return Outcome{View: &v, Err: err}
	case Cancel:
		_, err := region.Cancel(ctx, doctor, r.NRE)
		return Outcome{Err: err}
	}
	searcher, ok := region.(Searcher)
	if !ok {
		return Outcome{Err: noSearch{}}
	}
	found, err := searcher.Used(ctx, doctor, w.Query())
	return Outcome{Found: found, Err: err}
}

// notConnected: the session ended before its request could be made.
type notConnected struct{}

func (notConnected) Error() string        { return "no session of this doctor" }
func (notConnected) Wire() *wire.Error    { return wire.NewError(wire.ErrSessionNone, "") }
func (notConnected) MayHaveArrived() bool { return false }

// noSearch: the region does not tell which numbers are used.
type noSearch struct{}

func (noSearch) Error() string        { return "the region does not list used numbers" }
func (noSearch) Wire() *wire.Error    { return wire.NewError(wire.ErrUnsupported, "used") }
func (noSearch) MayHaveArrived() bool { return false }
