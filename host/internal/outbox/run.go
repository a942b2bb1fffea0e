package outbox

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// run is somebody who waits for records: a page with its list.
type run struct {
	caller  context.Context // obeyed between prescriptions
	doctor  ricetta.Doctor
	pending map[string]bool // ids
	events  chan event
	held    *wire.Error // why what has not gone yet will not
}

// event is a record that has come as far as it goes now.
type event struct {
	id     string
	hash   []byte
	result wire.PrescriptionResult
}

// of is what became of what was wanted: another contents of the same name may
// have taken its place meanwhile, or none.
func (w wanted) of(e event) wire.PrescriptionResult {
	switch {
	case e.hash == nil && e.result.Problem == nil: // given up
		return wire.PrescriptionResult{ClientID: w.client, State: wire.Cancelled, Warnings: []wire.Notice{}, Errors: []wire.Notice{}}
	case e.hash == nil: // the journal cannot be read
		return wire.PrescriptionResult{ClientID: w.client, State: wire.Unknown, Warnings: []wire.Notice{}, Errors: []wire.Notice{}, Problem: e.result.Problem}
	case w.hash != nil && !bytes.Equal(w.hash, e.hash):
		return failed(w.client, wire.NewError(wire.ErrRxChanged, ""))
	}
	return e.result
}

func (r *run) waitsFor(id string) bool { return r.pending[id] }

// Send takes the whole list in charge, then sends it, and returns one result
// for each when each is settled or can go no further now. A refusal concerns
// one prescription; a fault of the session or of the line ends the turn of
// all, and the rest stays queued with the same problem. ctx is obeyed between
// prescriptions, never in the middle of one; what had not gone then goes out by
// itself. progress, when not nil, is called after each.
func (s *Sender) Send(ctx context.Context, order Order, list []wire.Prescription, progress func(wire.BatchProgress)) []wire.PrescriptionResult {
	b := newBatch(len(list), progress)
	if ctx.Err() != nil {
		for i, p := range list {
			b.finish(i, s.idle(order.Origin, p, stopped(ctx)))
		}
		return b.results
	}
	taken, _ := s.box.Take(order, list) // the results tell
	var waited []string
	for _, t := range taken {
		if t.Kept && t.Record.Waits && !order.Draft {
			waited = append(waited, t.Record.ID)
		}
	}
	if _, err := s.box.Retry(waited); err == nil {
		for i, t := range taken {
			taken[i].Goes = t.Goes || slices.Contains(waited, t.Record.ID)
		}
	}
	for i, t := range taken {
		b.wants[i] = wanted{list[i].ClientID, t.Record.Hash}
		if t.Goes {
			b.where[t.Record.ID] = append(b.where[t.Record.ID], i)
		} else {
			b.finish(i, t.Result)
		}
	}
	s.await(ctx, order.Doctor, b)
	s.changed()
	return b.results
}

// batch is a list on its way.
type batch struct {
	results  []wire.PrescriptionResult
	wants    []wanted
	where    map[string][]int // by id
	done     int
	progress func(wire.BatchProgress)
}

// wanted is what a place of a list was taken for.
type wanted struct {
	client string
	hash   []byte // nil: any contents
}

func newBatch(n int, progress func(wire.BatchProgress)) *batch {
	return &batch{results: make([]wire.PrescriptionResult, n), wants: make([]wanted, n), where: map[string][]int{}, progress: progress}
}

func (b *batch) finish(i int, r wire.PrescriptionResult) {
	b.results[i] = r
	b.done++
	if b.progress != nil {
		b.progress(wire.BatchProgress{Done: b.done, Total: len(b.results), Result: r})
	}
}

