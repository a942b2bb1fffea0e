package queue

import (
	"context"
	"slices"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

const page = "https://gestionale.example"

// ledger is what a life's doctor wants, what he was told, and what came out.
type ledger struct {
	world  *world
	sheets []*sheet
	byName map[string]*promise // by the job's name at the spooler
	closed bool                // the doctor has gone home
}

// sheet is something that is to be on paper.
type sheet struct {
	request  Request
	promises []*promise
}

// promise is a job that Submit has answered with, or that the disk has although it
// did not.
type promise struct {
	id      string
	sheet   *sheet
	told    bool // the doctor knows of it
	wished  bool // given up by the doctor
	certain bool // and he was told that it is
	left    int  // releases that took effect
	papers  int
}

func newLedger(w *world) *ledger { return &ledger{world: w, byName: map[string]*promise{}} }

// submit hands a sheet in.
func (l *ledger) submit(s *sheet) {
	q := l.world.queue
	if l.closed {
		return
	}
	ctx, over := context.WithCancel(context.Background())
	over() // a single thread can not wait for itself
	row, err := q.Submit(ctx, s.request)
	if err != nil {
		l.world.note("%s is not taken: %v", s.request.Title, err)
		return
	}
	p := l.promise(s, row.ID)
	p.told = true
	for _, other := range s.promises {
		if other != p && other.told && !l.over(other) {
			l.world.fail("%s is taken twice", s.request.Title)
		}
	}
	l.world.note("%s is taken: %s", s.request.Title, short(row.ID))
}

// over tells whether nothing of a promise is left that another would double: it
// was given up or failed before anything left.
func (l *ledger) over(p *promise) bool {
	e := l.world.queue.jobs[p.id]
	return e == nil || e.Stage == finished && p.left == 0
}

func (l *ledger) promise(s *sheet, id string) *promise {
	for _, p := range s.promises {
		if p.id == id {
			return p
		}
	}
	p := &promise{id: id, sheet: s}
	s.promises = append(s.promises, p)
	l.byName[jobName+short(id)] = p
	return p
}

// opened: all that was promised is there after a start; what was being promised
// may be.
func (l *ledger) opened() {
	q := l.world.queue
	for _, e := range q.order {
		for _, s := range l.sheets {
			if s.request.Title == e.Title {
				l.promise(s, e.ID)
			}
		}
	}
	for _, s := range l.sheets {
		for _, p := range s.promises {
			if p.told && q.jobs[p.id] == nil {
				l.world.fail("%s is lost: %s", s.request.Title, short(p.id))
			}
		}
	}
}

func (l *ledger) cancel(s *sheet) {
	q := l.world.queue
	if q == nil || l.closed || len(s.promises) == 0 {
		return
	}
	p := s.promises[len(s.promises)-1]
	ctx, over := context.WithCancel(context.Background())
	over()
	p.wished = true
	row, err := q.Cancel(ctx, p.id)
	l.world.note("%s is given up: %s, %v", short(p.id), row.State, err)
}

// meddle is what people do while a request is under way.
func (l *ledger) meddle() {
	w := l.world
	s := l.sheets[w.dice.IntN(len(l.sheets))]
	switch roll := w.dice.Float64(); {
	case roll < w.plan.meddling:
		w.spooler.touch()
	case roll < w.plan.meddling+w.plan.cancels/4:
		l.cancel(s)
	case w.dice.Float64() < w.plan.repeats && len(s.promises) > 0:
		l.submit(s)
	}
}

func (l *ledger) of(name string) *promise {
	p := l.byName[name]
	if p == nil { // its Submit was not answered, nor was there a start since
		for _, e := range l.world.queue.order {
			if e.name() == name {
				for _, s := range l.sheets {
					if s.request.Title == e.Title {
						return l.promise(s, e.ID)
					}
				}
			}
		}
		l.world.fail("the spooler has %q, which nobody handed in", name)
	}
	return p
}

// releasing: a request to print is about to leave. The number must be on the disk.
func (l *ledger) releasing(t printing.Ticket, number string) {
	p := l.of(t.Name)
	plain, ok := l.world.disk.values[statePrefix+p.id]
	r, err := parse(plain)
	if !ok || err != nil || r.Spooled != number || r.Stage != releasing {
		l.world.fail("%s is released and the disk does not know its number", number)
	}
}

// leaves: the printer has got a sheet.
func (l *ledger) leaves(j *spooled) {
	p := l.of(j.name)
	p.left++
	if p.left > 1 {
		l.world.fail("%s is printed twice", p.sheet.request.Title)
	}
	if p.certain {
		l.world.fail("%s is printed after it was given up", p.sheet.request.Title)
	}
	total := 0
	for _, other := range p.sheet.promises {
		total += other.left
	}
	if total > 1 {
		l.world.fail("%s is printed as two jobs", p.sheet.request.Title)
	}
	l.inOrder(j, p)
}

// inOrder: at one printer what was handed in first comes first, as long as the
// settings stay as they are.
func (l *ledger) inOrder(j *spooled, p *promise) {
	w := l.world
	if w.plan.moves+w.plan.missing > 0 || w.queue == nil || w.plan.late || p.wished {
		return
	}
	mine := w.queue.jobs[p.id]
	for _, e := range w.queue.order {
		if e.Seq < mine.Seq && (e.Stage == waiting || e.Stage == releasing) && !e.cancel && w.chosen[e.Profile] == j.printer {
			if before := l.of(e.name()); before.left == 0 {
				w.fail("%s comes before %s", mine.Title, e.Title)
			}
		}
	}
}

func (l *ledger) paper(j *spooled) { l.of(j.name).papers++ }

// check looks at what the queue says.
func (l *ledger) check() {
	q := l.world.queue
	if q == nil {
		return
	}
	for _, e := range q.order {
		if e.State == wire.PrintCancelled && !e.unsaved && !e.busy {
			if p := l.byName[e.name()]; p != nil && p.wished && !p.certain {
				p.certain = true
			}
		}
	}
}

// done tells whether all is finished.
func (l *ledger) done() bool {
	q := l.world.queue
	if q == nil {
		return false
	}
	for _, s := range l.sheets {
		if !slices.ContainsFunc(s.promises, func(p *promise) bool { return p.told }) {
			return false
		}
	}
	return !slices.ContainsFunc(q.order, func(e *entry) bool { return e.open() || e.busy })
}

// end compares what the queue says in the end with what came out.
func (l *ledger) end() {
	w := l.world
	l.closed = true
	for len(w.planned) > 0 { // what is late still comes
		e := w.planned[0].do
		w.planned = w.planned[1:]
		e()
	}
	for _, s := range l.sheets {
		for _, p := range s.promises {
			l.truth(p)
		}
	}
	for _, j := range w.spooler.jobs {
		if j.held && !final(j.state) && !j.lost && !w.plan.late {
			w.fail("%s (%s) stays held at the spooler", j.number, j.name)
		}
	}
}

func (l *ledger) truth(p *promise) {
	w := l.world
	e := w.queue.jobs[p.id]
	if e == nil {
		w.fail("%s is forgotten", p.sheet.request.Title)
	}
	state, problem := e.State, e.Problem
	doubtful := slices.ContainsFunc(w.spooler.jobs, func(j *spooled) bool { return j.name == e.name() && (j.lost || j.touched) })
	w.note("%s: %s %s, %d left, %d on paper", short(p.id), state, problem, p.left, p.papers)
	switch {
	case state == wire.PrintPrinted && p.papers == 1:
	case state == wire.PrintPrinted && w.plan.forgets && (p.wished || w.plan.meddling > 0) && p.left == 1:
		// gone is all that such a spooler says of a job that somebody cancelled
	case state == wire.PrintPrinted && e.Seen && doubtful && (w.plan.restarts > 0 || w.plan.meddling > 0):
		// nor does one that was never seen to list what is done
	case state == wire.PrintCancelled && p.wished && (p.papers == 0 || problem == wire.ErrPrintUnclear):
	case state == wire.PrintCancelled && doubtful:
	case state == wire.PrintFailed && problem == wire.ErrPrintUnclear && (doubtful || p.wished):
	case state == wire.PrintFailed && p.left == 0 && e.Spooled == "" && w.now.Sub(e.Created) > w.queue.pace.GiveUp:
	default:
		w.fail("%s is %s (%s), %d left and %d came out", p.sheet.request.Title, state, problem, p.left, p.papers)
	}
}
