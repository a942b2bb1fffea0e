package engine

import (
	"sync"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// attend tells the outbox whether it may send by itself, and as whom: while the
// session lives, and with a pinCode that is kept. The background asks nobody.
func (e *Engine) attend() {
	e.attending.Lock()
	defer e.attending.Unlock()
	doctor := e.ready()
	if same(doctor, e.attended) && !e.resumes.Swap(false) {
		return
	}
	e.attended = doctor
	e.journal.connected(doctor)
}

func same(a, b *ricetta.Doctor) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// ready is the doctor in whose name the background may send, nil if none.
func (e *Engine) ready() *ricetta.Doctor {
	l, err := e.current()
	if err != nil || e.session.Snapshot().State != wire.Connected {
		return nil
	}
	d := e.identity(l)
	if d.PinCode, err = e.keptPinCode(d.CF); err != nil {
		return nil
	}
	return &d
}

// gentle is how often at most the doors hear that the outbox changed.
const gentle = 200 * time.Millisecond

// crier tells the doors that the outbox changed, many changes at once.
type crier struct {
	mu    sync.Mutex
	timer *time.Timer
	over  bool
}

func (c *crier) soon(tell func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timer != nil || c.over {
		return
	}
	c.timer = time.AfterFunc(gentle, func() {
		c.mu.Lock()
		c.timer = nil
		over := c.over
		c.mu.Unlock()
		if !over {
			tell()
		}
	})
}

func (c *crier) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	if c.timer != nil {
		c.timer.Stop()
	}
}

// outboxChanged tells the doors what is in charge, counted, in a moment.
func (e *Engine) outboxChanged() {
	e.crier.soon(func() { e.events.publish(wire.EventOutbox, e.journal.counts()) })
}