// await sends what a batch waits for.
func (s *Sender) await(ctx context.Context, doctor ricetta.Doctor, b *batch) {
	if len(b.where) == 0 {
		return
	}
	r := &run{caller: ctx, doctor: doctor, pending: map[string]bool{}, events: make(chan event, len(b.where))}
	ids := make([]string, 0, len(b.where))
	for id := range b.where {
		ids = append(ids, id)
		r.pending[id] = true
	}
	if err := s.box.Urge(doctor.CF, ids); err != nil {
		s.opt.Log.Error().Err(err).Msg("outbox")
	}
	s.join(r)
	s.turn()
	given := ctx.Done()
	for left := len(b.where); left > 0; {
		select {
		case e := <-r.events:
			for _, i := range b.where[e.id] {
				b.finish(i, b.wants[i].of(e))
			}
			left--
		case <-given:
			given = nil
			s.turn()
		}
	}
}

func (s *Sender) join(r *run) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs = append(s.runs, r)
}

// ErrStopped is the cause of a context (context.WithCancelCause) by which the
// doctor stops a list: what never left becomes a draft and waits for him. A
// context that ends for another reason leaves it queued.
var ErrStopped = errors.New("stopped by the doctor")

// obey ends the urgency of what nobody waits for any more.
func (s *Sender) obey() {
	for _, r := range s.runs {
		if r.caller.Err() == nil || r.held != nil {
			continue
		}
		r.held = stopped(r.caller)
		s.unmake()
		ids := make([]string, 0, len(r.pending))
		for id := range r.pending {
			ids = append(ids, id)
		}
		s.box.Ease(ids)
		if errors.Is(context.Cause(r.caller), ErrStopped) {
			s.stopped = append(s.stopped, ids...)
			s.wanted = true
		}
	}
}

// hold keeps for later what the doctor stopped and what never left.
func (s *Sender) hold(ids []string) {
	if len(ids) == 0 {
		return
	}
	if _, err := s.box.Hold(ids); err != nil {
		s.opt.Log.Error().Err(err).Msg("outbox")
	}
}

// report tells those who wait, with the journal's fault if there was one.
func (s *Sender) report(settled []Record, fault error) {
	for _, r := range s.runs {
		for id := range r.pending {
			if !s.box.busy(id) && !slices.Contains(s.stopped, id) {
				delete(r.pending, id)
				r.events <- s.told(r, id, settled, fault)
			}
		}
	}
	s.runs = slices.DeleteFunc(s.runs, func(r *run) bool { return len(r.pending) == 0 })
	if len(settled) > 0 {
		s.mu.Unlock()
		s.changed()
		s.mu.Lock()
	}
}

// told is how far a record came.
func (s *Sender) told(r *run, id string, settled []Record, fault error) event {
	var rec Record
	for _, n := range settled {
		if n.ID == id {
			rec = n
		}
	}
	if rec.ID == "" {
		var err error
		if rec, err = s.box.Get(id); err != nil && !errors.Is(err, ErrAbsent) {
			fault = errors.Join(fault, err)
		}
	}
	out := result(rec)
	s.box.explain(rec, &out)
	switch {
	case fault != nil:
		// It may be at the region while the journal says "sending": the next
		// thing is to ask.
		if rec.State == Sending {
			out.State = wire.Unknown
		}
		out.Problem = wire.NewError(Code(fault), "")
	case r.held != nil && !rec.settled() && rec.State != Refused && !rec.waiting() || r.held != nil && rec.State == Draft:
		out.Problem = r.held
	}
	return event{id, rec.Hash, out}
}

func (s *Sender) changed() {
	if s.opt.Changed != nil {
		s.opt.Changed()
	}
}

// idle is the answer of a list that was given up before its turn: what is known
// already, else that nothing was sent.
func (s *Sender) idle(origin string, p wire.Prescription, why *wire.Error) wire.PrescriptionResult {
	r, ok, err := s.box.Find(origin, p.ClientID)
	if err != nil || !ok {
		return failed(p.ClientID, why)
	}
	out := result(r)
	if out.Problem == nil && !r.settled() {
		out.Problem = why
	}
	return out
}

func stopped(ctx context.Context) *wire.Error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return wire.NewError(wire.ErrDeadline, "")
	}
	return wire.NewError(wire.ErrCancelled, "")
}
