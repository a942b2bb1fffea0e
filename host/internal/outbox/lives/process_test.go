package lives

import (
	"slices"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// key seals the journals of all lives.
var key = slices.Repeat([]byte{7}, outbox.KeySize)

const (
	page     = "https://clinica.example"
	parallel = 4
)

// process is the agent: the outbox, and what its Sender does around it, driven
// by events instead of goroutines. It dies and is started again.
type process struct {
	*world
	box     *outbox.Outbox // nil while it does not run
	opening bool
	life    int             // which of its lives: an answer for an earlier one is heard by nobody
	offline map[string]bool // doctors without a session
	wakes   map[string]time.Time
	carrier carrier
	diskBad time.Time
	diskErr error
}

// start opens the journal as the agent's start does.
func (p *process) start() {
	if p.box != nil {
		return
	}
	p.life++
	p.wakes, p.carrier = map[string]time.Time{}, carrier{active: map[string]int{}, flying: map[string]bool{}}
	if p.offline == nil {
		p.offline = map[string]bool{}
	}
	p.opening = true
	box, err := outbox.OpenOn(p.disk, key, optionsOf(p.world))
	p.opening = false
	if err != nil {
		p.expect(err, wire.ErrOutboxFull, wire.ErrOutboxRO)
		p.note("the agent does not start: %v", err)
		p.after(time.Minute, "start again", p.start)
		return
	}
	p.box = box
	p.note("the agent runs")
	p.ledger.opened()
	for _, doctor := range p.plan.doctors {
		if !p.offline[doctor] {
			p.fresh(doctor)
		}
	}
}

// died is what a crash leaves behind: what is on the disk and on the network.
func (p *process) died() {
	p.box, p.opening = nil, false
	p.ledger.crashed()
	p.after(between(p.dice, time.Second, 20*time.Minute), "start after a crash", p.start)
}

// fresh is a new session of the doctor's.
func (p *process) fresh(doctor string) {
	p.offline[doctor] = false
	if p.box != nil {
		p.box.Fresh(doctor)
		p.pump(doctor)
	}
}

// lost ends the doctor's session until somebody logs in again.
func (p *process) lost(doctor string) {
	if p.offline[doctor] {
		return
	}
	p.note("the session of %s ends", initials(doctor))
	p.offline[doctor] = true
	p.after(between(p.dice, time.Second, 40*time.Minute), "login", func() { p.fresh(doctor) })
}

// pump lets the outbox say what is to be done for a doctor, and does it.
func (p *process) pump(doctor string) {
	if p.box != nil && !p.offline[doctor] {
		p.turn(doctor, nil)
	}
}

// longestSleep is how long the Sender trusts its timer, because clocks are set.
const longestSleep = 10 * time.Minute

// sleepUntil is the instant at which the Sender comes back for next, which the
// computer's clock tells.
func (p *process) sleepUntil(next time.Time) time.Time {
	at := next.Add(-p.skew)
	if len(p.plan.settings) > 0 && at.Sub(p.now) > longestSleep {
		return p.now.Add(longestSleep)
	}
	return at
}

// wake comes back to a doctor at an instant, unless an earlier one is planned.
func (p *process) wake(doctor string, at time.Time) {
	if planned, ok := p.wakes[doctor]; ok && !planned.After(at) && planned.After(p.now) {
		return
	}
	p.wakes[doctor] = at
	life := p.life
	p.after(at.Sub(p.now), "wake", func() {
		if p.life == life && p.wakes[doctor].Equal(at) {
			delete(p.wakes, doctor)
			p.pump(doctor)
		}
	})
}

// expect fails the life when an error is none of those that may be here.
func (p *process) expect(err error, codes ...wire.ErrorCode) {
	if code := outbox.Code(err); !slices.Contains(codes, code) {
		p.fail("unexpected error %s: %v", code, err)
	}
}

func orderOf(doctor string, draft bool) outbox.Order {
	return outbox.Order{Doctor: ricetta.Doctor{CF: doctor, PinCode: "1234567890", Region: "090", ASL: "201", Specializzazione: "F"}, Origin: page, Draft: draft}
}

func optionsOf(w *world) outbox.Options {
	return outbox.Options{Log: zerolog.Nop(), Now: func() time.Time { return w.now.Add(w.skew) }, Rand: w.dice.Float64,
		RegionNumbers: w.plan.habits.numbers, CancelUnknown: w.plan.habits.cancels, Parallel: parallel}
}
