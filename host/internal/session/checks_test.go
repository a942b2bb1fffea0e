package session_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/session"
	"raccordo/host/internal/wire"
)

// Sleep and a clock that is set are noticed; neither ends a session by itself.
func TestClocks(t *testing.T) {
	tests := map[string]struct {
		happens func(*world)
		calls   []string
	}{
		"nothing":                     {func(*world) {}, nil},
		"a second of drift":           {func(w *world) { w.set = 9 * time.Second }, nil},
		"a nap":                       {func(w *world) { w.slept = 10 * time.Second }, nil},
		"sleep":                       {func(w *world) { w.slept = time.Hour }, []string{"15s check"}},
		"the clock is put forward":    {func(w *world) { w.set = 48 * time.Hour }, []string{"15s check"}},
		"the clock is put back":       {func(w *world) { w.set = -48 * time.Hour }, []string{"15s check"}},
		"sleep beyond the end":        {func(w *world) { w.slept = 9 * time.Hour }, []string{"15s check", "45s check"}},
		"sleep until nearly the end":  {func(w *world) { w.slept = 8*time.Hour - 50*time.Second }, []string{"15s check", "15s renew "}},
		"awake two minutes to go":     {func(w *world) { w.slept = 8*time.Hour - 2*time.Minute }, []string{"15s check", "1m0s renew "}},
		"sleep and a clock set right": {func(w *world) { w.slept, w.set = time.Hour, -time.Hour }, []string{"15s check"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(w *world) {
				w.with(func() { w.lives = 8 * time.Hour })
				w.login()
				w.pass(5 * time.Second)
				w.with(func() { tt.happens(w) })
				w.pass(69 * time.Second)
				want(t, w, tt.calls...)
				if s := w.state(); s.State != wire.Connected {
					t.Errorf("%+v", s)
				}
			})
		})
	}
}

// One sleep that the system announced is not noticed once more.
func TestAnnouncedSleep(t *testing.T) {
	bubble(t, func(w *world) {
		w.login()
		w.pass(5 * time.Second)
		w.with(func() { w.slept = time.Hour })
		w.nudge(session.Awake)
		w.pass(time.Minute)
		want(t, w, "5s check")
		w.pass(time.Second)
		w.with(func() { w.slept += time.Hour })
		w.nudge(session.Card) // says nothing of sleep
		w.pass(time.Minute)
		want(t, w, "1m15s check")
	})
}

// After a sleep the network takes its time; after that, it has its own news.
func TestChecksWhileTheNetworkReturns(t *testing.T) {
	bubble(t, func(w *world) {
		w.with(func() { w.alive, w.lives = wire.ErrRegionDown, 8*time.Hour })
		w.login()
		w.nudge(session.Awake)
		w.pass(time.Hour)
		want(t, w, "0s check", "1s check", "3s check", "7s check", "15s check", "31s check", "1m3s check")
		if s := w.state(); s.State != wire.Connected {
			t.Errorf("a region that can not be asked said nothing: %+v", s)
		}
		w.nudge(session.Network)
		w.pass(2 * time.Second)
		w.with(func() { w.alive = "" })
		w.pass(time.Hour)
		want(t, w, "1h0m0s check", "1h0m1s check", "1h0m3s check")
	})
}

