package queue

import (
	"time"

	"raccordo/host/internal/wire"
)

// lane is the sheets of one printer that the spooler does not have yet.
type lane struct {
	fails int
	due   time.Time // nothing is tried before
	tried time.Time // last
	why   outcome   // why it does not go on
}

// hurry tries again now, when something new makes it worth it.
func (l *lane) hurry(now time.Time) {
	if now.Sub(l.tried) > time.Second {
		l.due = now
	}
}

// fail notes a try in vain, and tells whether that is news.
func (l *lane) fail(now time.Time, why outcome, p Pace) (news bool) {
	news = l.why != why
	l.fails++
	l.why, l.tried = why, now
	l.due = now.Add(backoff(l.fails, p.Retry, p.Longest))
	return news
}

// backoff doubles a pause.
func backoff(fails int, first, longest time.Duration) time.Duration {
	pause := first
	for range fails - 1 {
		if pause *= 2; pause >= longest {
			return longest
		}
	}
	return min(pause, longest)
}

// printer is where a kind of sheet goes to now.
func (q *Queue) printer(profile wire.SheetKind) string {
	if q.opt.Printer == nil {
		return ""
	}
	return q.opt.Printer(profile)
}

func (q *Queue) lane(name string) *lane {
	l := q.lanes[name]
	if l == nil {
		l = &lane{}
		q.lanes[name] = l
	}
	return l
}

// laneOf names the lane of a job whose kind goes to printer now.
func (q *Queue) laneOf(e *entry, printer string) string {
	switch {
	case q.opt.Printer == nil:
		return string(e.Profile)
	case e.Stage == releasing || e.ready:
		return e.Ticket.Printer
	case printer == "":
		return "no printer: " + string(e.Profile)
	}
	return printer
}

// Retry looks again at once at everything that waits: settings have changed, or a
// printer is back.
func (q *Queue) Retry() {
	q.mu.Lock()
	for _, l := range q.lanes {
		l.fails, l.due = 0, time.Time{}
	}
	for _, e := range q.order {
		e.due = time.Time{}
	}
	q.mu.Unlock()
	q.rouse()
}

// mostLooks is how many jobs are asked for at once, but for the first of each printer.
const mostLooks = 4

// claim hands out all that is due, each marked busy, and tells when to come back;
// zero: when something changes.
func (q *Queue) claim() (work []*entry, next time.Time) {
	printers := map[wire.SheetKind]string{}
	for _, kind := range wire.SheetKinds {
		printers[kind] = q.printer(kind)
	}
	now := q.now()
	q.mu.Lock()
	defer q.mu.Unlock()
	c := claims{queue: q, now: now, lanes: map[string]bool{}, fronts: map[string]bool{}}
	for _, e := range q.order {
		if e.open() {
			c.consider(e, printers[e.Profile])
		}
	}
	return c.work, c.next
}

// claims is one pass over the jobs, in their order.
type claims struct {
	queue  *Queue
	now    time.Time
	lanes  map[string]bool // somebody stands before
	fronts map[string]bool // somebody is before at the printer
	looks  int
	work   []*entry
	next   time.Time
}

func (c *claims) consider(e *entry, printer string) {
	at := e.due
	switch e.Stage {
	case waiting, releasing:
		name := c.queue.laneOf(e, printer)
		if !e.busy {
			e.lane = name
		}
		if c.lanes[name] && !e.cancel {
			return
		}
		c.lanes[name] = true
		at = c.queue.lane(name).due
	case released:
		behind := c.fronts[e.Ticket.Printer]
		c.fronts[e.Ticket.Printer] = true
		if behind {
			at = later(at, e.looked.Add(c.queue.pace.Behind))
		}
		if behind && !e.cancel && c.looks >= mostLooks {
			return
		}
	}
	switch {
	case e.busy:
		c.looks++
	case e.cancel || !at.After(c.now):
		c.looks++
		e.busy = true
		c.work = append(c.work, e)
	case c.next.IsZero() || at.Before(c.next):
		c.next = at
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
