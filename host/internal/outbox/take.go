package outbox

import (
	"bytes"
	"encoding/hex"
	"errors"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// Order is who hands prescriptions over, and what for.
type Order struct {
	Doctor ricetta.Doctor // with the titolare whom he stands in for
	Origin string         // the page; empty: none
	Draft  bool           // to be kept until the doctor says more
}

// Taken is one prescription after Take.
type Taken struct {
	Record Record
	Result wire.PrescriptionResult
	Kept   bool // it is in the outbox
	Goes   bool // and goes out
}

// Take puts a list of intents on disk, in one transaction and in this order,
// with their numbers as far as the lots reach. Our own checks come first, but
// never judge again what may have left already: the same prescription handed
// over twice is the record that it was the first time. An error means that
// nothing was taken; each result then says why.
func (o *Outbox) Take(order Order, list []wire.Prescription) ([]Taken, error) {
	taken := make([]Taken, len(list))
	now := o.now()
	notices := make([][]wire.Notice, len(list))
	for i, p := range list {
		notices[i] = ricetta.Validate(p, now)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	err := o.ready()
	if err == nil {
		err = o.update(func(tx Tx) error {
			return o.takeAll(tx, order, list, notices, taken)
		})
	}
	if err != nil {
		o.log.Error().Err(err).Msg("outbox")
		for i, p := range list {
			taken[i] = Taken{Result: failed(p.ClientID, wire.NewError(Code(err), ""))}
		}
	}
	return taken, err
}

func (o *Outbox) takeAll(tx Tx, order Order, list []wire.Prescription, notices [][]wire.Notice, taken []Taken) error {
	s, err := o.stock(tx, order.Doctor.CF)
	if err != nil {
		return err
	}
	changed := false
	for i, p := range list {
		if p.ClientID == "" {
			taken[i] = Taken{Result: failed("", wire.NewError(wire.ErrRxInvalid, "client_id"))}
			taken[i].Result.Errors = append(taken[i].Result.Errors, notices[i]...)
			continue
		}
		r, fresh, err := o.takeOne(tx, &s, order, p, notices[i])
		switch {
		case errors.Is(err, ErrChanged):
			taken[i] = Taken{Result: failed(p.ClientID, wire.NewError(wire.ErrRxChanged, ""))}
			continue
		case err != nil:
			return err
		}
		changed = changed || fresh
		taken[i] = Taken{Record: r, Result: result(r), Kept: true, Goes: !r.settled() && !r.waiting()}
	}
	if !changed {
		return nil
	}
	return o.putStock(tx, order.Doctor.CF, s)
}

func (o *Outbox) takeOne(tx Tx, s *stock, order Order, p wire.Prescription, notices []wire.Notice) (Record, bool, error) {
	hash, err := contents(order.Doctor, p)
	if err != nil {
		return Record{}, false, err
	}
	id := o.keyOf(order.Origin, p.ClientID)
	found, err := o.get(tx, id)
	if err != nil && !errors.Is(err, ErrAbsent) {
		return Record{}, false, err
	}
	same := bytes.Equal(found.Hash, hash)
	switch intake(found, same, order.Draft) {
	case keep:
		return found, false, nil
	case deny:
		return Record{}, false, ErrChanged
	}
	r := renew(found, same)
	r.ID, r.ClientID, r.Origin = hex.EncodeToString(id[:]), p.ClientID, order.Origin
	r.Doctor, r.Titolare, r.Hash, r.Prescription = order.Doctor.CF, order.Doctor.Titolare, hash, &p
	if r.Seq == 0 {
		r.Seq = o.nextSeq()
	}
	if r.CompiledAt.IsZero() {
		r.CompiledAt = s.second(o.now())
	}
	if r.Since.IsZero() {
		r.Since = o.now().UTC()
	}
	o.place(&r, s, order.Draft, notices)
	return r, true, o.put(tx, &r)
}

// nextSeq grows for ever: an order of taking, and after all is settled the
// clock.
func (o *Outbox) nextSeq() uint64 {
	o.index.seq = max(o.index.seq+1, uint64(max(0, o.now().UnixNano())))
	return o.index.seq
}

// place says where a prescription with these remarks stands.
func (o *Outbox) place(r *Record, s *stock, draft bool, notices []wire.Notice) {
	r.Errors, r.Problem, r.Warnings = notices, nil, nil
	switch {
	case draft:
		r.State = Draft
	case len(notices) > 0:
		r.State, r.Problem = Refused, wire.NewError(wire.ErrRxInvalid, "")
	default:
		r.State = Queued
		if r.NRE == "" && !regional(o.opt, *r) {
			r.NRE = s.next()
		}
	}
}

// reception is what becomes of a prescription that is handed over.
type reception int

const (
	keep   reception = iota // the record stays as it is
	accept                  // the record becomes the prescription
	deny
)

// intake judges a prescription against the record of its client_id. Other
// contents are let in only where the old ones certainly do not live and never
// will: refused, kept for later, or never left.
func intake(found Record, same, draft bool) reception {
	switch {
	case found.ID == "":
		return accept
	case found.State == Refused, found.State == Draft && (!same || !draft):
		return accept
	case found.State == Queued && found.Attempts == 0 && !same:
		return accept
	case same:
		return keep
	}
	return deny
}

// renew is what a record keeps when a prescription is handed over again: its
// number, which the region never accepted, and the marks by which an earlier
// version that arrives late is known.
func renew(found Record, same bool) Record {
	r := Record{NRE: found.NRE, Former: found.Former, Since: found.Since}
	if found.State == Queued {
		r.Seq = found.Seq
	}
	switch {
	case same:
		r.CompiledAt = found.CompiledAt
	case found.Attempts > 0 && found.NRE != "":
		r.Former = append(r.Former, found.CompiledAt)
	}
	return r
}

// failed is the answer for a prescription that is not in the outbox.
func failed(clientID string, problem *wire.Error) wire.PrescriptionResult {
	return wire.PrescriptionResult{ClientID: clientID, State: wire.Refused, Warnings: []wire.Notice{}, Errors: []wire.Notice{}, Problem: problem}
}

// result is a record as a client sees it.
func result(r Record) wire.PrescriptionResult {
	out := wire.PrescriptionResult{
		ClientID: r.ClientID, State: wire.SendState(r.State), CodAutenticazione: r.CodAutenticazione, InsertedAt: r.InsertedAt,
		Warnings: []wire.Notice{}, Errors: []wire.Notice{}, HasPromemoria: r.HasPromemoria, Problem: r.Problem, Attempts: r.Attempts,
	}
	out.Warnings, out.Errors = append(out.Warnings, r.Warnings...), append(out.Errors, r.Errors...)
	if r.State == Sending {
		out.State = wire.Queued
	}
	if r.State == Sent || r.State == Unknown || r.State == Cancelled {
		out.NRE = r.NRE // a number that is bound and not sent is nobody's business
	}
	if (r.State == Queued || r.State == Unknown) && !r.waiting() && !r.Due.IsZero() {
		out.NextAttempt = r.Due.In(ricetta.Rome()).Format(time.RFC3339)
	}
	return out
}
