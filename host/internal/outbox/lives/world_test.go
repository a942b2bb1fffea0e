package lives

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// crash is the end of the process at this instruction.
type crash struct{}

// violation is an invariant that does not hold: the life ends.
type violation struct{ text string }

// began is the instant of every life's start: a Monday morning in Italy.
var began = time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)

// world is everything a life consists of.
type world struct {
	clock
	seed   uint64
	dice   *rand.Rand
	plan   plan
	sky    weather
	disk   *disk
	region *region
	proc   *process
	ledger *ledger
	points int // instructions at which the process could have died so far
	deaths int
	skew   time.Duration // of the computer's clock
	healed bool          // no more faults
	tell   func(format string, args ...any)
}

// live runs one life and returns what went wrong in it, or nothing, and how
// often the process died.
func live(seed uint64, p plan, tell func(format string, args ...any)) (failure string, deaths int) {
	w := &world{seed: seed, dice: rand.New(rand.NewPCG(seed, 0x6f7574626f78)), plan: p, sky: p.sky, disk: newDisk(), tell: tell}
	w.now = began
	w.region = newRegion(p.habits, func() time.Time { return w.now })
	w.ledger = newLedger(w)
	w.region.born, w.region.ended = w.ledger.born, w.ledger.ended
	w.disk.before, w.disk.after = w.beforeCommit, w.afterCommit
	w.proc = &process{world: w}
	defer func() {
		switch end := recover().(type) {
		case nil:
		case violation:
			failure, deaths = end.text, w.deaths
		default:
			panic(fmt.Sprintf("life %d: %v", seed, end))
		}
	}()
	w.set()
	w.run()
	return "", w.deaths
}

// fail ends the life.
func (w *world) fail(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	w.note("VIOLATION: %s", text)
	panic(violation{text})
}

func (w *world) note(format string, args ...any) {
	if w.tell != nil {
		w.tell("%12s  %s", w.now.Sub(began).Round(time.Millisecond), fmt.Sprintf(format, args...))
	}
}

// step does one event; the process may die in it.
func (w *world) step(do func()) {
	defer func() {
		switch end := recover().(type) {
		case nil:
		case crash:
			w.proc.died()
		default:
			panic(end)
		}
	}()
	do()
}

// point is an instruction at which the process may die.
func (w *world) point(where string) {
	w.points++
	if w.healed || w.proc.box == nil && !w.proc.opening {
		return
	}
	if w.plan.dieAt == w.points || w.plan.deaths > 0 && w.dice.Float64() < w.plan.deaths {
		w.note("crash %s", where)
		w.deaths++
		panic(crash{})
	}
}

// beforeCommit is a transaction's last instruction: the disk may refuse it, and
// a crash loses it.
func (w *world) beforeCommit() error {
	w.point("before a commit")
	if w.healed || w.plan.diskFaults == 0 {
		return nil
	}
	switch {
	case w.now.Before(w.proc.diskBad):
		return w.proc.diskErr
	case w.dice.Float64() < w.plan.diskFaults:
		w.proc.diskErr = errFull
		if w.dice.IntN(2) == 0 {
			w.proc.diskErr = errReadOnly
		}
		if w.dice.IntN(2) == 0 { // a phase, else this one write
			w.proc.diskBad = w.now.Add(between(w.dice, time.Second, 10*time.Minute))
		}
		w.note("disk: %v", w.proc.diskErr)
		return w.proc.diskErr
	}
	return nil
}

func (w *world) afterCommit() {
	w.ledger.stored()
	w.point("after a commit")
}

// limits of a life, so that a wrong outbox cannot run for ever.
const (
	mostSteps = 20000
	longest   = 14 * 24 * time.Hour // of virtual time after the healing
)

// run lets the storm pass, heals everything, and waits for the end.
func (w *world) run() {
	for steps := 0; ; steps++ {
		e, more := w.next()
		if !more {
			return
		}
		if steps > mostSteps {
			w.fail("not finished after %d steps", steps)
		}
		if w.now.Sub(began) > w.plan.storm+longest {
			w.fail("not finished %s after the faults stopped", longest)
		}
		w.step(e.do)
		w.ledger.check()
	}
}
