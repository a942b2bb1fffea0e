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
	ready   []outbox.Work  // handed out ahead, to be made when another has its answer
	active  map[string]int // calls under way, by doctor
	diskBad time.Time
	diskErr error
}

// start opens the journal as the agent's start does.
func (p *process) start() {
	if p.box != nil {
		return
	}
	p.life++
	p.wakes, p.active, p.ready = map[string]time.Time{}, map[string]int{}, nil
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

// turn takes answers and claims what is next in one transaction. Answers that
// the disk does not take are lost: the journal says "sending", and asks.
func (p *process) turn(doctor string, done []outbox.Done) {
	step, err := p.box.SettleAndClaim(done, doctor, outbox.ClaimOptions{Limit: parallel, Ahead: p.plan.ahead})
	if err != nil {
		p.expect(err, wire.ErrOutboxFull, wire.ErrOutboxRO)
		p.wake(doctor, p.now.Add(20*time.Second))
		return
	}
	for _, r := range step.Records {
		p.ledger.saw(r)
	}
	for _, w := range step.Work {
		if w.Kind != outbox.Lot && p.active[doctor] >= parallel {
			p.ready = append(p.ready, w)
			continue
		}
		p.call(doctor, w)
	}
	if !step.Next.IsZero() {
		p.wake(doctor, step.Next)
	}
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

// call sends one request on its way.
func (p *process) call(doctor string, w outbox.Work) {
	p.ledger.leaves(doctor, w)
	if w.Kind != outbox.Lot {
		p.active[doctor]++
	}
	p.point("before a call")
	f := p.sky.fate(p.dice)
	if p.outage() {
		f = fate{name: "region down", answered: time.Second, err: fault{code: wire.ErrRegionDown}}
	}
	p.note("%s %s %s: %s", kindName(w.Kind), w.Record.ClientID, w.Record.NRE, f.name)
	first := &outbox.Outcome{Err: fault{code: wire.ErrRegionTime, arrived: true}}
	for i, at := range f.arrivals {
		if i > 0 && w.Record.NRE == "" {
			break // nothing can be done about a message that doubles itself
		}
		if w.Kind == outbox.Cancel && f.err == nil {
			// A copy of a cancellation that was answered, arriving hours later,
			// kills what was sent since: no order of requests helps against it.
			at = min(at, f.answered)
		}
		p.ledger.travels(w, 1)
		p.after(at, "a request arrives", func() {
			p.ledger.travels(w, -1)
			out := p.arrive(doctor, w)
			if i == 0 {
				*first = out
			}
		})
	}
	life := p.life
	p.after(f.answered, "an answer", func() {
		if p.life == life && p.box != nil {
			p.answered(doctor, w, f, *first)
		}
	})
	p.point("after a call")
}

// answered gives the outbox what came back.
func (p *process) answered(doctor string, w outbox.Work, f fate, out outbox.Outcome) {
	if f.err != nil {
		out = outbox.Outcome{Err: f.err}
	}
	if f.bare {
		out = stripped(out)
	}
	if e, ok := out.Err.(fault); ok && e.code == wire.ErrSessionEnded {
		p.lost(doctor)
	}
	p.point("before an answer is taken")
	p.ledger.answered(w, out)
	if w.Kind != outbox.Lot {
		p.active[doctor]--
		p.follow(doctor, out.Err)
	}
	p.settle(doctor, outbox.Done{Work: w, Outcome: out})
}

// settle hands the answer over, with the next claim when the doctor is
// connected and alone when not.
func (p *process) settle(doctor string, done outbox.Done) {
	if !p.offline[doctor] && p.dice.IntN(4) > 0 {
		p.turn(doctor, []outbox.Done{done})
		p.echo(done)
		return
	}
	r, err := p.box.Settle(done.Work, done.Outcome)
	if err != nil {
		p.expect(err, wire.ErrOutboxFull, wire.ErrOutboxRO)
		p.wake(doctor, p.now.Add(20*time.Second))
		return
	}
	p.ledger.saw(r)
	p.echo(done)
	p.pump(doctor)
}

// follow makes a request that was handed out ahead, unless the answer says that
// all would meet the same: then it is given back.
func (p *process) follow(doctor string, err error) {
	for i, w := range p.ready {
		if w.Record.Doctor != doctor {
			continue
		}
		p.ready = slices.Delete(p.ready, i, i+1)
		if f, ok := err.(fault); !ok || f.code == wire.ErrRegionAnswer || f.code == wire.ErrRxNone || f.code == wire.ErrRxState {
			p.call(doctor, w)
		} else if r, err := p.box.Settle(w, outbox.Outcome{Err: outbox.ErrNotMade}); err == nil {
			p.ledger.saw(r)
		}
		return
	}
}

// echo gives an answer again that was taken before, as a Sender that is late
// might: it must not be believed twice.
func (p *process) echo(done outbox.Done) {
	if p.healed || p.dice.IntN(8) > 0 {
		return
	}
	life := p.life
	p.after(pick(p.dice, 0, between(p.dice, 0, 10*time.Minute)), "an answer again", func() {
		if p.life != life || p.box == nil {
			return
		}
		if _, err := p.box.Settle(done.Work, done.Outcome); err == nil {
			p.fail("an answer to %s is taken twice", done.Work.Record.ClientID)
		}
	})
}

// stripped is an answer without its proof.
func stripped(out outbox.Outcome) outbox.Outcome {
	if out.Receipt != nil {
		r := *out.Receipt
		r.CodAutenticazione = ""
		out.Receipt = &r
	}
	if out.View != nil {
		v := *out.View
		v.CodAutenticazione = ""
		out.View = &v
	}
	return out
}

// arrive is a request that reaches the region, whenever that is.
func (p *process) arrive(doctor string, w outbox.Work) outbox.Outcome {
	r := w.Record
	switch w.Kind {
	case outbox.Lot:
		lot, err := p.region.lot(doctor)
		return outbox.Outcome{Lot: &lot, Err: err}
	case outbox.View:
		v, err := p.region.view(doctor, r.NRE)
		return outbox.Outcome{View: &v, Err: err}
	case outbox.Search:
		q := w.Query()
		return outbox.Outcome{Found: p.region.used(doctor, q.Patient)}
	case outbox.Cancel:
		return outbox.Outcome{Err: p.region.cancel(doctor, r.NRE)}
	}
	receipt := p.region.send(doctor, r.NRE, *r.Prescription, r.CompiledAt)
	return outbox.Outcome{Receipt: &receipt}
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
	return outbox.Options{Log: zerolog.Nop(), Now: func() time.Time { return w.now }, Rand: w.dice.Float64,
		RegionNumbers: w.plan.habits.numbers, CancelUnknown: w.plan.habits.cancels, Parallel: parallel}
}
