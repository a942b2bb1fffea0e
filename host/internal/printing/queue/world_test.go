package queue

import (
	"container/heap"
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// A life is a disk, a spooler, a printer or two and a doctor in a virtual day, all
// drawn from one seed and run in one thread. The process may die at each write and
// at each request, before it and after it; "exactly once" is looked at after every
// step and in the end.

// crash is the end of the process at this instruction.
type crash struct{}

// violation is an invariant that does not hold: the life ends.
type violation struct{ text string }

var began = time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)

// event is something that happens at its time.
type event struct {
	at  time.Time
	seq int
	do  func()
}

type events []event

func (q events) Len() int { return len(q) }
func (q events) Less(i, j int) bool {
	return q[i].at.Before(q[j].at) || q[i].at.Equal(q[j].at) && q[i].seq < q[j].seq
}
func (q events) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *events) Push(e any)   { *q = append(*q, e.(event)) }
func (q *events) Pop() any     { e := (*q)[len(*q)-1]; *q = (*q)[:len(*q)-1]; return e }

// world is everything a life consists of.
type world struct {
	plan    plan
	dice    *rand.Rand
	now     time.Time
	planned events
	seq     int
	points  int
	deaths  int
	depth   int // requests within requests
	healed  bool
	queue   *Queue // nil: the process is dead
	opening bool
	life    int
	disk    *memory
	spooler *spooler
	chosen  map[wire.SheetKind]string
	ledger  *ledger
	trace   []string
	tracing bool
}

// live runs one life and returns what went wrong in it, or nothing.
func live(seed uint64, p plan, tracing bool) (failure string, w *world) {
	w = &world{plan: p, dice: rand.New(rand.NewPCG(seed, 0x7072696e74)), now: began, tracing: tracing}
	w.disk = &memory{world: w, values: map[string][]byte{}}
	w.spooler = newSpooler(w)
	w.ledger = newLedger(w)
	w.chosen = map[wire.SheetKind]string{wire.SheetPromemoria: printers[0], wire.SheetBianca: printers[p.printers-1]}
	defer func() {
		switch end := recover().(type) {
		case nil:
		case violation:
			failure = end.text
		default:
			panic(fmt.Sprintf("life %d: %v", seed, end))
		}
	}()
	w.fill()
	w.run()
	w.ledger.end()
	return "", w
}

var printers = []string{"Reception", "Studio"}

func (w *world) fail(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	w.note("VIOLATION: %s", text)
	panic(violation{text})
}

func (w *world) note(format string, args ...any) {
	if w.tracing {
		w.trace = append(w.trace, fmt.Sprintf("%12s  %s", w.now.Sub(began).Round(time.Millisecond), fmt.Sprintf(format, args...)))
	}
}

func (w *world) after(d time.Duration, do func()) {
	w.seq++
	heap.Push(&w.planned, event{w.now.Add(max(d, 0)), w.seq, do})
}

// sometime is a moment of the storm.
func (w *world) sometime() time.Duration { return between(w.dice, 0, w.plan.storm) }

// fill plans the day.
func (w *world) fill() {
	p := w.plan
	w.start()
	for i := range p.sheets {
		w.ledger.plan(i)
	}
	for range p.outages {
		w.after(w.sometime(), func() { w.spooler.outage(between(w.dice, time.Second, p.storm/4)) })
	}
	for range p.restarts {
		w.after(w.sometime(), w.spooler.restart)
	}
	for range p.moves {
		w.after(w.sometime(), func() { w.choose(pick(w.dice, wire.SheetPromemoria, wire.SheetBianca), pick(w.dice, printers...)) })
	}
	for range p.missing {
		kind := pick(w.dice, wire.SheetPromemoria, wire.SheetBianca)
		w.after(w.sometime(), func() { w.choose(kind, "") })
		w.after(p.storm, func() { w.choose(kind, printers[0]) })
	}
	w.after(p.storm+time.Second, w.heal)
}

func (w *world) choose(kind wire.SheetKind, printer string) {
	w.note("%s goes to %q", kind, printer)
	w.chosen[kind] = printer
	if w.queue != nil {
		w.queue.Retry()
	}
}

