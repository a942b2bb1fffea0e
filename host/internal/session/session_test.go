package session_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/session"
	"raccordo/host/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	since = time.Date(2026, 11, 22, 17, 20, 0, 0, time.UTC)
	login = session.Established{
		Doctor: wire.Person{CodiceFiscale: "VRDGLI75C41X000M", Name: "GIULIA VERDI"},
		Method: "CNS", Level: "LoA4", Since: since, ExpiresAt: since.Add(8 * time.Hour),
	}
)

// in returns a machine in state s.
func in(t *testing.T, s wire.SessionState) *session.Machine {
	t.Helper()
	m := session.New("logout", ricetta.Rome())
	ok := true
	switch s {
	case wire.Disconnected:
	case wire.Connecting:
		ok = m.Begin("card") == nil
	case wire.Connected:
		ok = m.Begin("card") == nil && m.Connect(login)
	case wire.Stale:
		ok = m.Begin("card") == nil && m.Connect(login)
		m.Stale(wire.ErrRegionDown)
	case wire.Reconnecting:
		ok = m.Begin("card") == nil && m.Connect(login) && m.Reconnect(wire.ErrSessionEnded)
	}
	if got := m.Snapshot().State; !ok || got != s {
		t.Fatalf("not in %s but in %s", s, got)
	}
	return m
}

// Every operation in every state: what the state is afterwards, whether the
// operation was accepted, and whether subscribers were told.
func TestTransitions(t *testing.T) {
	operations := map[string]func(*session.Machine) bool{
		"begin":     func(m *session.Machine) bool { return m.Begin("card") == nil },
		"step":      func(m *session.Machine) bool { m.Step("pin"); return true },
		"connect":   func(m *session.Machine) bool { return m.Connect(login) },
		"reconnect": func(m *session.Machine) bool { return m.Reconnect(wire.ErrSessionEnded) },
		"stale":     func(m *session.Machine) bool { m.Stale(wire.ErrRegionDown); return true },
		"end":       func(m *session.Machine) bool { m.End(wire.ErrCardRemoved); return true },
	}
	tests := []struct {
		from      wire.SessionState
		operation string
		to        wire.SessionState
		accepted  bool
		told      bool
	}{
		{wire.Disconnected, "begin", wire.Connecting, true, true},
		{wire.Disconnected, "step", wire.Disconnected, true, false},
		{wire.Disconnected, "connect", wire.Disconnected, false, false},
		{wire.Disconnected, "reconnect", wire.Disconnected, false, false},
		{wire.Disconnected, "stale", wire.Disconnected, true, false},
		{wire.Disconnected, "end", wire.Disconnected, true, true}, // the reason is news

		{wire.Connecting, "begin", wire.Connecting, false, false},
		{wire.Connecting, "step", wire.Connecting, true, true},
		{wire.Connecting, "connect", wire.Connected, true, true},
		{wire.Connecting, "reconnect", wire.Connecting, false, false},
		{wire.Connecting, "stale", wire.Connecting, true, false},
		{wire.Connecting, "end", wire.Disconnected, true, true},

		{wire.Connected, "begin", wire.Connecting, true, true},
		{wire.Connected, "step", wire.Connected, true, false},
		{wire.Connected, "connect", wire.Connected, false, false},
		{wire.Connected, "reconnect", wire.Reconnecting, true, true},
		{wire.Connected, "stale", wire.Stale, true, true},
		{wire.Connected, "end", wire.Disconnected, true, true},

		{wire.Stale, "begin", wire.Connecting, true, true},
		{wire.Stale, "step", wire.Stale, true, false},
		{wire.Stale, "connect", wire.Stale, false, false},
		{wire.Stale, "reconnect", wire.Reconnecting, true, true},
		{wire.Stale, "stale", wire.Stale, true, false},
		{wire.Stale, "end", wire.Disconnected, true, true},

		{wire.Reconnecting, "begin", wire.Reconnecting, false, false},
		{wire.Reconnecting, "step", wire.Reconnecting, true, true},
		{wire.Reconnecting, "connect", wire.Connected, true, true},
		{wire.Reconnecting, "reconnect", wire.Reconnecting, false, false},
		{wire.Reconnecting, "stale", wire.Stale, true, true},
		{wire.Reconnecting, "end", wire.Disconnected, true, true},
	}
	if want := 5 * len(operations); len(tests) != want {
		t.Fatalf("%d rows, not %d: a state or an operation is missing", len(tests), want)
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s in %s", tt.operation, tt.from), func(t *testing.T) {
			m := in(t, tt.from)
			news, stop := m.Subscribe()
			defer stop()
			if got := operations[tt.operation](m); got != tt.accepted {
				t.Errorf("accepted: %v, not %v", got, tt.accepted)
			}
			if got := m.Snapshot().State; got != tt.to {
				t.Errorf("now %s, not %s", got, tt.to)
			}
			select {
			case s := <-news:
				if !tt.told {
					t.Errorf("told of %+v without a change", s)
				}
				if diff := cmp.Diff(m.Snapshot(), s); diff != "" {
					t.Error(diff)
				}
			default:
				if tt.told {
					t.Error("subscribers were not told")
				}
			}
		})
	}
}

