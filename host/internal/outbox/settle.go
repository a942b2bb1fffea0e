package outbox

import (
	"errors"
	"fmt"
)

// Settle takes the answer to a Work.
func (o *Outbox) Settle(w Work, out Outcome) (Record, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.ready(); err != nil {
		return w.Record, err
	}
	var step Step
	err := o.update(func(tx Tx) error { return o.settleAll(tx, []Done{{w, out}}, &step) })
	if err != nil {
		o.forget(step, []Done{{w, out}})
		return w.Record, err
	}
	return step.Records[0], nil
}

// SettleAndClaim takes answers and hands out what goes next for a doctor, in
// one transaction. After an error nothing is handed out and the answers are
// not on disk: the records say "sending", which is asked for before anything
// else is done.
func (o *Outbox) SettleAndClaim(done []Done, doctor string, opt ClaimOptions) (Step, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var step Step
	if err := o.ready(); err != nil {
		o.forget(step, done)
		return step, err
	}
	if err := o.prune(o.now()); err != nil {
		o.log.Error().Err(err).Msg("outbox")
	}
	if len(opt.IDs) > 0 {
		o.urge(doctor, opt.IDs)
	}
	if len(done) == 0 && o.idle(doctor, opt, &step) {
		return step, nil
	}
	err := o.update(func(tx Tx) error {
		step = Step{}
		if err := o.settleAll(tx, done, &step); err != nil {
			return err
		}
		return o.claim(tx, doctor, opt, &step)
	})
	if err != nil {
		o.forget(step, done)
		return Step{Records: step.Records}, err
	}
	return step, nil
}

// idle tells whether a claim has nothing to write, and answers it: a question
// needs no mark on disk, because asking changes nothing.
func (o *Outbox) idle(doctor string, opt ClaimOptions, step *Step) bool {
	q := o.index.queue(o.short("doctor", doctor))
	c := o.choice(opt)
	q.choose(&c)
	for _, e := range c.picks {
		asks := e.state == Unknown && (e.next == View || e.next == Search)
		if !asks || !e.urgent && q.line.drains(e.seq) {
			return false
		}
	}
	if err := o.view(func(tx Tx) error { return o.claim(readOnly{tx}, doctor, opt, step) }); err != nil {
		o.forget(*step, nil)
		*step = Step{}
		return false
	}
	return true
}

// readOnly is a transaction in which claim finds nothing to write.
type readOnly struct{ Tx }

var errReadOnlyTx = errors.New("change in a read transaction")

func (readOnly) Put(_, _, _ []byte) error { return errReadOnlyTx }
func (readOnly) Delete(_, _ []byte) error { return errReadOnlyTx }

// forget ends the flights of a transaction that did not happen.
func (o *Outbox) forget(step Step, done []Done) {
	for _, w := range step.Work {
		o.landed(w)
	}
	for _, d := range done {
		o.landed(d.Work)
	}
}

// landed ends the flight of a Work, unless it is an old one.
func (o *Outbox) landed(w Work) bool {
	if w.Kind == Lot {
		q := o.index.queue(o.short("doctor", w.Record.Doctor))
		current := q.lot.token == w.token
		if current {
			q.lot.token = 0
		}
		return current
	}
	k, err := parseKey(w.Record.ID)
	if err != nil || o.flights[k] != w.token || w.token == 0 {
		return false
	}
	delete(o.flights, k)
	o.index.land(k)
	return true
}

func (o *Outbox) settleAll(tx Tx, done []Done, step *Step) error {
	for _, d := range done {
		if !o.landed(d.Work) {
			return fmt.Errorf("%w: an answer that nobody waits for", ErrState)
		}
		r, err := o.settle(tx, d)
		if err != nil {
			return err
		}
		step.Records = append(step.Records, r)
	}
	return nil
}

func (o *Outbox) settle(tx Tx, d Done) (Record, error) {
	if d.Work.Kind == Lot {
		return d.Work.Record, o.settleLot(tx, d)
	}
	k, err := parseKey(d.Work.Record.ID)
	if err != nil {
		return Record{}, err
	}
	r, err := o.get(tx, k)
	if err != nil {
		return Record{}, err
	}
	if r.State == Cancelled && (d.Work.Kind == View || d.Work.Kind == Search) {
		return r, nil // resolved by the doctor meanwhile
	}
	done := decide(r, d.Work.Kind, d.Outcome, o.opt, o.now(), o.opt.Rand())
	if done.renumber && !regional(o.opt, done.r) {
		s, err := o.stock(tx, r.Doctor)
		if err != nil {
			return Record{}, err
		}
		done.r.NRE = s.next()
		if err := o.putStock(tx, r.Doctor, s); err != nil {
			return Record{}, err
		}
	}
	if err := o.put(tx, &done.r); err != nil {
		return Record{}, err
	}
	if done.ended {
		o.endTurn(k)
	}
	return done.r, o.follow(tx, r.Doctor, done.answered, done.fault)
}

// endTurn ends the urgency of a record and of what stands behind it: whoever
// waits for them is told how far they came.
func (o *Outbox) endTurn(k key) {
	first := o.index.entries[k]
	if first == nil {
		return
	}
	first.urgent = false
	if first.waiting {
		return // it holds nobody up
	}
	for _, e := range o.index.queue(first.doctor).list {
		if e.patient == first.patient && e.seq > first.seq {
			e.urgent = false
		}
	}
}

// follow draws what an answer means for the doctor's other requests.
func (o *Outbox) follow(tx Tx, doctor string, answered bool, f *fault) error {
	hash := o.short("doctor", doctor)
	q := o.index.queue(hash)
	switch {
	case f != nil && f.all:
		for _, e := range q.list {
			e.urgent = false
		}
		q.ramp, q.problem = 1, f.problem
		if f.pause {
			q.paused = true
			return nil
		}
		return o.putLine(tx, hash, q.line.fail(o.now(), f.told, o.opt.Rand(), f.problem))
	case answered && q.line.down():
		q.problem = nil
		waiting, upTo := 0, uint64(0)
		for _, e := range q.list {
			if !e.waiting {
				waiting, upTo = waiting+1, e.seq
			}
		}
		q.ramp = 1
		return o.putLine(tx, hash, q.line.heal(o.now(), waiting, upTo, o.opt.Rand()))
	case answered:
		q.problem = nil
		q.ramp = min(2*max(1, q.ramp), 1<<16)
		if q.drained() {
			return o.putLine(tx, hash, line{})
		}
	}
	return nil
}

func (o *Outbox) settleLot(tx Tx, d Done) error {
	doctor := d.Work.Record.Doctor
	q := o.index.queue(o.short("doctor", doctor))
	err := d.Outcome.Err
	if err == nil && (d.Outcome.Lot == nil || d.Outcome.Lot.Size() == 0) {
		err = errNoAnswer
	}
	if err == nil {
		q.lot.due, q.lot.fails = o.now(), 0
		if err := o.addLot(tx, doctor, *d.Outcome.Lot); err != nil {
			return err
		}
		return o.follow(tx, doctor, true, nil)
	}
	f := read(err)
	q.lot.fails++
	q.lot.due = o.now().Add(max(backoff(q.lot.fails, o.opt.Rand()), f.told))
	for _, e := range q.list {
		if e.lacks() { // the next one would need the same lot
			e.urgent = false
		}
	}
	if !f.all { // of the lots alone
		q.problem = f.problem
		return nil
	}
	return o.follow(tx, doctor, false, &f)
}
