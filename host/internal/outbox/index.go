package outbox

import (
	"slices"
	"time"

	"raccordo/host/internal/wire"
)

// index is every record that is not settled, in memory, and how each doctor's
// requests fare.
type index struct {
	entries map[key]*entry
	queues  map[uint64]*queue // by doctor
	seq     uint64            // the last one given
	counts  wire.Outbox
}

// count keeps the counts by what is in the index.
func (x *index) count(e *entry, by int) {
	switch {
	case e.state == Draft:
		x.counts.Drafts += by
	case e.waiting:
		x.counts.Failed += by
	default:
		x.counts.Pending += by
	}
}

// queue is one doctor's records in the order in which they were taken.
type queue struct {
	list []*entry
	line line

	flights int // requests under way, lots aside
	ramp    int // how many may be under way now
	paused  bool
	problem *wire.Error // why the last request of all did not go through
	lot     lotNeed
}

func (x *index) queue(doctor uint64) *queue {
	q := x.queues[doctor]
	if q == nil {
		q = &queue{ramp: 1, lot: lotNeed{left: -1}}
		x.queues[doctor] = q
	}
	return q
}

func bySeq(e *entry, seq uint64) int {
	switch {
	case e.seq < seq:
		return -1
	case e.seq > seq:
		return 1
	}
	return 0
}

// set takes over what is on disk of one record.
func (x *index) set(e entry) {
	x.seq = max(x.seq, e.seq)
	old := x.entries[e.id]
	if old != nil && old.seq == e.seq && old.doctor == e.doctor {
		x.count(old, -1)
		e.urgent, e.flight, e.broken = old.urgent, old.flight, old.broken
		*old = e
		x.count(old, +1)
		return
	}
	if old != nil {
		x.drop(e.id)
	}
	x.entries[e.id] = &e
	x.count(&e, +1)
	q := x.queue(e.doctor)
	at, _ := slices.BinarySearchFunc(q.list, e.seq, bySeq)
	q.list = slices.Insert(q.list, at, &e)
}

func (x *index) drop(id key) {
	e := x.entries[id]
	if e == nil {
		return
	}
	delete(x.entries, id)
	x.count(e, -1)
	q := x.queue(e.doctor)
	if e.flight {
		q.flights--
	}
	if at, ok := slices.BinarySearchFunc(q.list, e.seq, bySeq); ok {
		q.list = slices.Delete(q.list, at, at+1)
	}
}

// land ends the flight of a record, whatever came of it.
func (x *index) land(id key) {
	if e := x.entries[id]; e != nil && e.flight {
		e.flight = false
		x.queue(e.doctor).flights--
	}
}

// reindex makes the index, on disk and in memory, say what r says.
func (o *Outbox) reindex(tx Tx, id key, r Record) error {
	if r.settled() {
		o.index.drop(id)
		if tx.Get(bucketIndex, id[:]) == nil {
			return nil
		}
		return tx.Delete(bucketIndex, id[:])
	}
	e := o.entryOf(id, r)
	o.index.set(e)
	return tx.Put(bucketIndex, id[:], o.safe.seal(e.encode(), bucketIndex, id[:]))
}

// load reads the index. What is under way stays under way.
func (o *Outbox) load() error {
	x := &index{entries: map[key]*entry{}, queues: map[uint64]*queue{}}
	var all []*entry
	err := o.view(func(tx Tx) error {
		return tx.ForEach(bucketIndex, func(k, sealed []byte) error {
			if len(k) != len(key{}) {
				return ErrCorrupt
			}
			plain, err := o.safe.unseal(sealed, bucketIndex, k)
			if err != nil {
				return err
			}
			e, err := decodeEntry(key(k), plain)
			if err != nil {
				return err
			}
			e.regional = e.substitute || o.opt.RegionNumbers
			if _, e.flight = o.flights[e.id]; e.flight {
				x.queue(e.doctor).flights++
			}
			x.entries[e.id] = &e
			x.count(&e, +1)
			all = append(all, &e)
			return nil
		})
	})
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b *entry) int { return bySeq(a, b.seq) })
	for _, e := range all {
		q := x.queue(e.doctor)
		q.list = append(q.list, e)
		x.seq = max(x.seq, e.seq)
	}
	if err := o.view(func(tx Tx) error { return o.loadLines(tx, x) }); err != nil {
		return err
	}
	for _, q := range x.queues {
		q.problem = q.line.Problem
	}
	if o.index != nil { // what the disk does not know
		for doctor, was := range o.index.queues {
			q := x.queue(doctor)
			q.ramp, q.paused, q.problem, q.lot = was.ramp, was.paused, was.problem, was.lot
			q.lot.left = -1
		}
	}
	o.index, o.stale = x, false
	return nil
}

// stalled tells a due time that only a clock set back can explain.
func stalled(due, now time.Time) bool { return due.Sub(now) > maxTold+time.Minute }
