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
		w.with(func() { w.alive = wire.ErrRegionDown })
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

// Nothing is asked of the region while nobody is connected, or while a login or
// a repair of the engine's own is under way.
func TestLeftAlone(t *testing.T) {
	for _, state := range []wire.SessionState{wire.Disconnected, wire.Connecting, wire.Reconnecting} {
		t.Run(string(state), func(t *testing.T) {
			bubble(t, func(w *world) {
				if state == wire.Connecting {
					w.machine.Begin("card")
				}
				if state == wire.Reconnecting {
					w.with(func() { w.lives = time.Hour })
					w.login()
					w.machine.Reconnect(wire.ErrSessionEnded)
				}
				for n := session.Network; n <= session.Login; n++ {
					w.nudge(n)
				}
				w.sentinel.Report(wire.ErrSessionEnded)
				w.with(func() { w.slept = 3 * time.Hour })
				w.pass(3 * time.Hour)
				want(t, w)
			})
		})
	}
	t.Run("what was wanted goes with the session", func(t *testing.T) {
		bubble(t, func(w *world) {
			w.with(func() { w.refuses = wire.ErrRegionDown })
			w.login()
			w.machine.Stale(wire.ErrSessionEnded, session.RepairAuto)
			w.pass(time.Second)
			w.machine.End("")
			w.pass(time.Hour)
			w.login()
			w.pass(time.Hour)
			want(t, w)
		})
	})
	t.Run("the network changed while the engine's repair failed", func(t *testing.T) {
		bubble(t, func(w *world) {
			w.login()
			w.machine.Reconnect(wire.ErrSessionEnded)
			w.nudge(session.Network)
			w.machine.Stale(wire.ErrRegionDown, session.RepairAuto)
			synctest.Wait()
			want(t, w, "0s renew region.unreachable")
		})
	})
}

// One thing at a time; what is asked for meanwhile is done once, afterwards.
func TestOneAtATime(t *testing.T) {
	bubble(t, func(w *world) {
		w.with(func() { w.takes = 3 * time.Second })
		w.login()
		for range 20 {
			w.nudge(session.Network)
			w.pass(100 * time.Millisecond)
		}
		w.pass(time.Minute)
		want(t, w, "0s check", "3s check")
		w.with(func() { w.refuses = wire.ErrRegionDown })
		w.machine.Stale(wire.ErrSessionEnded, session.RepairAuto)
		w.pass(3 * time.Second)
		w.nudge(session.Network) // while the repair runs: the next one is due at once
		w.pass(3 * time.Second)
		want(t, w, "1m4.5s renew session.expired", "1m7.5s renew region.unreachable")
	})
}

// A check is worth nothing once the session is another, or known to be over.
func TestCheckOvertaken(t *testing.T) {
	tests := map[string]func(*world){
		"by a new session": func(w *world) { w.machine.Renewed(w.facts()) },
		"by a login":       func(w *world) { w.machine.Begin("card"); w.machine.Connect(w.facts()) },
	}
	for name, overtakes := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(w *world) {
				w.with(func() { w.takes, w.alive = time.Second, wire.ErrSessionEnded })
				w.login()
				w.nudge(session.Network)
				overtakes(w)
				before := w.state()
				w.pass(time.Hour)
				want(t, w, "0s check")
				if diff := cmp.Diff(before, w.state()); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// A repair that the Keeper can not even begin is tried again, with pauses.
func TestRepairNotBegun(t *testing.T) {
	bubble(t, func(w *world) {
		w.login()
		w.with(func() { w.declines = wire.ErrSessionBusy })
		w.sentinel.Report(wire.ErrLingering)
		w.pass(10 * time.Second)
		w.with(func() { w.declines = "" })
		w.pass(time.Hour)
		want(t, w, "0s declined", "2.5s declined", "7.5s declined", "17.5s renew session.lingering")
	})
}

// A check that hangs keeps no repair from beginning.
func TestCheckKnown(t *testing.T) {
	bubble(t, func(w *world) {
		w.with(func() { w.takes = 10 * time.Second })
		w.login()
		w.nudge(session.Network)
		w.pass(time.Second)
		w.machine.Stale(wire.ErrSessionEnded, session.RepairAuto)
		w.pass(12500 * time.Millisecond)
		want(t, w, "0s check", "1s cut", "3.5s renew session.expired")
		if s := w.state(); s.State != wire.Connected {
			t.Errorf("%+v", s)
		}
	})
}

// Nothing hangs: each call has its time, and none outlives its session.
func TestDeadlines(t *testing.T) {
	bubble(t, func(w *world) {
		w.with(func() { w.takes = 24 * time.Hour })
		w.login()
		w.nudge(session.Network)
		w.pass(16 * time.Second)
		w.sentinel.Report(wire.ErrSessionEnded)
		w.pass(80 * time.Second)
		want(t, w, "0s check", "15s cut", "16s check", "16s cut", // by what it was to find out
			"16s renew session.expired", "1m16s cut", "1m18.5s renew region.timeout")
		w.with(func() { w.repair = session.RepairLogin })
		w.nudge(session.Login) // in the middle of a repair that nobody sees
		w.pass(10 * time.Minute)
		want(t, w, "2m18.5s cut", "2m18.5s ask region.timeout", "7m18.5s cut")
	})
	t.Run("logout", func(t *testing.T) {
		bubble(t, func(w *world) {
			w.with(func() { w.takes = time.Hour })
			w.login()
			w.sentinel.Report(wire.ErrSessionEnded)
			w.pass(time.Second)
			w.machine.End("")
			w.pass(time.Hour)
			want(t, w, "0s renew session.expired", "1s cut")
			if s := w.state(); s.State != wire.Disconnected || s.Reason != "" {
				t.Errorf("%+v", s)
			}
		})
	})
	t.Run("the agent's end", func(t *testing.T) {
		bubble(t, func(w *world) {
			w.with(func() { w.takes = time.Hour })
			w.login()
			w.nudge(session.Network) // the bubble's end waits for its call
		})
	})
}
