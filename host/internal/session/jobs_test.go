package session_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/session"
	"raccordo/host/internal/wire"
)

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
		w.with(func() { w.refuses, w.alive = wire.ErrRegionDown, wire.ErrRegionDown })
		w.nudge(session.Awake)
		w.pass(time.Second)
		w.nudge(session.Network) // whatever the first check finds, the second begins at its end
		w.pass(3 * time.Second)
		w.with(func() { w.alive = "" })
		w.pass(time.Minute)
		want(t, w, "1m2s check", "1m5s check")
		w.machine.Stale(wire.ErrSessionEnded, session.RepairAuto)
		w.pass(3 * time.Second)
		w.nudge(session.Network) // while the repair runs: the next one is due at once
		w.pass(3 * time.Second)
		want(t, w, "2m8.5s renew session.expired", "2m11.5s renew region.unreachable")
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
			w.with(func() { w.takes, w.lingers = time.Hour, time.Second })
			w.login()
			w.nudge(session.Network) // its call is cut, and waited for: see bubble
		})
	})
}
