package outbox

import (
	"encoding/binary"
	"errors"
	"time"
)

// What expires. The key of bucketExpiry is the instant (8 bytes, big endian),
// one of these, and the key of what expires then.
const (
	expiresSlip    = 's'
	expiresRefused = 'r'
)

const expiryKey = 8 + 1 + len(key{})

// slipKey is where the promemoria of a number stands. Its value begins with
// the id of the record.
func (o *Outbox) slipKey(nre string) []byte { return o.safe.hide("nre", nre) }

// retain puts the promemoria of a record that has just been sent on disk, and
// writes down when it, or a refused prescription, is to be forgotten.
func (o *Outbox) retain(tx Tx, id key, r *Record) error {
	switch {
	case r.State == Refused:
		return o.expire(tx, expiresRefused, id[:])
	case r.State != Sent:
		return nil
	}
	name := o.slipKey(r.NRE)
	if r.slip == nil && tx.Get(bucketSlips, name) != nil {
		return nil // written before
	}
	plain := append(append(make([]byte, 0, len(id)+len(r.slip)), id[:]...), r.slip...)
	r.slip = nil
	return errors.Join(tx.Put(bucketSlips, name, o.safe.seal(plain, bucketSlips, name)), o.expire(tx, expiresSlip, name))
}

func (o *Outbox) expire(tx Tx, kind byte, what []byte) error {
	k := binary.BigEndian.AppendUint64(make([]byte, 0, expiryKey), uint64(max(0, o.now().Unix())))
	return tx.Put(bucketExpiry, append(append(k, kind), what...), []byte{1})
}

// Promemoria is the PDF that the region gave with a prescription; ErrAbsent
// when there is none, or no more.
func (o *Outbox) Promemoria(nre string) ([]byte, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var pdf []byte
	err := o.view(func(tx Tx) error {
		_, found, err := o.slip(tx, o.slipKey(nre))
		pdf = found
		return err
	})
	if err == nil && len(pdf) == 0 {
		err = ErrAbsent
	}
	return pdf, err
}

func (o *Outbox) slip(tx Tx, name []byte) (id key, pdf []byte, err error) {
	sealed := tx.Get(bucketSlips, name)
	if sealed == nil {
		return id, nil, ErrAbsent
	}
	plain, err := o.safe.unseal(sealed, bucketSlips, name)
	if err != nil {
		return id, nil, err
	}
	if len(plain) < len(id) {
		return id, nil, ErrCorrupt
	}
	return key(plain[:len(id)]), plain[len(id):], nil
}

// ByNRE returns the record that was sent under a number, as long as its
// promemoria is kept.
func (o *Outbox) ByNRE(nre string) (r Record, ok bool, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	err = o.view(func(tx Tx) error {
		id, _, err := o.slip(tx, o.slipKey(nre))
		if err == nil {
			r, err = o.get(tx, id)
		}
		return err
	})
	if errors.Is(err, ErrAbsent) {
		return Record{}, false, nil
	}
	return r, err == nil, err
}

// Annulled tells that a prescription which was sent has been cancelled at the
// region: its promemoria must not be printed any more.
func (o *Outbox) Annulled(nre string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.ready(); err != nil {
		return err
	}
	return o.update(func(tx Tx) error {
		name := o.slipKey(nre)
		id, _, err := o.slip(tx, name)
		if err != nil {
			return err
		}
		r, err := o.get(tx, id)
		if err != nil {
			return err
		}
		r.State, r.HasPromemoria, r.CodAutenticazione, r.Prescription = Cancelled, false, "", nil
		return errors.Join(tx.Delete(bucketSlips, name), o.put(tx, &r))
	})
}

// prune forgets what has been kept long enough, once a day.
func (o *Outbox) prune(now time.Time) error {
	if past := now.Sub(o.pruned); past >= 0 && past < 24*time.Hour {
		return nil
	}
	o.pruned = now
	limit := uint64(max(0, now.Add(-o.opt.Keep).Unix()))
	var due [][]byte
	err := o.view(func(tx Tx) error {
		err := tx.ForEach(bucketExpiry, func(k, _ []byte) error {
			if len(k) != expiryKey || binary.BigEndian.Uint64(k) > limit {
				return errEnough
			}
			due = append(due, append([]byte(nil), k...))
			return nil
		})
		if errors.Is(err, errEnough) {
			return nil
		}
		return err
	})
	if err != nil || len(due) == 0 {
		return err
	}
	return o.update(func(tx Tx) error {
		for _, k := range due {
			if err := o.forgetOne(tx, k, limit); err != nil {
				return err
			}
		}
		return nil
	})
}

var errEnough = errors.New("seen enough")

func (o *Outbox) forgetOne(tx Tx, expired []byte, limit uint64) error {
	what := expired[9:]
	err := tx.Delete(bucketExpiry, expired)
	id := key(what)
	if expired[8] == expiresSlip {
		found, _, slipErr := o.slip(tx, what)
		if errors.Is(slipErr, ErrAbsent) {
			return err
		}
		id, err = found, errors.Join(err, slipErr, tx.Delete(bucketSlips, what))
	}
	if err != nil {
		return err
	}
	r, err := o.get(tx, id)
	switch {
	case errors.Is(err, ErrAbsent):
		return nil
	case err != nil:
		return err
	case expired[8] == expiresSlip:
		if !r.HasPromemoria {
			return nil
		}
		r.HasPromemoria = false
		return o.rewrite(tx, id, r)
	case r.State == Refused && uint64(max(0, r.UpdatedAt.Unix())) <= limit:
		return o.remove(tx, id)
	}
	return nil
}

// rewrite changes a record that is settled, and nothing around it.
func (o *Outbox) rewrite(tx Tx, id key, r Record) error { return o.seal(tx, bucketRecords, id[:], r) }

// remove forgets a record. Its number stays burnt: lots only grow.
func (o *Outbox) remove(tx Tx, id key) error {
	o.index.drop(id)
	delete(o.flights, id)
	return errors.Join(tx.Delete(bucketRecords, id[:]), tx.Delete(bucketIndex, id[:]))
}
