package outbox

import (
	"errors"
	"fmt"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// Retry is the doctor's word that records may go: drafts and refused ones go
// out if they are valid, those that waited for him begin anew. What cannot go
// on without him (Decide) is left as it is.
func (o *Outbox) Retry(ids []string) ([]Record, error) {
	return o.edit(ids, func(tx Tx, r *Record) (edited, error) {
		switch {
		case r.State == Draft, r.State == Refused && r.Prescription != nil:
			return write, o.release(tx, r)
		case (r.State == Unknown || r.State == Queued) && r.Waits && !r.Decide:
			r.Waits, r.Problem, r.Tries, r.Asks, r.Fails, r.Due = false, nil, 0, 0, 0, time.Time{}
			return write, nil
		}
		return same, nil
	})
}

// release sends a draft or a refused prescription on its way.
func (o *Outbox) release(tx Tx, r *Record) error {
	s, err := o.stock(tx, r.Doctor)
	if err != nil {
		return err
	}
	r.Seq = o.nextSeq()
	r.Attempts, r.Tries, r.Asks, r.Fails, r.Due, r.Taken = 0, 0, 0, 0, time.Time{}, false
	o.place(r, &s, false, ricetta.Validate(*r.Prescription, o.now()))
	return o.putStock(tx, r.Doctor, s)
}

// Discard gives records up. What never left is forgotten; of the others it has
// to be certain that they do not live, which takes requests: they end in
// cancelled, or in sent when it is too late. What was sent cannot be given up.
func (o *Outbox) Discard(ids []string) ([]Record, error) {
	return o.edit(ids, func(_ Tx, r *Record) (edited, error) {
		switch {
		case r.State == Draft, r.State == Refused, r.State == Queued && r.Attempts == 0:
			return gone, nil
		case r.State == Cancelled:
			return same, nil
		case r.State == Sent:
			return same, fmt.Errorf("%w: %s", ErrState, r.State)
		}
		r.Aim, r.Waits, r.Tries, r.Asks, r.Fails, r.Due = Gone, false, 0, 0, 0, time.Time{}
		if r.State != Sending {
			r.Next = question(o.opt, *r)
		}
		return write, nil
	})
}

// Hold keeps for later what never left: a batch that the doctor stopped.
func (o *Outbox) Hold(ids []string) ([]Record, error) {
	return o.edit(ids, func(_ Tx, r *Record) (edited, error) {
		if r.State != Queued || r.Attempts > 0 {
			return same, nil
		}
		r.State, r.Due, r.Problem = Draft, time.Time{}, nil
		return write, nil
	})
}

// The decisions of Resolve.
const (
	Absent  = "absent"
	Present = "present"
)

// Resolve takes the doctor's word on an unknown outcome: absent, it is not
// there and goes out again as it is; present, it is there under this number,
// which the region is asked to confirm.
func (o *Outbox) Resolve(id, decision, nre string) (Record, error) {
	list, err := o.edit([]string{id}, func(_ Tx, r *Record) (edited, error) {
		if r.State != Unknown {
			return same, fmt.Errorf("%w: %s", ErrState, r.State)
		}
		r.Decide, r.Waits, r.Problem = false, false, nil
		r.Tries, r.Asks, r.Fails, r.Due = 0, 0, 0, time.Time{}
		switch {
		case decision == Absent && r.Aim == Gone && r.NRE == "":
			r.State, r.Next, r.Prescription = Cancelled, "", nil
		case decision == Absent:
			r.Next, r.Vouched = Send, false
		case decision == Present && (r.NRE == "" || r.NRE == nre):
			if _, err := ricetta.ParseNRE(nre); err != nil {
				return same, err
			}
			r.NRE, r.Vouched, r.Next = nre, true, View
		default:
			return same, fmt.Errorf("%w: %s", ErrState, decision)
		}
		return write, nil
	})
	if err != nil {
		return Record{}, err
	}
	return list[0], nil
}

// edited is what becomes of a record that a person touched.
type edited int

const (
	same edited = iota
	write
	gone
)

// edit changes records in one transaction, all or none. Those that are
// forgotten come back without an ID.
func (o *Outbox) edit(ids []string, change func(Tx, *Record) (edited, error)) ([]Record, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.ready(); err != nil {
		return nil, err
	}
	keys := make([]key, len(ids))
	for i, id := range ids {
		k, err := parseKey(id)
		if err != nil {
			return nil, err
		}
		keys[i] = k
	}
	var list []Record
	err := o.update(func(tx Tx) error {
		list = nil
		for _, k := range keys {
			r, err := o.editOne(tx, k, change)
			if err != nil {
				return err
			}
			list = append(list, r)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

func (o *Outbox) editOne(tx Tx, k key, change func(Tx, *Record) (edited, error)) (Record, error) {
	r, err := o.get(tx, k)
	if err != nil {
		return Record{}, err
	}
	what, err := change(tx, &r)
	switch {
	case err != nil:
		return Record{}, err
	case what == write:
		err = o.put(tx, &r)
	case what == gone:
		err = o.remove(tx, k)
		r.ID = ""
	}
	return r, err
}

// Find returns the record of a client_id, if there is one.
func (o *Outbox) Find(origin, clientID string) (Record, bool, error) {
	r, err := o.byKey(o.keyOf(origin, clientID))
	if errors.Is(err, ErrAbsent) {
		return Record{}, false, nil
	}
	return r, err == nil, err
}

// Get returns a record; ErrAbsent when there is none.
func (o *Outbox) Get(id string) (Record, error) {
	k, err := parseKey(id)
	if err != nil {
		return Record{}, err
	}
	return o.byKey(k)
}

func (o *Outbox) byKey(k key) (r Record, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	err = o.view(func(tx Tx) error {
		r, err = o.get(tx, k)
		return err
	})
	return r, err
}

// Counts tells what is in charge and not settled.
func (o *Outbox) Counts() (c wire.Outbox, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.ready(); err != nil {
		return c, err
	}
	return o.index.counts, nil
}
