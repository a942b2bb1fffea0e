package session_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/session"
	"raccordo/host/internal/wire"
)

// incoherent says what a state may not show.
func incoherent(s wire.Session) error {
	someone := s.State == wire.Connected || s.State == wire.Stale || s.State == wire.Reconnecting
	open := s.State == wire.Connecting || s.State == wire.Reconnecting
	switch {
	case someone != (s.Doctor != nil):
		return fmt.Errorf("a doctor if and only if there is a session")
	case !someone && s.Method+s.Level+s.Since+s.SubstituteOf != "":
		return fmt.Errorf("something is left of a session that is no more")
	case (s.State == wire.Disconnected) != (s.Via == ""):
		return fmt.Errorf("a way if and only if not disconnected")
	case !open && s.Step != "":
		return fmt.Errorf("a step of nothing")
	case s.State == wire.Connecting && s.Step == "":
		return fmt.Errorf("a login that waits for nothing")
	case s.State != wire.Connected && s.ExpiresAt != "":
		return fmt.Errorf("an end without a session that lives")
	case (s.State == wire.Stale) != (s.Repair != ""):
		return fmt.Errorf("somebody to mend it if and only if stale")
	case (s.State == wire.Connecting || s.State == wire.Connected) && s.Reason != "":
		return fmt.Errorf("a reason where all is well")
	case s.OnCardRemoval != "keep":
		return fmt.Errorf("the setting is lost")
	}
	return nil
}

// Whatever happens in whatever order: no state is incoherent, what is refused
// changes nothing, and subscribers, fast and slow, end with the last state.
func TestAnyOrder(t *testing.T) {
	reasons := rapid.SampledFrom([]wire.ErrorCode{"", wire.ErrSessionEnded, wire.ErrRegionDown, wire.ErrCardRemoved})
	steps := rapid.SampledFrom([]string{"card", "pin", "pinpad", "browser", "token", "region"})
	repairs := rapid.SampledFrom([]string{session.RepairAuto, session.RepairLogin})
	facts := rapid.Custom(func(t *rapid.T) session.Established {
		e := rapid.SampledFrom([]session.Established{login, later}).Draw(t, "facts")
		e.SubstituteOf = rapid.SampledFrom([]string{"", "RSSMRA60A01X000A"}).Draw(t, "titolare")
		return e
	})
	rapid.Check(t, func(t *rapid.T) {
		m := session.New("keep", ricetta.Rome())
		fast, stopFast := m.Subscribe()
		defer stopFast()
		slow, stopSlow := m.Subscribe()
		defer stopSlow()
		var told wire.Session = m.Snapshot()
		connected := uint64(0)
		established := func(ok bool) bool {
			if ok {
				connected++
			}
			return ok
		}
		do := func(op func() (accepted bool)) func(*rapid.T) {
			return func(t *rapid.T) {
				before := m.Snapshot()
				accepted := op()
				now := m.Snapshot()
				if diff := cmp.Diff(before, now); !accepted && diff != "" {
					t.Fatalf("refused, and yet: %s", diff)
				}
				if len(fast) > 0 {
					told = <-fast
				}
				if diff := cmp.Diff(now, told); diff != "" {
					t.Fatalf("the subscriber knows another state: %s", diff)
				}
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				if err := incoherent(m.Snapshot()); err != nil {
					t.Fatalf("%v: %+v", err, m.Snapshot())
				}
				if m.Number() != connected {
					t.Fatalf("session %d has number %d", connected, m.Number())
				}
			},
			"begin": func(t *rapid.T) {
				via := rapid.SampledFrom([]string{"card", "cloud"}).Draw(t, "via")
				do(func() bool { return m.Begin(via) == nil })(t)
			},
			"step":    func(t *rapid.T) { s := steps.Draw(t, "step"); do(func() bool { m.Step(s); return true })(t) },
			"connect": func(t *rapid.T) { e := facts.Draw(t, "e"); do(func() bool { return established(m.Connect(e)) })(t) },
			"renewed": func(t *rapid.T) { e := facts.Draw(t, "e"); do(func() bool { return established(m.Renewed(e)) })(t) },
			"reconnect": func(t *rapid.T) {
				why := reasons.Draw(t, "why")
				do(func() bool { return m.Reconnect(why) })(t)
			},
			"stale": func(t *rapid.T) {
				why, repair := reasons.Draw(t, "why"), repairs.Draw(t, "repair")
				do(func() bool { return m.Stale(why, repair) })(t)
			},
			"stale of": func(t *rapid.T) {
				number, why := rapid.Uint64Range(0, connected+1).Draw(t, "number"), reasons.Draw(t, "why")
				do(func() bool {
					ok := m.StaleOf(number, why, session.RepairLogin)
					if ok && number != connected {
						t.Fatalf("session %d ended for what happened to %d", connected, number)
					}
					return ok
				})(t)
			},
			"end": func(t *rapid.T) { why := reasons.Draw(t, "why"); do(func() bool { m.End(why); return true })(t) },
		})
		if len(slow) > 0 {
			if diff := cmp.Diff(m.Snapshot(), <-slow); diff != "" {
				t.Fatalf("the slow subscriber ends with another state: %s", diff)
			}
		} else if diff := cmp.Diff(m.Snapshot(), wire.Session{State: wire.Disconnected, OnCardRemoval: "keep"}); diff != "" {
			t.Fatalf("the slow subscriber was never told: %s", diff)
		}
	})
}

// BenchmarkTell is one change, until each of 50 subscribers has it.
func BenchmarkTell(b *testing.B) {
	m := session.New("keep", ricetta.Rome())
	var subs []<-chan wire.Session
	for range 50 {
		news, stop := m.Subscribe()
		defer stop()
		subs = append(subs, news)
	}
	m.Begin("card")
	steps := []string{"pin", "region"}
	for i := 0; b.Loop(); i++ {
		m.Step(steps[i%2])
		for _, s := range subs {
			<-s
		}
	}
}
