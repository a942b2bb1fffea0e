package lives

import (
	"time"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/wire"
)

// carrier is what the Sender knows of the requests that it makes.
type carrier struct {
	ready    []outbox.Work  // handed out ahead, to be made when another has its answer
	active   map[string]int // calls under way, by doctor
	flying   map[string]bool
	finished []outbox.Done // not settled yet
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
	p.begin(step.Work)
	if len(p.carrier.finished) > 0 { // given back at once
		p.after(0, "given back", func() { p.giveBack(doctor) })
	}
	if !step.Next.IsZero() {
		p.wake(doctor, p.sleepUntil(step.Next))
	}
}

// call sends one request on its way.
func (p *process) call(doctor string, w outbox.Work) {
	p.ledger.leaves(doctor, w)
	if w.Kind != outbox.Lot {
		p.carrier.active[doctor]++
		p.carrier.flying[w.Record.ID] = true
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
			} else if w.Kind == outbox.Cancel && out.Err == nil && f.err == nil {
				// The copy of a cancellation whose answer is known: nobody can
				// tell that there is one still to come.
				p.ledger.of(w.Record).erased = true
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
		p.carrier.active[doctor]--
		delete(p.carrier.flying, w.Record.ID)
	}
	p.carrier.finished = append(p.carrier.finished, outbox.Done{Work: w, Outcome: out})
	ready := p.carrier.ready
	p.carrier.ready = nil
	if everybodys(out.Err) {
		for _, r := range ready {
			p.unmake(r)
		}
		ready = nil
	}
	p.begin(ready)
	done := p.carrier.finished
	p.carrier.finished = nil
	p.settle(doctor, done)
}

// begin makes requests, as the Sender does: as many at once as may be under
// way, and one that was handed out behind another of its patient when that
// one's answer says that it is settled.
func (p *process) begin(work []outbox.Work) {
	for _, w := range work {
		may, later := p.behind(w)
		switch {
		case !may:
			p.unmake(w)
		case later:
			p.carrier.ready = append(p.carrier.ready, w)
		case w.Kind != outbox.Lot && p.carrier.active[w.Record.Doctor] >= parallel:
			w.After = ""
			p.carrier.ready = append(p.carrier.ready, w)
		default:
			p.call(w.Record.Doctor, w)
		}
	}
}

func (p *process) behind(w outbox.Work) (may, later bool) {
	if w.After == "" {
		return true, false
	}
	for _, r := range p.carrier.ready {
		if r.Record.ID == w.After {
			return true, true
		}
	}
	for _, d := range p.carrier.finished {
		if d.Work.Record.ID == w.After {
			return d.Outcome.Settles(), false
		}
	}
	return p.carrier.flying[w.After], true
}

// unmake gives back what was handed out and not made.
func (p *process) unmake(w outbox.Work) {
	p.carrier.finished = append(p.carrier.finished, outbox.Done{Work: w, Outcome: outbox.Outcome{Err: outbox.ErrNotMade}})
}

// everybodys tells a fault that every other request would meet too.
func everybodys(err error) bool {
	f, ok := err.(fault)
	return ok && f.code != wire.ErrRegionAnswer && f.code != wire.ErrRegionFault && f.code != wire.ErrRxNone && f.code != wire.ErrRxState
}

// giveBack tells the outbox what was not made.
func (p *process) giveBack(doctor string) {
	done := p.carrier.finished
	p.carrier.finished = nil
	if p.box != nil && len(done) > 0 {
		p.settle(doctor, done)
	}
}

// settle hands answers over, with the next claim when the doctor is connected,
// else, and now and then, one by one.
func (p *process) settle(doctor string, done []outbox.Done) {
	defer p.echo(done[0])
	if !p.offline[doctor] && p.dice.IntN(4) > 0 {
		p.turn(doctor, done)
		return
	}
	for _, d := range done {
		r, err := p.box.Settle(d.Work, d.Outcome)
		if err != nil {
			p.expect(err, wire.ErrOutboxFull, wire.ErrOutboxRO)
			p.wake(doctor, p.now.Add(20*time.Second))
			continue
		}
		p.ledger.saw(r)
	}
	p.pump(doctor)
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
