package session_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/session"
	"raccordo/host/internal/wire"
)

// world is a region, a PC with its clocks, and the Keeper between them and the
// Sentinel. Time is the bubble's.
type world struct {
	t        *testing.T
	machine  *session.Machine
	sentinel *session.Sentinel
	start    time.Time

	mu       sync.Mutex
	log      []string // what was asked of the keeper, and when
	set      time.Duration
	slept    time.Duration
	lives    time.Duration  // the session that a login opens
	alive    wire.ErrorCode // what a check finds
	refuses  wire.ErrorCode // what a renewal runs into
	repair   string         // how a session is left that could not be repaired
	takes    time.Duration  // what a request takes
	lingers  time.Duration  // and its end, when it is cut
	declines wire.ErrorCode // why the keeper does not even try
	faults   []string
	busy     bool
	asked    bool // the user is there
}

// bubble runs a test in a world with a Sentinel that watches. One call of its
// rand answers half of the pause.
func bubble(t *testing.T, test func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 0.5)
		stop := w.run()
		test(w)
		stop()
		if w.busy {
			t.Error("a call outlives the Sentinel")
		}
		for _, f := range w.faults {
			t.Error(f)
		}
	})
}

func newWorld(t *testing.T, jitter float64) *world {
	w := &world{t: t, machine: session.New("keep", ricetta.Rome()), start: time.Now(), repair: session.RepairAuto}
	clock := session.Clock{
		Wall: func() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return time.Now().Add(w.slept + w.set) },
		Mono: func() time.Duration { w.mu.Lock(); defer w.mu.Unlock(); return time.Since(w.start) + w.slept },
	}
	w.sentinel = session.NewSentinel(w.machine, w, clock, func() float64 { return jitter })
	return w
}

func (w *world) run() (stop func()) {
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); w.sentinel.Run(ctx) }()
	synctest.Wait()
	return func() { cancel(); <-done }
}

// call writes one call down and lets it take its time.
func (w *world) call(ctx context.Context, what string) error {
	w.mu.Lock()
	w.log = append(w.log, fmt.Sprintf("%s %s", time.Since(w.start), what))
	if state := w.machine.Snapshot().State; state != wire.Connected && state != wire.Stale && state != wire.Reconnecting {
		w.faults = append(w.faults, what+" while "+string(state))
	}
	if w.busy {
		w.faults = append(w.faults, what+" beside another call")
	}
	if _, ok := ctx.Deadline(); !ok {
		w.faults = append(w.faults, what+" without a deadline")
	}
	w.busy = true
	takes := w.takes
	w.mu.Unlock()
	defer func() { w.mu.Lock(); w.busy = false; w.mu.Unlock() }()
	if takes == 0 {
		return nil
	}
	select {
	case <-time.After(takes):
		return nil
	case <-ctx.Done():
		w.mu.Lock()
		w.log = append(w.log, fmt.Sprintf("%s cut", time.Since(w.start)))
		lingers := w.lingers
		w.mu.Unlock()
		time.Sleep(lingers)
		return ctx.Err()
	}
}

func (w *world) Check(ctx context.Context) wire.ErrorCode {
	if w.call(ctx, "check") != nil {
		return wire.ErrRegionTime
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.alive
}

func (w *world) Renew(ctx context.Context, o session.Order) wire.ErrorCode {
	what := "renew"
	if o.Visible {
		what = "ask"
	}
	w.mu.Lock()
	declines := w.declines
	w.mu.Unlock()
	if declines != "" {
		w.call(ctx, "declined")
		return declines
	}
	number := w.machine.Number()
	early := o.Why == ""
	if number != o.Session || !early && !w.machine.Reconnect(o.Why) {
		return ""
	}
	err := w.call(ctx, what+" "+string(o.Why))
	w.mu.Lock()
	refuses, repair := w.refuses, w.repair
	if o.Visible && !w.asked {
		w.faults = append(w.faults, "a window that nobody asked for")
	}
	w.mu.Unlock()
	if err != nil {
		refuses = wire.ErrRegionTime
	}
	switch {
	case refuses == "" && early:
		w.machine.Renewed(w.facts())
	case refuses == "":
		w.machine.Connect(w.facts())
	case !early:
		w.machine.StaleOf(number, refuses, repair)
	}
	return refuses
}

// facts are those of a session of the region's, which knows the time.
func (w *world) facts() session.Established {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := login
	e.Since, e.ExpiresAt = time.Now(), time.Time{}
	if w.lives > 0 {
		e.ExpiresAt = e.Since.Add(w.lives)
	}
	return e
}

// with changes the world.
func (w *world) with(change func()) {
	w.mu.Lock()
	change()
	w.mu.Unlock()
}

func (w *world) login() {
	w.t.Helper()
	if err := w.machine.Begin("card"); err != nil {
		w.t.Fatal(err)
	}
	if !w.machine.Connect(w.facts()) {
		w.t.Fatal("not connected")
	}
	synctest.Wait()
}

func (w *world) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (w *world) nudge(n session.Nudge) {
	if n == session.Login {
		w.with(func() { w.asked = true })
	}
	w.sentinel.Nudge(n)
	synctest.Wait()
}

// calls hands the log over.
func (w *world) calls() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	log := w.log
	w.log = nil
	return log
}

func (w *world) state() wire.Session { return w.machine.Snapshot() }
