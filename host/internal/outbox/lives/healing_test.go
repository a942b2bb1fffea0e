package lives

import (
	"time"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/wire"
)

// enough is the time in which everything must end once nothing goes wrong any
// more: a quarter of an hour of back-off, an hour for a region that asks for fewer
// requests, and the gentle rate after an outage.
const enough = 3 * time.Hour

// enoughAsking is the same where the region gives the numbers: that it does not
// have a prescription is believed after ten questions, one prescription of a
// patient after the other.
const enoughAsking = 12 * time.Hour

func (p plan) enough() time.Duration {
	least := enough
	if p.habits.numbers || p.standsIn != "" {
		least = enoughAsking
	}
	if len(p.settings) > 0 {
		least += mostTold + time.Hour
	}
	return least
}

// mostTold is the longest wait that the outbox believes in: a later instant
// can only come from a clock that was wrong.
const mostTold = 6 * time.Hour

// heal ends all faults. Requests that are on their way still arrive.
func (w *world) heal() {
	w.note("nothing goes wrong any more")
	w.healed, w.sky.bad, w.skew = true, 0, 0
	w.proc.start()
	for _, d := range w.plan.doctors {
		w.proc.fresh(d)
	}
	w.after(w.sky.latest+2*patience+w.plan.enough(), "verdict", func() { w.verdict(0) })
}

// rounds is how often the doctor may be asked before he gives up.
const rounds = 3

// verdict looks at everything: in the first round what still moves by itself is
// a fault, in the last one whatever is not settled. In between the doctor does
// what he is asked for.
func (w *world) verdict(round int) {
	if w.proc.box == nil {
		w.fail("the agent does not run")
	}
	w.note("verdict %d", round)
	list, err := w.proc.box.Select(outbox.Filter{})
	if err != nil {
		w.fail("the outbox cannot be listed: %v", err)
	}
	open := 0
	for _, r := range list {
		e := w.proc.box.Entry(r)
		w.ledger.shown(e)
		if r.State == outbox.Draft || r.State == outbox.Refused {
			continue
		}
		open++
		switch {
		case !r.Decide && !r.Waits:
			w.fail("%s is still %s %s after the faults stopped, next attempt %s, problem %s", e.ClientID, r.State, w.now.Sub(began.Add(w.plan.storm)), e.NextAttempt, reason(e.Problem))
		case round == rounds:
			w.fail("%s is not settled after the doctor was asked %d times: %s", e.ClientID, rounds, reason(e.Problem))
		case r.Decide:
			w.proc.resolve(e)
		default:
			w.proc.retry(r.Doctor, e)
		}
	}
	if open == 0 {
		w.settle()
		w.events = nil
		return
	}
	w.after(w.plan.enough(), "verdict", func() { w.verdict(round + 1) })
}

// settle compares the outbox with the region: sent is what lives there, nothing
// else does, and all that was promised is accounted for.
func (w *world) settle() {
	w.ledger.opened()
	for _, e := range w.ledger.entries {
		name := e.wish.who.client
		switch lives := e.alive > 0; {
		case e.gone || !e.kept:
			if lives {
				w.fail("%s lives and the outbox has forgotten it", name)
			}
		case lives != (e.state == outbox.Sent) && !e.erased:
			w.fail("%s is %s, and %d live", name, e.state, e.alive)
		}
		for _, p := range w.region.list {
			if p.who == e.wish.who && p.live && versionOf(p.contents) != e.version {
				w.fail("%s lives in version %d, taken was %d", name, versionOf(p.contents), e.version)
			}
		}
	}
}

func reason(problem *wire.Error) wire.ErrorCode {
	if problem == nil {
		return ""
	}
	return problem.Data.Code
}

// outage tells whether the region is down altogether.
func (w *world) outage() bool {
	return !w.healed && w.sky.downFor > 0 && w.now.Sub(began) >= w.sky.downFrom && w.now.Sub(began) < w.sky.downFrom+w.sky.downFor
}

var kinds = map[outbox.Kind]string{outbox.Send: "send", outbox.View: "view", outbox.Search: "search", outbox.Cancel: "cancel", outbox.Lot: "lot"}

func kindName(k outbox.Kind) string { return kinds[k] }
