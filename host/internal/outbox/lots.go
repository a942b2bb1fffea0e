package outbox

import (
	"encoding/json"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"raccordo/host/internal/ricetta"
)

// lotUse is one lot of a doctor's and how far it is used. Next only grows: a
// number that was handed out once, for whatever became of it, is burnt. A lot
// that is used up stays, so that it is never taken for a new one.
type lotUse struct {
	Lot  ricetta.Lot `json:"lot"`
	Next int         `json:"next"`
}

// AddLot stores a lot of the doctor's. A lot that is known already keeps its
// count.
func (o *Outbox) AddLot(doctor string, lot ricetta.Lot) error {
	if lot.Size() == 0 {
		return fmt.Errorf("%w: lot %+v", ricetta.ErrNRE, lot)
	}
	return o.update(func(tx *bolt.Tx) error {
		lots, err := o.lots(tx, doctor)
		if err != nil {
			return err
		}
		for _, l := range lots {
			if l.Lot == lot {
				return nil
			}
		}
		return o.putLots(tx, doctor, append(lots, lotUse{Lot: lot}))
	})
}

// Bind gives the record a number from the doctor's lots, in one transaction
// with the count: a crash loses neither. A record that has a number keeps it.
func (o *Outbox) Bind(r Record) (Record, error) {
	var bound Record
	err := o.update(func(tx *bolt.Tx) error {
		current, err := o.get(tx, r.id)
		if err != nil {
			return err
		}
		bound = current
		switch {
		case current.NRE != "":
			return nil
		case current.State != Queued:
			return fmt.Errorf("%w: %s", ErrState, current.State)
		}
		if bound.NRE, err = o.nextNRE(tx, current.Doctor); err != nil {
			return err
		}
		return o.put(tx, &bound)
	})
	return bound, err
}

// nextNRE takes a number that nobody had and nobody will have.
func (o *Outbox) nextNRE(tx *bolt.Tx, doctor string) (string, error) {
	lots, err := o.lots(tx, doctor)
	if err != nil {
		return "", err
	}
	for i := range lots {
		if nre := lots[i].Lot.NRE(lots[i].Next); nre != "" {
			lots[i].Next++
			return nre, o.putLots(tx, doctor, lots)
		}
	}
	return "", ErrNoNumber
}

func (o *Outbox) lots(tx *bolt.Tx, doctor string) ([]lotUse, error) {
	key := o.safe.hide(doctor)
	var lots []lotUse
	sealed := tx.Bucket(bucketLots).Get(key)
	if sealed == nil {
		return nil, nil
	}
	err := o.safe.open(sealed, bucketLots, key, &lots)
	return lots, err
}

func (o *Outbox) putLots(tx *bolt.Tx, doctor string, lots []lotUse) error {
	plain, err := json.Marshal(lots)
	if err != nil {
		return err
	}
	key := o.safe.hide(doctor)
	return tx.Bucket(bucketLots).Put(key, o.safe.seal(plain, bucketLots, key))
}
