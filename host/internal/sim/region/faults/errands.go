package faults

import (
	"sync"
	"time"
)

// Errands are requests to be carried out later. They end with Close, undone
// ones undone.
type Errands struct {
	mutex   sync.Mutex
	closed  bool
	stop    chan struct{}
	running sync.WaitGroup
	pending int
}

// NewErrands returns none.
func NewErrands() *Errands { return &Errands{stop: make(chan struct{})} }

// After does something after a delay, unless Close comes before.
func (e *Errands) After(delay time.Duration, do func()) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.closed {
		return
	}
	e.pending++
	e.running.Go(func() {
		timer := time.NewTimer(delay)
		defer timer.Stop()
		select {
		case <-timer.C:
			do()
		case <-e.stop:
		}
		e.mutex.Lock()
		e.pending--
		e.mutex.Unlock()
	})
}

// Pending is how many are still to be done.
func (e *Errands) Pending() int {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return e.pending
}

// Close forgets what is not under way and waits for what is.
func (e *Errands) Close() {
	e.mutex.Lock()
	if !e.closed {
		e.closed = true
		close(e.stop)
	}
	e.mutex.Unlock()
	e.running.Wait()
}
