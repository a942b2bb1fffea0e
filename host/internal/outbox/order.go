package outbox

import "time"

// choice is what may go now.
type choice struct {
	now       time.Time
	urgedOnly bool
	limit     int
	ahead     int

	picks       []*entry
	after       map[*entry]*entry // of what is picked ahead, the one of the same patient before it
	next        time.Time         // when something else may go by itself
	lacks       bool              // something waits for a number
	urgentLacks bool              // and somebody waits for it
}

// choose picks in the order of taking. For one patient one thing happens at a
// time, and the earlier before the later; what waits for the doctor holds
// nobody up. What somebody waits for goes before what goes by itself.
func (q *queue) choose(c *choice) {
	slots := min(c.limit, max(1, q.ramp)) - q.flights
	if q.ramp > 1 { // there is a connection, and the region answers
		slots += c.ahead
	}
	if slots <= 0 {
		return
	}
	var idle []*entry
	w := walk{queue: q, choice: c, first: map[uint64]*entry{}}
	first := w.first
	all := c.urgedOnly || q.line.down() || q.line.Interval > 0 // the whole list counts
	for _, e := range q.list {
		if e.flight {
			first[e.patient] = &w.flying
		}
		all = all || e.urgent
	}
	due := 0
	for _, e := range q.list {
		if e.waiting || e.broken {
			continue
		}
		if before := first[e.patient]; before != nil {
			first[e.patient] = w.after(e, before)
			continue
		}
		first[e.patient] = e
		switch {
		case e.lacks():
			c.lacks = true
			c.urgentLacks = c.urgentLacks || e.urgent
		case e.urgent:
			if c.picks = append(c.picks, e); len(c.picks) == slots {
				return
			}
		case !c.urgedOnly && !q.paused:
			idle = append(idle, e)
			if !e.due.After(c.now) {
				due++
			}
		}
		if !all && due == slots {
			break
		}
	}
	q.chooseIdle(c, idle, slots)
	for _, e := range w.behind {
		if len(c.picks) < slots {
			c.picks = append(c.picks, e)
		}
	}
}

// walk is one walk along a queue.
type walk struct {
	*queue
	*choice
	first           map[uint64]*entry // of each patient, what the next one stands behind
	flying, blocked entry             // stand for one that comes later and is under way, and for no way on
	behind          []*entry          // may be handed out ahead
}

// after is what stands behind e when e stands behind before.
func (w *walk) after(e, before *entry) *entry {
	switch {
	case e.flight && before != &w.blocked:
		return e
	case e.urgent && e.state == Queued && !e.lacks() && before.sends() && len(w.behind) < w.ahead && w.ramp > 1:
		w.behind = append(w.behind, e)
		w.follows(e, before)
		return e
	}
	return &w.blocked
}

// drained tells that nothing is left of what an outage left over.
func (q *queue) drained() bool {
	if q.line.Interval == 0 {
		return false
	}
	for _, e := range q.list {
		if !e.waiting {
			return !q.line.drains(e.seq)
		}
	}
	return true
}

// sends tells a prescription that is on its way, or about to be.
func (e *entry) sends() bool {
	return e.state == Sending && e.flight || !e.flight && e.urgent && !e.lacks() && (e.state == Queued || e.next == Send)
}

func (c *choice) follows(e, before *entry) {
	if c.after == nil {
		c.after = map[*entry]*entry{}
	}
	c.after[e] = before
}

// chooseIdle picks among what goes by itself: one at a time while the region
// does not answer, and while the remains of an outage drain.
func (q *queue) chooseIdle(c *choice, idle []*entry, slots int) {
	draining, alone := false, false
	for _, e := range idle {
		due := e.due
		if stalled(due, c.now) {
			due = time.Time{}
		}
		if q.line.Due.After(due) && !stalled(q.line.Due, c.now) {
			due = q.line.Due
		}
		drains := q.line.drains(e.seq)
		if drains && q.line.Slot.After(due) && !stalled(q.line.Slot, c.now) {
			due = q.line.Slot
		}
		switch {
		case due.After(c.now):
			c.next = sooner(c.next, due)
		case len(c.picks) >= slots, drains && draining, alone, q.line.down() && q.flights+len(c.picks) > 0:
		default:
			c.picks = append(c.picks, e)
			draining, alone = draining || drains, q.line.down()
		}
	}
}
