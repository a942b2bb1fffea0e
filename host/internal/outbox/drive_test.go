package outbox

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/wire"
)

// clock is a time that stands until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// stage is an outbox with its own clock and dice, and a region.
type stage struct {
	t   testing.TB
	box *Outbox
	*clock
	f    *fakeRegion
	path string
	opt  Options
	at   map[string][]time.Duration // by client id, when each request was made, from the start
	noon time.Time
}

func newStage(t testing.TB, opt Options) *stage {
	t.Helper()
	c := &clock{at: noon}
	opt.Log, opt.Now, opt.Rand = zerolog.Nop(), c.now, func() float64 { return 0.5 }
	s := &stage{t: t, clock: c, f: newFake(), path: filepath.Join(t.TempDir(), "outbox.db"), opt: opt, at: map[string][]time.Duration{}, noon: noon}
	s.open()
	t.Cleanup(func() { _ = s.box.Close() })
	return s
}

func (s *stage) open() {
	s.t.Helper()
	box, err := Open(s.path, testKey, s.opt)
	if err != nil {
		s.t.Fatal(err)
	}
	s.box = box
}

// die is a kill: what is on disk stays.
func (s *stage) die() {
	s.t.Helper()
	if err := s.box.Close(); err != nil {
		s.t.Fatal(err)
	}
	s.open()
}

func (s *stage) take(list ...wire.Prescription) []Taken {
	s.t.Helper()
	taken, err := s.box.Take(Order{Doctor: giulia(), Origin: page}, list)
	if err != nil {
		s.t.Fatal(err)
	}
	return taken
}

func (s *stage) claim(opt ClaimOptions) []Work {
	s.t.Helper()
	work, _, err := s.box.Claim(giulia().CF, opt)
	if err != nil {
		s.t.Fatal(err)
	}
	return work
}

// carry makes one request.
func (s *stage) carry(w Work) Record {
	s.t.Helper()
	s.at[w.Record.ClientID] = append(s.at[w.Record.ClientID], s.now().Sub(s.noon))
	r, err := s.box.Settle(w, carry(context.Background(), s.f, giulia(), w))
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// work makes everything that is due now, and says when to come back.
func (s *stage) work(opt ClaimOptions) time.Time {
	s.t.Helper()
	for range 10000 {
		work, next, err := s.box.Claim(giulia().CF, opt)
		if err != nil {
			s.t.Fatal(err)
		}
		if len(work) == 0 {
			return next
		}
		for _, w := range work {
			s.carry(w)
		}
	}
	s.t.Fatal("never at rest")
	return time.Time{}
}

// until lets time pass, working, as far as d from the start.
func (s *stage) until(d time.Duration) {
	s.t.Helper()
	for end := s.noon.Add(d); ; {
		next := s.work(ClaimOptions{})
		if next.IsZero() || next.After(end) {
			s.clock.mu.Lock()
			s.clock.at = end
			s.clock.mu.Unlock()
			return
		}
		s.clock.mu.Lock()
		s.clock.at = next
		s.clock.mu.Unlock()
	}
}

func (s *stage) record(client string) Record {
	s.t.Helper()
	r, ok, err := s.box.Find(page, client)
	if err != nil || !ok {
		s.t.Fatalf("%s: %v", client, err)
	}
	return r
}

func (s *stage) want(states map[string]State) {
	s.t.Helper()
	for client, state := range states {
		if r := s.record(client); r.State != state {
			s.t.Errorf("%s is %s, want %s: %+v", client, r.State, state, r)
		}
	}
}

// of is a prescription of the n-th of many patients.
func of(client string, patient int) wire.Prescription {
	p := rx(client)
	p.CodiceAssistito = fmt.Sprintf("STP%013d", patient)
	return p
}
