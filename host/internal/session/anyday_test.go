package session_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"raccordo/host/internal/session"
	"raccordo/host/internal/wire"
)

// happening is one thing of a day, and the time until the next.
type happening struct {
	what  string
	code  wire.ErrorCode
	nudge session.Nudge
	after time.Duration
}

func happenings() *rapid.Generator[[]happening] {
	codes := rapid.SampledFrom([]wire.ErrorCode{"", "", wire.ErrSessionEnded, wire.ErrRegionDown, wire.ErrLoginNeeded, wire.ErrLingering, wire.ErrMaintenance})
	what := rapid.SampledFrom([]string{
		"login", "login", "login", "logout", "end", "nudge", "nudge", "report", "sleep", "clock", "hold", "release",
		"checks find", "renewals meet", "repair", "slow", "reconnect", "stale", "step",
	})
	seconds := rapid.OneOf(rapid.IntRange(0, 40), rapid.IntRange(0, 40_000))
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) happening {
		return happening{
			what: what.Draw(t, "what"), code: codes.Draw(t, "code"), nudge: session.Nudge(rapid.IntRange(0, 3).Draw(t, "nudge")),
			after: time.Duration(seconds.Draw(t, "seconds")) * time.Second,
		}
	}), 1, 40)
}

// live makes something happen.
func (w *world) live(h happening, held *[]func()) {
	switch h.what {
	case "login":
		if w.machine.Begin("card") == nil {
			w.machine.Connect(w.facts())
		}
	case "logout":
		w.machine.End("")
	case "end":
		w.machine.End(wire.ErrCardRemoved)
	case "nudge":
		w.nudge(h.nudge)
	case "report":
		w.sentinel.Report(h.code)
	case "sleep":
		w.with(func() { w.slept += h.after })
	case "clock":
		w.with(func() { w.set += h.after - 20000*time.Second })
	case "hold":
		*held = append(*held, w.sentinel.Hold())
	case "release":
		for _, release := range *held {
			release()
		}
		*held = nil
	case "checks find":
		w.with(func() { w.alive = h.code })
	case "renewals meet":
		w.with(func() { w.refuses = h.code })
	case "repair":
		w.with(func() { w.repair = []string{session.RepairAuto, session.RepairLogin}[int(h.nudge)%2] })
	case "slow":
		w.with(func() { w.takes = h.after / 300 })
	case "reconnect":
		w.machine.Reconnect(wire.ErrSessionEnded)
	case "stale":
		w.machine.Stale(wire.ErrSessionEnded, []string{session.RepairAuto, session.RepairLogin}[int(h.nudge)%2])
	case "step":
		w.machine.Step("browser")
	}
	synctest.Wait()
}

// Whatever a day brings: one call at a time, each with a deadline, none while
// nobody is connected, no window that nobody asked for, no storm; and once all
// is well again, so is the session, without anybody doing anything.
func TestAnyDay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		day := happenings().Draw(rt, "day")
		jitter := rapid.Float64Range(0.1, 0.999).Draw(rt, "jitter")
		lives := rapid.SampledFrom([]time.Duration{0, time.Minute, time.Hour, 8 * time.Hour}).Draw(rt, "lives")
		var faults []string
		synctest.Test(t, func(t *testing.T) { faults = anyDay(t, day, jitter, lives) })
		if len(faults) > 0 {
			rt.Fatal(strings.Join(faults, "\n"))
		}
	})
}

func anyDay(t *testing.T, day []happening, jitter float64, lives time.Duration) []string {
	w := newWorld(t, jitter)
	w.lives = lives
	stop := w.run()
	var held []func()
	for _, h := range day {
		w.live(h, &held)
		before := w.calls()
		w.pass(h.after)
		w.with(func() {
			// The longest pause, or a check of a generous region's; two calls each.
			pause := min(time.Duration(jitter*float64(2*time.Minute)), 30*time.Second)
			if most := 60 + 2*int(h.after/pause); len(w.log) > most {
				w.faults = append(w.faults, fmt.Sprintf("%d calls in %s after %q", len(w.log), h.after, before))
			}
		})
	}
	// All is well again.
	w.with(func() { w.alive, w.refuses, w.takes = "", "", 0 })
	w.pass(10 * time.Minute)
	if s := w.state(); s.State == wire.Stale && s.Repair == session.RepairAuto {
		w.faults = append(w.faults, fmt.Sprintf("still %+v", s))
	}
	stop()
	return w.faults
}
