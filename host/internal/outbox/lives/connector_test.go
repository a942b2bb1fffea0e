package lives

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// answering is how long a region takes for one request.
const answering = 800 * time.Millisecond

// connector is one doctor's agent on one day: the real outbox over a disk in
// memory, and a region that is there or is not. Connectors do not feel each
// other, so that each has its day alone and only the requests are added up.
type connector struct {
	clock
	box      *outbox.Outbox
	region   *region
	dice     *rand.Rand
	midnight time.Time
	down     band // in minutes; none when from is to
	load     *load
	woken    time.Time
}

// load counts requests by the minute of the day.
type load struct {
	served [dayMinutes]int
	failed [dayMinutes]int // at a region that is not there
	late   int             // after the day's end
	open   int             // not sent in the end
}

func (l *load) add(o *load) {
	for m := range dayMinutes {
		l.served[m] += o.served[m]
		l.failed[m] += o.failed[m]
	}
	l.late += o.late
	l.open += o.open
}

// spend lets a connector have its Monday, and the night after it.
func spend(seed uint64, down band, l *load) error {
	c := &connector{dice: rand.New(rand.NewPCG(seed, 0x6d6f6e646179)), midnight: time.Date(2026, 11, 23, 0, 0, 0, 0, ricetta.Rome()), down: down, load: l}
	c.now = c.midnight
	c.region = newRegion(habits{}, func() time.Time { return c.now })
	c.region.born, c.region.ended = func(*paper) {}, func(*paper) {}
	box, err := outbox.OpenOn(newDisk(), key, outbox.Options{Log: zerolog.Nop(), Now: func() time.Time { return c.now }, Rand: c.dice.Float64, Parallel: parallel})
	if err != nil {
		return err
	}
	c.box = box
	box.Fresh(doctors[0])
	for i, at := range monday(seed, c.dice) {
		c.after(at, "a prescription", func() { err = c.hand(i) })
	}
	for {
		e, more := c.next()
		if !more || err != nil || c.now.Sub(c.midnight) > 36*time.Hour {
			break
		}
		e.do()
	}
	counts, countErr := box.Counts()
	l.open += counts.Pending + counts.Failed
	if err != nil {
		return err
	}
	return countErr
}

// hand is a doctor who sends and looks on.
func (c *connector) hand(n int) error {
	p := wish{who: intent{doctors[0], clientID(n)}, patient: somebody(c.dice.IntN(300))}.version(0)
	taken, err := c.box.Take(orderOf(doctors[0], false), []wire.Prescription{p})
	if err != nil {
		return err
	}
	if !taken[0].Goes {
		return fmt.Errorf("not taken: %+v", taken[0].Result)
	}
	if err := c.box.Urge(doctors[0], []string{taken[0].Record.ID}); err != nil {
		return err
	}
	return c.turn(nil)
}

func (c *connector) turn(done []outbox.Done) error {
	step, err := c.box.SettleAndClaim(done, doctors[0], outbox.ClaimOptions{Limit: parallel})
	if err != nil {
		return err
	}
	for _, w := range step.Work {
		c.request(w)
	}
	if next := step.Next; !next.IsZero() && (c.woken.Before(c.now) || next.Before(c.woken)) {
		c.woken = next
		c.after(max(next.Sub(c.now), time.Millisecond), "wake", func() { c.must(c.turn(nil)) })
	}
	return nil
}

// must ends the day of a connector whose journal fails: memory does not.
func (c *connector) must(err error) {
	if err != nil {
		panic(err)
	}
}

// request makes one request and counts it where it arrives.
func (c *connector) request(w outbox.Work) {
	minute := int(c.now.Sub(c.midnight) / time.Minute)
	out := outbox.Outcome{Err: fault{code: wire.ErrRegionDown}}
	counted := &c.load.failed
	if minute < c.down.from || minute >= c.down.to {
		out, counted = c.answer(w), &c.load.served
	}
	if minute < dayMinutes {
		counted[minute]++
	} else {
		c.load.late++
	}
	c.after(answering, "an answer", func() { c.must(c.turn([]outbox.Done{{Work: w, Outcome: out}})) })
}

func (c *connector) answer(w outbox.Work) outbox.Outcome {
	switch w.Kind {
	case outbox.Lot:
		lot, err := c.region.lot(doctors[0])
		return outbox.Outcome{Lot: &lot, Err: err}
	case outbox.Send:
		receipt := c.region.send(doctors[0], w.Record.NRE, *w.Record.Prescription, w.Record.CompiledAt)
		return outbox.Outcome{Receipt: &receipt}
	}
	v, err := c.region.view(doctors[0], w.Record.NRE)
	return outbox.Outcome{View: &v, Err: err}
}

// somebody is a patient who does not exist: no town has such a code.
func somebody(n int) string {
	body := fmt.Sprintf("RSSMRC82H15X%03d", 100+n)
	letter, _ := ricetta.CheckLetter(body)
	return body + string(letter)
}
