package session_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/session"
	"raccordo/host/internal/wire"
)

func want(t *testing.T, w *world, calls ...string) {
	t.Helper()
	if diff := cmp.Diff(calls, w.calls()); diff != "" {
		t.Error(diff)
	}
}

// A session is renewed a little before its end, and nobody sees it, whatever
// the PC believes the time to be.
func TestRenewedBeforeItsEnd(t *testing.T) {
	tests := map[string]struct {
		lives, wrong time.Duration
		calls        []string
	}{
		"a working day":            {8 * time.Hour, 0, []string{"7h59m0s renew ", "15h58m0s renew "}},
		"ten minutes":              {10 * time.Minute, 0, nil}, // counted below
		"the clock is slow":        {8 * time.Hour, -30 * time.Hour, []string{"7h59m0s renew ", "15h58m0s renew "}},
		"the clock is fast":        {8 * time.Hour, 30 * time.Hour, []string{"7h59m0s renew ", "15h58m0s renew "}},
		"the region does not tell": {0, 0, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(w *world) {
				w.with(func() { w.lives, w.set = tt.lives, tt.wrong })
				w.login()
				news, stop := w.machine.Subscribe()
				defer stop()
				if tt.lives == 10*time.Minute {
					w.pass(91 * time.Minute)
					if calls := w.calls(); len(calls) != 10 || calls[0] != "9m0s renew " {
						t.Errorf("%q", calls)
					}
					return
				}
				w.pass(16 * time.Hour)
				want(t, w, tt.calls...)
				if len(tt.calls) > 0 {
					if s := <-news; s.State != wire.Connected {
						t.Errorf("somebody saw %s", s.State)
					}
				}
			})
		})
	}
	t.Run("a life of seconds", func(t *testing.T) {
		bubble(t, func(w *world) {
			w.with(func() { w.lives = 30 * time.Second })
			w.login()
			w.pass(time.Minute)
			want(t, w, "27s renew ", "54s renew ")
		})
	})
	t.Run("the region tells how long, from now on", func(t *testing.T) {
		bubble(t, func(w *world) {
			facts := w.facts()
			facts.Since, facts.ExpiresAt = time.Now().Add(-3*time.Hour), time.Now().Add(time.Hour)
			facts.Life = time.Hour
			w.machine.Begin("cloud")
			w.machine.Connect(facts)
			w.pass(time.Hour)
			want(t, w, "59m0s renew ")
		})
	})
}

// A renewal that fails leaves the session as it is, as long as the region
// honours it.
func TestNotRenewed(t *testing.T) {
	t.Run("for the moment", func(t *testing.T) {
		bubble(t, func(w *world) {
			w.with(func() { w.lives, w.refuses = time.Hour, wire.ErrRegionDown })
			w.login()
			w.pass(59*time.Minute + 12*time.Second)
			if s := w.state(); s.State != wire.Connected {
				t.Errorf("%s", s.State)
			}
			want(t, w, "59m0s renew ", "59m2.5s renew ", "59m7.5s renew ")
			w.with(func() { w.refuses = "" })
			w.nudge(session.Network)
			want(t, w, "59m12s check", "59m12s renew ")
			w.with(func() { w.refuses = wire.ErrRegionDown })
			w.pass(59*time.Minute + 3*time.Second) // the pauses begin anew
			want(t, w, "1h58m12s renew ", "1h58m14.5s renew ")
		})
	})
	t.Run("not without the user", func(t *testing.T) {
		bubble(t, func(w *world) {
			w.with(func() { w.lives, w.refuses, w.repair = time.Hour, wire.ErrLoginNeeded, session.RepairLogin })
			w.login()
			w.pass(time.Hour + 45*time.Second)
			want(t, w, "59m0s renew ", "1h0m0s check", "1h0m30s check") // the region is generous
			w.with(func() { w.alive = wire.ErrSessionEnded })
			w.pass(time.Hour)
			want(t, w, "1h1m0s check", "1h1m0s renew session.expired")
			if s := w.state(); s.State != wire.Stale || s.Repair != session.RepairLogin || s.Reason != wire.ErrLoginNeeded {
				t.Errorf("%+v", s)
			}
		})
	})
	t.Run("and the region is silent at its end", func(t *testing.T) {
		bubble(t, func(w *world) {
			w.with(func() {
				w.lives, w.refuses, w.alive = time.Hour, wire.ErrRegionDown, wire.ErrRegionDown
			})
			w.login()
			w.pass(time.Hour - time.Second)
			if s := w.state(); s.State != wire.Connected {
				t.Errorf("%s before its end", s.State)
			}
			w.calls()
			w.pass(2 * time.Second)
			want(t, w, "1h0m0s check", "1h0m0s renew session.expired")
			if s := w.state(); s.State != wire.Stale || s.Reason != wire.ErrRegionDown {
				t.Errorf("%+v", s)
			}
		})
	})
	t.Run("since it is over", func(t *testing.T) {
		bubble(t, func(w *world) {
			w.with(func() { w.lives, w.refuses = time.Hour, wire.ErrSessionEnded })
			w.login()
			w.pass(59 * time.Minute)
			want(t, w, "59m0s renew ", "59m0s renew session.expired")
		})
	})
}