// What a check finds, and what a report says, is treated by its meaning.
func TestFindings(t *testing.T) {
	tests := map[wire.ErrorCode]struct {
		found, reported []string
		state           wire.SessionState
		repair          string
	}{
		"":                   {[]string{"0s check"}, []string{"0s check"}, wire.Connected, ""},
		wire.ErrSessionEnded: {[]string{"0s check", "0s renew session.expired"}, []string{"0s renew session.expired"}, wire.Connected, ""},
		wire.ErrLingering:    {[]string{"0s check", "0s renew session.lingering"}, []string{"0s renew session.lingering"}, wire.Connected, ""},
		wire.ErrDisplaced:    {[]string{"0s check"}, nil, wire.Stale, session.RepairLogin},
		wire.ErrLoginNeeded:  {[]string{"0s check"}, nil, wire.Stale, session.RepairLogin},
		wire.ErrMaintenance:  {[]string{"0s check"}, []string{"0s check"}, wire.Connected, ""},
		wire.ErrTLS:          {[]string{"0s check"}, []string{"0s check"}, wire.Connected, ""},
	}
	for code, tt := range tests {
		check := func(t *testing.T, w *world, calls []string) {
			synctest.Wait()
			want(t, w, calls...)
			if s := w.state(); s.State != tt.state || s.Repair != tt.repair || tt.state == wire.Stale && s.Reason != code {
				t.Errorf("%+v", s)
			}
			w.pass(12 * time.Hour)
		}
		t.Run("found "+string(code), func(t *testing.T) {
			bubble(t, func(w *world) {
				w.login()
				w.with(func() { w.alive = code })
				w.nudge(session.Network)
				check(t, w, tt.found)
			})
		})
		t.Run("reported "+string(code), func(t *testing.T) {
			bubble(t, func(w *world) {
				w.login()
				w.sentinel.Report(code)
				check(t, w, tt.reported)
			})
		})
	}
}

// A symptom that comes back after each repair costs a login now and then, not
// one each time; after a quiet while it is as good as new.
func TestSymptomThatComesBack(t *testing.T) {
	bubble(t, func(w *world) {
		w.login()
		for range 3000 {
			w.sentinel.Report(wire.ErrLingering)
			w.pass(100 * time.Millisecond)
		}
		calls := w.calls()
		if diff := cmp.Diff([]string{"0s renew session.lingering", "2.5s renew session.lingering", "7.5s renew session.lingering"}, calls[:3]); diff != "" {
			t.Error(diff)
		}
		if len(calls) > 9 {
			t.Errorf("%d repairs in 5 minutes", len(calls))
		}
		w.pass(15 * time.Minute)
		w.calls()
		w.sentinel.Report(wire.ErrLingering)
		w.sentinel.Report(wire.ErrSessionEnded) // the same trouble
		synctest.Wait()
		want(t, w, "20m0s renew session.lingering")
		w.sentinel.Report(wire.ErrLingering)
		synctest.Wait()
		w.nudge(session.Network) // is no reason to hurry
		w.pass(time.Minute)
		want(t, w, "20m2.5s renew session.lingering")
	})
}

// A report is about the session that was there when it was made.
func TestReportOfAnOlderSession(t *testing.T) {
	bubble(t, func(w *world) {
		w.login()
		w.sentinel.Report(wire.ErrSessionEnded)
		w.sentinel.Report(wire.ErrLoginNeeded)
		w.machine.Renewed(w.facts())
		w.pass(time.Hour)
		want(t, w)
		if s := w.state(); s.State != wire.Connected {
			t.Errorf("%+v", s)
		}
	})
}

// A report that comes right after the login is not lost, whoever of the two is
// heard first; one about a session that is known to be over says nothing.
func TestReportAtOnce(t *testing.T) {
	bubble(t, func(w *world) {
		for range 100 {
			w.machine.Begin("card")
			w.machine.Connect(w.facts())
			w.sentinel.Report(wire.ErrDisplaced)
			synctest.Wait()
			if s := w.state(); s.Reason != wire.ErrDisplaced {
				t.Fatalf("%+v", s)
			}
		}
		w.login()
		w.machine.Stale(wire.ErrRegionDown, session.RepairAuto)
		w.sentinel.Report(wire.ErrDisplaced)
		synctest.Wait()
		if s := w.state(); s.Repair != session.RepairAuto {
			t.Errorf("%+v", s)
		}
	})
}

// A session that is older than the watch is watched as well.
func TestConnectedBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 0.5)
		w.machine.Begin("card")
		w.machine.Connect(w.facts())
		time.Sleep(time.Second)
		defer w.run()()
		w.with(func() { w.slept = time.Hour })
		w.pass(20 * time.Second)
		want(t, w, "16s check")
	})
}
