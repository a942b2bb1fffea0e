package agent

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
)

var (
	giulia = logon{1, "S-1-5-21-1"}
	paolo  = logon{2, "S-1-5-21-2"}
	reused = logon{1, "S-1-5-21-2"} // Paolo in what was Giulia's session
)

// Which sessions get an agent, and which agents end.
func TestRoster(t *testing.T) {
	type step struct {
		after      time.Duration
		event      func(r *roster, now time.Time)
		logons     []logon
		start, end []logon
	}
	born := func(l logon) func(*roster, time.Time) {
		return func(r *roster, now time.Time) { r.started(now, l) }
	}
	died := func(l logon, code int) func(*roster, time.Time) {
		return func(r *roster, now time.Time) { r.ended(now, l, code) }
	}
	one, both := []logon{giulia}, []logon{giulia, paolo}
	tests := map[string][]step{
		"nobody":        {{logons: nil}},
		"at once":       {{logons: both, start: both}},
		"never two":     {{logons: one, start: one}, {event: born(giulia), logons: one}, {after: time.Hour, logons: one}},
		"listed twice":  {{logons: []logon{giulia, giulia}, start: one}},
		"a later logon": {{logons: one, start: one}, {event: born(giulia), logons: both, start: []logon{paolo}}},
		"logged off":    {{logons: one, start: one}, {event: born(giulia), end: one}, {after: time.Second}, {event: died(giulia, 0)}, {logons: one, start: one}},
		"another user in the same session": {{logons: one, start: one},
			{event: born(giulia), logons: []logon{reused}, start: []logon{reused}, end: one}},
		"dies late: soon again": {{logons: one, start: one}, {event: born(giulia), logons: one},
			{after: time.Hour, event: died(giulia, 2), logons: one}, {after: time.Second, logons: one, start: one}},
		"replaced: at once": {{logons: one, start: one}, {event: born(giulia), logons: one},
			{after: time.Hour, event: died(giulia, ExitReplaced), logons: one, start: one}},
		"replaced again and again: not at once": {{logons: one, start: one}, {event: born(giulia), logons: one},
			{event: died(giulia, ExitReplaced), logons: one, start: one}, {event: born(giulia), logons: one},
			{event: died(giulia, ExitReplaced), logons: one}, {after: 2 * time.Second, logons: one, start: one}},
		"can not be started": {{logons: one, start: one}, {event: died(giulia, -1), logons: one},
			{after: time.Second, logons: one, start: one}, {event: died(giulia, -1), logons: one},
			{after: time.Second, logons: one}, {after: time.Second, logons: one, start: one}},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			r, now := newRoster(), time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)
			for i, s := range steps {
				now = now.Add(s.after)
				if s.event != nil {
					s.event(r, now)
				}
				start, end := r.due(now, s.logons)
				if diff := cmp.Diff([][]logon{s.start, s.end}, [][]logon{start, end}); diff != "" {
					t.Fatalf("step %d: %s", i, diff)
				}
			}
		})
	}
}

// An agent that dies at once is started less and less often, up to once a
// minute, and a good life makes good for it.
func TestBackoff(t *testing.T) {
	r, now := newRoster(), time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)
	one := []logon{giulia}
	r.due(now, one)
	want := []time.Duration{1, 2, 4, 8, 16, 32, 60, 60, 60}
	for i, seconds := range want {
		r.started(now, giulia)
		r.ended(now, giulia, 1)
		wait := seconds * time.Second
		if start, _ := r.due(now.Add(wait-1), one); start != nil {
			t.Errorf("%d: too early", i)
		}
		now = now.Add(wait)
		if start, _ := r.due(now, one); len(start) != 1 {
			t.Errorf("%d: not after %v", i, wait)
		}
	}
	r.started(now, giulia)
	now = now.Add(steadyTime)
	r.ended(now, giulia, 1)
	if start, _ := r.due(now.Add(time.Second), one); len(start) != 1 {
		t.Error("a steady agent is punished")
	}
}

// floor is a PC with sessions, and agents that live until they are ended or
// killed.
type floor struct {
	mu     sync.Mutex
	logons []logon
	alive  map[logon]*worker
	log    []string
	broken bool
}

type worker struct {
	floor *floor
	at    logon
	code  chan int
}

func (w *worker) Wait() int { return <-w.code }
func (w *worker) End()      { w.floor.kill(w.at, 0) }

func (f *floor) Logons() ([]logon, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken {
		return nil, errors.New("no answer")
	}
	return f.logons, nil
}

func (f *floor) Start(l logon) (running, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.alive[l] != nil {
		f.log = append(f.log, "TWO IN A SESSION")
	}
	f.alive[l] = &worker{f, l, make(chan int, 1)}
	f.log = append(f.log, fmt.Sprint("start ", l.Session))
	return f.alive[l], nil
}

func (f *floor) kill(l logon, code int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if w := f.alive[l]; w != nil {
		f.log = append(f.log, fmt.Sprint("end ", l.Session))
		delete(f.alive, l)
		w.code <- code
	}
}

func (f *floor) logged(on ...logon) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.logons = on
}

// A day of the service: logons that are announced or not, an agent that dies,
// a logoff, the end.
func TestKeep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &floor{alive: map[logon]*worker{}}
		ctx, stop := context.WithCancel(t.Context())
		changed, kept := make(chan struct{}), make(chan struct{})
		go func() { defer close(kept); keep(ctx, f, changed, zerolog.Nop()) }()
		expect := func(after time.Duration, lines ...string) {
			t.Helper()
			if after > 0 {
				time.Sleep(after)
			}
			synctest.Wait()
			f.mu.Lock()
			defer f.mu.Unlock()
			if diff := cmp.Diff(lines, f.log); diff != "" {
				t.Fatal(diff)
			}
			f.log = nil
		}
		f.logged(giulia)
		changed <- struct{}{}
		expect(0, "start 1")
		f.logged(giulia, paolo) // not announced
		expect(rosterLook, "start 2")
		f.kill(paolo, 2)
		expect(0, "end 2")
		expect(rosterLook, "start 2")
		f.mu.Lock()
		f.broken = true // the sessions can not be listed: nobody is ended for that
		f.mu.Unlock()
		expect(time.Minute)
		f.mu.Lock()
		f.broken = false
		f.mu.Unlock()
		f.logged(paolo)
		expect(rosterLook, "end 1")
		f.logged(paolo, giulia)
		expect(rosterLook, "start 1")
		stop()
		<-kept
		if len(f.alive) != 0 || len(f.log) != 2 {
			t.Errorf("%d live on, %q", len(f.alive), f.log)
		}
	})
}