// The pauses between repairs grow, and are cut short by whatever may help.
func TestStaleForTheAgent(t *testing.T) {
	bubble(t, func(w *world) {
		w.with(func() { w.refuses = wire.ErrRegionDown })
		w.login()
		w.machine.Stale(wire.ErrSessionEnded, session.RepairAuto)
		w.pass(5 * time.Minute)
		want(t, w, "2.5s renew session.expired", "7.5s renew region.unreachable", "17.5s renew region.unreachable",
			"37.5s renew region.unreachable", "1m17.5s renew region.unreachable", "2m17.5s renew region.unreachable",
			"3m17.5s renew region.unreachable", "4m17.5s renew region.unreachable")
		for _, n := range []session.Nudge{session.Network, session.Awake, session.Card} {
			w.nudge(n)
			want(t, w, time.Since(w.start).String()+" renew region.unreachable")
			w.pass(2500 * time.Millisecond) // and the pauses begin anew
			want(t, w, time.Since(w.start).String()+" renew region.unreachable")
		}
		w.nudge(session.Login)
		want(t, w, time.Since(w.start).String()+" ask region.unreachable")
		w.with(func() { w.refuses = "" })
		w.pass(time.Minute)
		if s := w.state(); s.State != wire.Connected || len(w.calls()) != 1 {
			t.Errorf("%+v", s)
		}
	})
}

// The jitter is full: from nothing to the whole pause.
func TestJitter(t *testing.T) {
	for jitter, last := range map[float64]time.Duration{0: 0, 0.999: 155 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, jitter)
			defer w.run()()
			w.with(func() { w.refuses, w.takes = wire.ErrRegionDown, time.Millisecond })
			w.login()
			w.machine.Stale(wire.ErrSessionEnded, session.RepairAuto)
			for n := 0; n < 5; n += len(w.calls()) { // 5 + 10 + 20 + 40 + 80 seconds
				w.pass(time.Millisecond)
			}
			got := time.Since(w.start)
			if got > last+10*time.Millisecond || got < last*99/100 {
				t.Errorf("with %v, the fifth repair comes after %s", jitter, got)
			}
		})
	}
}

// What only the user can mend waits for the user, and for a batch to pause.
func TestStaleForTheUser(t *testing.T) {
	bubble(t, func(w *world) {
		w.with(func() { w.refuses, w.repair = wire.ErrPromptCancel, session.RepairLogin })
		w.login()
		w.machine.Stale(wire.ErrLoginNeeded, session.RepairLogin)
		for _, n := range []session.Nudge{session.Network, session.Awake, session.Card} {
			w.nudge(n)
		}
		w.pass(72 * time.Hour)
		want(t, w)
		w.nudge(session.Login)
		want(t, w, "72h0m0s ask session.login_needed")
		w.pass(time.Hour) // the user closed the window: it does not come back
		want(t, w)

		release, other := w.sentinel.Hold(), w.sentinel.Hold()
		w.nudge(session.Login)
		w.pass(time.Minute)
		release()
		release()
		w.pass(time.Minute)
		want(t, w)
		w.with(func() { w.refuses = "" })
		other()
		synctest.Wait()
		want(t, w, "73h2m0s ask prompt.cancelled")
		if s := w.state(); s.State != wire.Connected {
			t.Errorf("%+v", s)
		}
	})
}

// A batch holds back what the user would see and nothing else.
func TestHoldIsForWindowsOnly(t *testing.T) {
	bubble(t, func(w *world) {
		defer w.sentinel.Hold()()
		w.with(func() { w.lives, w.refuses = time.Hour, wire.ErrRegionDown })
		w.login()
		w.machine.Stale(wire.ErrSessionEnded, session.RepairAuto)
		w.pass(2500 * time.Millisecond)
		w.nudge(session.Login) // at once, without a window
		want(t, w, "2.5s renew session.expired", "2.5s renew region.unreachable")
		w.with(func() { w.refuses = "" })
		w.pass(time.Minute)
		if s := w.state(); s.State != wire.Connected {
			t.Errorf("%+v", s)
		}
	})
}