// heal ends all faults.
func (w *world) heal() {
	w.note("healed")
	w.healed = true
	w.spooler.down = false
	if w.queue == nil {
		w.start()
	}
	w.queue.Retry()
}

// start is a new process.
func (w *world) start() {
	if w.queue != nil {
		return
	}
	w.life++
	w.opening = true
	defer func() { w.opening = false }()
	q, err := Open(w.options())
	if err != nil {
		w.note("does not start: %v", err)
		w.after(time.Minute, w.start)
		return
	}
	w.queue = q
	w.note("started, life %d", w.life)
	w.ledger.opened()
}

func (w *world) options() Options {
	return Options{
		Spooler: w.spooler, Box: w.disk, Log: zerolog.Nop(),
		Now:     func() time.Time { return w.now },
		Printer: func(k wire.SheetKind) string { return w.chosen[k] },
		Prepare: w.prepare,
	}
}

func (w *world) prepare(_ context.Context, j Job) (Prepared, error) {
	w.point("while it prepares")
	printer := w.chosen[j.Profile]
	if printer == "" {
		return Prepared{}, printing.Fault(wire.ErrPrintNone, "", nil)
	}
	if string(j.PDF) != "%PDF "+j.Title {
		w.fail("%s gets the PDF of another: %q", j.Title, j.PDF)
	}
	return Prepared{Ticket: printing.Ticket{Printer: printer, Sheet: printing.A4, Pages: j.Pages}, PDF: source(j.PDF)}, nil
}

// point is an instruction at which the process may die.
func (w *world) point(where string) {
	w.points++
	if w.healed || w.queue == nil && !w.opening {
		return
	}
	if w.plan.dieAt == w.points || w.plan.deaths > 0 && w.dice.Float64() < w.plan.deaths {
		w.note("crash %s", where)
		panic(crash{})
	}
}

// step does one event; the process may die in it.
func (w *world) step(do func()) {
	depth := w.depth
	defer func() {
		switch end := recover().(type) {
		case nil:
		case crash:
			w.depth = depth
			w.queue = nil
			w.deaths++
			w.after(between(w.dice, time.Second, 10*time.Minute), w.start)
		default:
			panic(end)
		}
	}()
	do()
}

const (
	mostSteps = 200000
	longest   = 10 * time.Hour // of virtual time after the healing
)

// run lets the storm pass and waits until all is finished.
func (w *world) run() {
	for steps := 0; steps < mostSteps; steps++ {
		next := w.turn()
		w.ledger.check()
		if w.healed && w.ledger.done() {
			return
		}
		if len(w.planned) > 0 && (next.IsZero() || !w.planned[0].at.After(next)) {
			e := heap.Pop(&w.planned).(event)
			w.now = later(w.now, e.at)
			w.step(e.do)
			continue
		}
		if next.IsZero() || next.Sub(began) > w.plan.storm+longest {
			w.fail("not finished")
		}
		w.now = later(w.now, next)
	}
	w.fail("not finished after %d steps", mostSteps)
}

// turn has the queue do all that is due now, in an order of the dice.
func (w *world) turn() (next time.Time) {
	for w.queue != nil {
		work, at := w.queue.claim()
		if len(work) == 0 {
			return at
		}
		w.dice.Shuffle(len(work), func(i, j int) { work[i], work[j] = work[j], work[i] })
		life := w.life
		for _, e := range work {
			if w.life != life || w.queue == nil {
				break
			}
			w.step(func() { w.queue.work(context.Background(), e) })
		}
	}
	return time.Time{}
}

// elsewhere is what happens while a request is under way: other lanes, other
// people.
func (w *world) elsewhere() {
	if w.depth > 2 || w.healed || w.dice.Float64() >= w.plan.meanwhile {
		return
	}
	w.depth++
	defer func() { w.depth-- }()
	w.now = w.now.Add(between(w.dice, 0, 3*time.Second))
	if w.dice.IntN(2) == 0 {
		w.ledger.meddle()
		return
	}
	work, _ := w.queue.claim()
	for _, e := range work {
		w.queue.work(context.Background(), e)
	}
}
