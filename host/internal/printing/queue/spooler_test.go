package queue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// source is a PDF in memory.
func source(b []byte) printing.Source { return bytes.NewReader(b) }

// spooler is the system's print service with its printers. A request may be done
// and its answer lost, not be done, or be done long after it was given up.
type spooler struct {
	world *world
	jobs  []*spooled
	down  bool
}

// spooled is a job at the spooler.
type spooled struct {
	number, printer, name string
	made                  time.Time
	held, pages           bool
	state                 wire.PrintState
	lost                  bool // the spooler knows it no more
	released              int  // how often
	out                   bool // on paper
	touched               bool // by somebody else
}

func newSpooler(w *world) *spooler { return &spooler{world: w} }

var errNoAnswer = errors.New("no answer")

func (s *spooler) Kind() string {
	if s.world.plan.forgets {
		return "windows"
	}
	return "cups"
}

func (s *spooler) Printers(context.Context) ([]wire.Printer, error) { return nil, nil }

// request does a request, or not, and tells whether the answer arrives.
func (s *spooler) request(what string, do func()) error {
	w := s.world
	w.point("before " + what)
	w.elsewhere()
	switch {
	case s.down:
		return errNoAnswer
	case w.healed || w.dice.Float64() >= w.plan.faults:
		do()
		w.note("%s", what)
		w.point("after " + what)
		return nil
	}
	switch w.dice.IntN(3) {
	case 0:
		w.note("%s: done, and no answer", what)
		do()
	case 1:
		w.note("%s: not done", what)
		if w.plan.late {
			w.after(between(w.dice, 0, time.Hour), func() {
				w.note("late: %s", what)
				do()
			})
		}
	case 2:
		w.note("%s: not done", what)
	}
	w.point("after " + what)
	return errNoAnswer
}

func (s *spooler) job(number string) *spooled {
	for _, j := range s.jobs {
		if j.number == number && !j.lost {
			return j
		}
	}
	return nil
}

func (s *spooler) Create(_ context.Context, t printing.Ticket) (string, error) {
	if !strings.HasPrefix(t.Name, jobName) || len(t.Name) != len(jobName)+8 {
		s.world.fail("a job is called %q", t.Name)
	}
	var number string
	err := s.request("create "+t.Name+" at "+t.Printer, func() {
		number = fmt.Sprint(len(s.jobs) + 1)
		s.jobs = append(s.jobs, &spooled{number: number, printer: t.Printer, name: t.Name, made: s.world.now, held: true, state: wire.PrintAccepted})
	})
	return number, err
}

func (s *spooler) Send(_ context.Context, t printing.Ticket, number string, pdf printing.Source) error {
	var gone error
	err := s.request("send "+number, func() {
		j := s.job(number)
		if j == nil || final(j.state) {
			gone = printing.ErrGone
			return
		}
		j.pages = true
	})
	return errors.Join(err, gone)
}

func (s *spooler) Release(_ context.Context, t printing.Ticket, number string) error {
	s.world.ledger.releasing(t, number)
	var gone error
	err := s.request("release "+number, func() {
		j := s.job(number)
		switch {
		case j == nil || final(j.state):
			gone = printing.ErrGone
		case j.held:
			j.held = false
			j.released++
			s.print(j)
		}
	})
	return errors.Join(err, gone)
}

// print lets a sheet come out in its time.
func (s *spooler) print(j *spooled) {
	w := s.world
	w.ledger.leaves(j)
	begin := between(w.dice, 0, 20*time.Second)
	if w.dice.IntN(5) == 0 {
		w.after(begin/2, func() { j.state = either(j.state, wire.PrintHeld) }) // no paper
	}
	w.after(begin, func() { j.state = either(j.state, wire.PrintPrinting) })
	w.after(begin+between(w.dice, 0, 20*time.Second), func() {
		if final(j.state) || j.lost {
			return
		}
		if !j.pages {
			w.fail("an empty job came out of %s", j.printer)
		}
		j.state, j.out = wire.PrintPrinted, true
		w.note("%s (%s) is on paper", j.number, j.name)
		w.ledger.paper(j)
		switch {
		case w.plan.forgets:
			j.lost = true
		case w.plan.short:
			w.after(between(w.dice, 0, time.Minute), func() { j.lost = true })
		}
	})
}

func either(now, then wire.PrintState) wire.PrintState {
	if final(now) {
		return now
	}
	return then
}

func final(s wire.PrintState) bool {
	return s == wire.PrintPrinted || s == wire.PrintFailed || s == wire.PrintCancelled
}

func (s *spooler) Look(_ context.Context, printer, number string) (printing.Look, error) {
	var at printing.Look
	var gone error
	err := s.request("look "+number, func() {
		j := s.job(number)
		if j == nil {
			gone = printing.ErrGone
			return
		}
		at = printing.Look{Held: j.held && !final(j.state), State: j.state}
	})
	return at, errors.Join(err, gone)
}

func (s *spooler) Find(_ context.Context, printer, name string) ([]string, error) {
	var found []string
	err := s.request("find "+name+" at "+printer, func() {
		found = nil
		for _, j := range s.jobs {
			if !j.lost && j.held && !final(j.state) && j.printer == printer && j.name == name {
				found = append(found, j.number)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

func (s *spooler) Cancel(_ context.Context, printer, number string) error {
	var gone error
	err := s.request("cancel "+number, func() {
		j := s.job(number)
		if j == nil || final(j.state) {
			gone = printing.ErrGone
			return
		}
		j.state = wire.PrintCancelled
		if s.world.plan.forgets {
			j.lost = true
		}
	})
	return errors.Join(err, gone)
}

func (s *spooler) outage(d time.Duration) {
	w := s.world
	if w.healed {
		return
	}
	w.note("the spooler is down for %s", d)
	s.down = true
	w.after(d, func() { s.down = false })
}

// restart is a spooler that was killed: what it was given in the last half minute
// was not on its disk (CUPS, DirtyCleanInterval).
func (s *spooler) restart() {
	s.world.note("the spooler starts again")
	for _, j := range s.jobs {
		if s.world.now.Sub(j.made) < 30*time.Second && !final(j.state) {
			s.world.note("and has lost %s", j.number)
			j.lost = true
		}
	}
}

// touch is somebody who cancels a job with the system's own means.
func (s *spooler) touch() {
	there := slices.DeleteFunc(slices.Clone(s.jobs), func(j *spooled) bool { return j.lost || final(j.state) })
	if len(there) == 0 {
		return
	}
	j := there[s.world.dice.IntN(len(there))]
	s.world.note("somebody cancels %s", j.number)
	j.state, j.touched = wire.PrintCancelled, true
	if s.world.plan.forgets {
		j.lost = true
	}
}
