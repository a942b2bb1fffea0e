package session

import (
	"context"
	"sync"
	"time"

	"raccordo/host/internal/wire"
)

// Sentinel keeps the session of a Machine alive through a Keeper.
//
// Before the session's end it has it renewed; a stale one that the agent can
// mend it has repaired, again and again with growing pauses; and it has the
// session checked after whatever may have ended it unnoticed: sleep, a jump of
// the PC's clock, another network. It asks for one thing at a time, and for
// nothing while nobody is connected.
//
// A session's life is what the region says, from Since to ExpiresAt, and begins
// when the Machine connects: whether the PC's clock agrees with the region's
// does not matter. Its end is the region's to tell: the Sentinel checks then,
// and only a region that can not be asked is taken at its earlier word.
type Sentinel struct {
	machine *Machine
	keeper  Keeper
	clock   Clock
	plan    plan

	mu      sync.Mutex
	nudges  []Nudge
	reports []report
	holds   int
	mail    chan struct{}
}

// report is a symptom, and the session that had it.
type report struct {
	number uint64
	why    wire.ErrorCode
}

// NewSentinel makes a Sentinel; Run makes it watch. rand is uniform in [0,1).
func NewSentinel(m *Machine, k Keeper, c Clock, rand func() float64) *Sentinel {
	return &Sentinel{
		machine: m, keeper: k, clock: c, mail: make(chan struct{}, 1),
		plan: plan{rand: rand, seen: view{Session: wire.Session{State: wire.Disconnected}}},
	}
}

// Nudge tells of something that happened in the world.
func (s *Sentinel) Nudge(n Nudge) { s.post(func() { s.nudges = append(s.nudges, n) }) }

// Report tells of a symptom that the present session showed while nobody
// waited for an answer: what a request runs into is repaired by who sent it.
func (s *Sentinel) Report(why wire.ErrorCode) {
	number := s.machine.Number()
	s.post(func() { s.reports = append(s.reports, report{number, why}) })
}

// Hold keeps repairs that the user would see from beginning, as long as a batch
// has an item under way; the others go on. The end of it may be called twice.
func (s *Sentinel) Hold() (release func()) {
	s.post(func() { s.holds++ })
	return sync.OnceFunc(func() { s.post(func() { s.holds-- }) })
}

func (s *Sentinel) post(change func()) {
	s.mu.Lock()
	change()
	s.mu.Unlock()
	select {
	case s.mail <- struct{}{}:
	default:
	}
}

// Run watches until ctx ends and what it asked for has returned.
func (s *Sentinel) Run(ctx context.Context) {
	w := watch{Sentinel: s, ctx: ctx, drift: drift{clock: s.clock}, done: make(chan wire.ErrorCode, 1)}
	news, stop := s.machine.Subscribe()
	defer stop()
	w.timer, w.ticker = time.NewTimer(0), time.NewTicker(lookEvery)
	w.ticker.Stop() // until there is a session
	defer w.timer.Stop()
	defer w.ticker.Stop()
	for w.look(); ; w.begin() {
		select {
		case <-ctx.Done():
			w.wait()
			return
		case <-news:
			w.look()
		case <-s.mail:
			w.read()
		case <-w.ticker.C:
			if w.drift.jumped() {
				s.plan.nudge(Awake, s.clock.Mono())
			}
		case <-w.timer.C:
		case code := <-w.done:
			w.ended(code)
		}
	}
}