// What each state shows, the winter and summer times of Rome included.
func TestShown(t *testing.T) {
	doctor := &login.Doctor
	summer := login
	summer.Since = time.Date(2026, 7, 1, 22, 30, 0, 0, time.UTC)
	summer.ExpiresAt = time.Time{} // some regions do not tell
	tests := map[string]struct {
		do   func(*session.Machine)
		want wire.Session
	}{
		"fresh": {func(*session.Machine) {}, wire.Session{State: wire.Disconnected}},
		"begin": {func(m *session.Machine) { m.Begin("cloud") }, wire.Session{State: wire.Connecting, Via: "cloud", Step: "card"}},
		"step": {func(m *session.Machine) { m.Begin("card"); m.Step("pin"); m.Step("region") },
			wire.Session{State: wire.Connecting, Via: "card", Step: "region"}},
		"connected in winter": {func(m *session.Machine) { m.Begin("card"); m.Connect(login) },
			wire.Session{State: wire.Connected, Via: "card", Doctor: doctor, Method: "CNS", Level: "LoA4",
				Since: "2026-11-22T18:20:00+01:00", ExpiresAt: "2026-11-23T02:20:00+01:00"}},
		"connected in summer, no end": {func(m *session.Machine) { m.Begin("card"); m.Connect(summer) },
			wire.Session{State: wire.Connected, Via: "card", Doctor: doctor, Method: "CNS", Level: "LoA4",
				Since: "2026-07-02T00:30:00+02:00"}},
		"stale keeps who it was": {func(m *session.Machine) { m.Begin("card"); m.Connect(login); m.Stale(wire.ErrRegionDown) },
			wire.Session{State: wire.Stale, Via: "card", Doctor: doctor, Method: "CNS", Level: "LoA4",
				Since: "2026-11-22T18:20:00+01:00", ExpiresAt: "2026-11-23T02:20:00+01:00", Reason: wire.ErrRegionDown}},
		"repaired: no reason left": {func(m *session.Machine) {
			m.Begin("card")
			m.Connect(login)
			m.Stale(wire.ErrRegionDown)
			m.Reconnect(wire.ErrSessionEnded)
			m.Connect(summer)
		}, wire.Session{State: wire.Connected, Via: "card", Doctor: doctor, Method: "CNS", Level: "LoA4", Since: "2026-07-02T00:30:00+02:00"}},
		"ended: nothing of the doctor left": {func(m *session.Machine) { m.Begin("card"); m.Connect(login); m.End(wire.ErrCardRemoved) },
			wire.Session{State: wire.Disconnected, Reason: wire.ErrCardRemoved}},
		"logout has no reason": {func(m *session.Machine) { m.Begin("card"); m.Connect(login); m.End("") },
			wire.Session{State: wire.Disconnected}},
		"a login forgets the last reason": {func(m *session.Machine) { m.End(wire.ErrCardRemoved); m.Begin("card") },
			wire.Session{State: wire.Connecting, Via: "card", Step: "card"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := session.New("keep", ricetta.Rome())
			tt.do(m)
			tt.want.OnCardRemoval = "keep"
			if diff := cmp.Diff(tt.want, m.Snapshot()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBeginBusy(t *testing.T) {
	if err := in(t, wire.Connecting).Begin("card"); !errors.Is(err, session.ErrBusy) {
		t.Errorf("%v, not ErrBusy", err)
	}
}

func TestSubscribers(t *testing.T) {
	m := in(t, wire.Disconnected)
	slow, stopSlow := m.Subscribe()
	defer stopSlow()
	gone, stopGone := m.Subscribe()
	stopGone()
	stopGone() // a second end is harmless
	m.Begin("card")
	m.Step("pin")
	m.Step("pin") // not news
	m.Connect(login)
	late, stopLate := m.Subscribe()
	defer stopLate()
	if got := <-slow; got.State != wire.Connected {
		t.Errorf("a slow subscriber sees %s first, not the newest", got.State)
	}
	for name, ch := range map[string]<-chan wire.Session{"slow": slow, "gone": gone, "late": late} {
		select {
		case s := <-ch:
			t.Errorf("%s: told of %s once more", name, s.State)
		default:
		}
	}
	m.End("")
	if got := <-late; got.State != wire.Disconnected {
		t.Errorf("a late subscriber sees %s", got.State)
	}
}

// Many at once: one login at a time, and each subscriber ends with the last
// state.
func TestConcurrent(t *testing.T) {
	m := in(t, wire.Disconnected)
	var group sync.WaitGroup
	var mu sync.Mutex
	holders, most, logins := 0, 0, 0
	for range 8 {
		news, stop := m.Subscribe()
		defer stop()
		group.Go(func() {
			for range 200 {
				if m.Begin("card") != nil {
					m.Snapshot()
					continue
				}
				mu.Lock()
				holders++
				most, logins = max(most, holders), logins+1
				mu.Unlock()
				m.Step("pin")
				mu.Lock()
				holders--
				mu.Unlock()
				if !m.Connect(login) {
					t.Error("a login that was under way was lost")
				}
			}
		})
		defer func() {
			var last wire.Session
			for len(news) > 0 {
				last = <-news
			}
			if last.State != wire.Disconnected || last.Reason != wire.ErrCardRemoved {
				t.Errorf("a subscriber ends with %+v", last)
			}
		}()
	}
	group.Wait()
	m.End(wire.ErrCardRemoved)
	if most != 1 || logins == 0 {
		t.Errorf("%d logins, at most %d at once", logins, most)
	}
}
