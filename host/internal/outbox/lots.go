package outbox

import (
	"errors"
	"fmt"
	"time"

	"raccordo/host/internal/ricetta"
)

// lowWater is how few numbers a doctor may have left before another lot is
// asked for.
const lowWater = 20

// lotUse is one lot of a doctor's and how far it is used. Next only grows: a
// number that was handed out once, for whatever became of it, is burnt. A lot
// that is used up stays, so that it is never taken for a new one.
type lotUse struct {
	Lot  ricetta.Lot `json:"lot"`
	Next int         `json:"next"`
}

// stock is what a doctor has: numbers, and the seconds that are taken.
type stock struct {
	Lots  []lotUse `json:"lots"`
	Spans []span   `json:"spans,omitempty"`
}

// next takes a number that nobody had and nobody will have; empty: none left.
func (s *stock) next() string {
	for i := range s.Lots {
		if nre := s.Lots[i].Lot.NRE(s.Lots[i].Next); nre != "" {
			s.Lots[i].Next++
			return nre
		}
	}
	return ""
}

func (s *stock) left() (n int) {
	for _, l := range s.Lots {
		n += max(0, l.Lot.Size()-l.Next)
	}
	return n
}

// add stores a lot. One that is known already keeps its count.
func (s *stock) add(lot ricetta.Lot) {
	for _, l := range s.Lots {
		if l.Lot == lot {
			return
		}
	}
	s.Lots = append(s.Lots, lotUse{Lot: lot})
}

func (o *Outbox) stock(tx Tx, doctor string) (s stock, err error) {
	name := o.safe.hide(doctor)
	sealed := tx.Get(bucketDoctors, name)
	if sealed == nil {
		return s, nil
	}
	return s, o.safe.open(sealed, bucketDoctors, name, &s)
}

func (o *Outbox) putStock(tx Tx, doctor string, s stock) error {
	o.index.queue(o.short("doctor", doctor)).lot.left = s.left()
	return o.seal(tx, bucketDoctors, o.safe.hide(doctor), s)
}

// lotNeed is what is known of a doctor's lots without looking.
type lotNeed struct {
	left  int // numbers; -1: not counted yet
	due   time.Time
	fails int
	token uint64 // of the request under way; 0: none
}

// AddLot stores a lot of the doctor's, and gives its numbers to those who wait
// for one.
func (o *Outbox) AddLot(doctor string, lot ricetta.Lot) error {
	if lot.Size() == 0 {
		return fmt.Errorf("%w: lot %+v", ricetta.ErrNRE, lot)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return errors.Join(o.ready(), o.update(func(tx Tx) error { return o.addLot(tx, doctor, lot) }))
}

func (o *Outbox) addLot(tx Tx, doctor string, lot ricetta.Lot) error {
	s, err := o.stock(tx, doctor)
	if err != nil {
		return err
	}
	s.add(lot)
	q := o.index.queue(o.short("doctor", doctor))
	var behind []key
	for _, e := range q.list {
		if e.lacks() && len(behind) < s.left() {
			behind = append(behind, e.id)
		}
	}
	for _, id := range behind {
		r, err := o.get(tx, id)
		if err != nil {
			return err
		}
		r.NRE = s.next()
		if err := o.put(tx, &r); err != nil {
			return err
		}
	}
	return o.putStock(tx, doctor, s)
}

// lacks: it could go, had it a number.
func (e *entry) lacks() bool { return e.state == Queued && !e.regional && !e.numbered }
