package outbox

import (
	"encoding/hex"
	"errors"
	"time"
)

// Claim hands out what is due now for one doctor, marked on disk before it is
// returned, and says when to come back.
func (o *Outbox) Claim(doctor string, opt ClaimOptions) ([]Work, time.Time, error) {
	step, err := o.SettleAndClaim(nil, doctor, opt)
	return step.Work, step.Next, err
}

// Urge lets the records go now, whatever the pace and the back-off say, until
// a fault ends their turn; with them what must go before them for the same
// patients.
func (o *Outbox) Urge(doctor string, ids []string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.ready(); err != nil {
		return err
	}
	o.urge(doctor, ids)
	return nil
}

func (o *Outbox) urge(doctor string, ids []string) {
	q := o.index.queue(o.short("doctor", doctor))
	last := map[uint64]uint64{} // by patient, the last one that is wanted
	for _, id := range ids {
		if k, err := parseKey(id); err == nil {
			if e := o.index.entries[k]; e != nil {
				last[e.patient] = max(last[e.patient], e.seq)
			}
		}
	}
	for _, e := range q.list {
		if upTo, wanted := last[e.patient]; wanted && e.seq <= upTo && !e.waiting {
			e.urgent = true
		}
	}
}

// Ease takes back what Urge did; what is under way goes on.
func (o *Outbox) Ease(ids []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, id := range ids {
		if k, err := parseKey(id); err == nil {
			if e := o.index.entries[k]; e != nil {
				e.urgent = false
			}
		}
	}
}

// Fresh tells that the doctor has a new session: what was paused goes on, over
// one connection first.
func (o *Outbox) Fresh(doctor string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	q := o.index.queue(o.short("doctor", doctor))
	q.paused, q.ramp = false, 1
	q.lot.due, q.lot.fails = time.Time{}, 0
}

// busy tells whether a record is under way or about to be.
func (o *Outbox) busy(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	k, err := parseKey(id)
	if err != nil || o.ready() != nil {
		return false
	}
	e := o.index.entries[k]
	return e != nil && (e.flight || e.urgent && !e.waiting && !e.broken)
}

// claim picks what goes and puts the marks on it.
func (o *Outbox) claim(tx Tx, doctor string, opt ClaimOptions, step *Step) error {
	hash := o.short("doctor", doctor)
	q := o.index.queue(hash)
	now := o.now()
	c := o.choice(opt)
	q.choose(&c)
	l := q.line
	for _, e := range c.picks {
		w, err := o.depart(tx, e)
		if errors.Is(err, ErrCorrupt) || errors.Is(err, ErrAbsent) {
			e.broken = true // one that cannot be read holds up nobody
			o.log.Error().Err(err).Msg("outbox")
			continue
		}
		if err != nil {
			return err
		}
		if before := c.after[e]; before != nil {
			w.After = hex.EncodeToString(before.id[:])
		}
		if !e.urgent && l.drains(e.seq) {
			l = l.slot(now, o.opt.Rand())
		}
		step.Work = append(step.Work, w)
	}
	if l != q.line {
		if err := o.putLine(tx, hash, l); err != nil {
			return err
		}
	}
	step.Next = c.next
	return o.wantLot(tx, doctor, q, c, step)
}

func (o *Outbox) choice(opt ClaimOptions) choice {
	c := choice{now: o.now(), urgedOnly: opt.Urged || len(opt.IDs) > 0, limit: opt.Limit, ahead: opt.Ahead}
	if c.limit <= 0 {
		c.limit = o.opt.Parallel
	}
	return c
}

// depart marks one record as under way.
func (o *Outbox) depart(tx Tx, e *entry) (Work, error) {
	r, err := o.get(tx, e.id)
	if err != nil {
		return Work{}, err
	}
	w := Work{Kind: r.Next}
	if r.State == Queued {
		w.Kind = Send
	}
	if r.State == Sending { // its answer could not be written down
		strand(&r, o.opt)
		w.Kind = r.Next
	}
	switch w.Kind {
	case Send:
		if r.Prescription == nil {
			return Work{}, ErrCorrupt
		}
		r.State, r.Next, r.Problem = Sending, "", nil
		r.Attempts++
		r.Tries++
	case Cancel:
		r.Cancels++
	}
	if w.Kind == Send || w.Kind == Cancel || e.state == Sending {
		if err := o.put(tx, &r); err != nil {
			return Work{}, err
		}
	}
	w.Record, w.token = r, o.takeOff(e)
	return w, nil
}

func (o *Outbox) takeOff(e *entry) uint64 {
	o.tokens++
	e.flight = true
	o.index.queue(e.doctor).flights++
	o.flights[e.id] = o.tokens
	return o.tokens
}

// wantLot adds the request of a lot when numbers are lacking or run short.
func (o *Outbox) wantLot(tx Tx, doctor string, q *queue, c choice, step *Step) error {
	if o.opt.RegionNumbers || q.lot.token != 0 {
		return nil
	}
	wanted := c.urgentLacks
	if !c.urgedOnly && !q.paused && (c.lacks || !q.line.down()) {
		if q.lot.left < 0 {
			s, err := o.stock(tx, doctor)
			if err != nil {
				return err
			}
			q.lot.left = s.left()
		}
		if q.lot.left < lowWater || c.lacks {
			due := q.lot.due
			if q.line.down() && q.line.Due.After(due) {
				due = q.line.Due // the lot is what finds out whether the region is back
			}
			wanted = wanted || !due.After(c.now) || stalled(due, c.now)
			if !wanted {
				step.Next = sooner(step.Next, due)
			}
		}
	}
	if wanted {
		o.tokens++
		q.lot.token = o.tokens
		step.Work = append(step.Work, Work{Kind: Lot, Record: Record{Doctor: doctor}, token: o.tokens})
	}
	return nil
}

func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
