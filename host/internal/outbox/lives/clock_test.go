package lives

import (
	"container/heap"
	"time"
)

// event is something that happens at an instant; seq keeps events of the same
// instant in the order in which they were planned.
type event struct {
	at   time.Time
	seq  int
	name string
	do   func()
}

// clock is virtual time: it jumps from event to event.
type clock struct {
	now    time.Time
	events events
	seq    int
}

func (c *clock) after(d time.Duration, name string, do func()) {
	c.seq++
	heap.Push(&c.events, event{c.now.Add(max(d, 0)), c.seq, name, do})
}

// next moves to the next event; none is left when it returns false.
func (c *clock) next() (event, bool) {
	if len(c.events) == 0 {
		return event{}, false
	}
	e := heap.Pop(&c.events).(event)
	if e.at.After(c.now) {
		c.now = e.at
	}
	return e, true
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	if e[i].at.Equal(e[j].at) {
		return e[i].seq < e[j].seq
	}
	return e[i].at.Before(e[j].at)
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	old := *e
	last := old[len(old)-1]
	old[len(old)-1] = event{}
	*e = old[:len(old)-1]
	return last
}
