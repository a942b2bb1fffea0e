package session_test

import (
	"sync"
	"testing"

	"raccordo/host/internal/session"
	"raccordo/host/internal/wire"
)

// Each session that was established has a number of its own, and what is known
// of one is not said of another.
func TestNumber(t *testing.T) {
	m := in(t, "connected")
	first := m.Number()
	m.Stale(wire.ErrRegionDown, session.RepairAuto)
	m.Reconnect(wire.ErrSessionEnded)
	if first != 1 || m.Number() != first {
		t.Errorf("%d, then %d: only a new session has a new number", first, m.Number())
	}
	m.Connect(login)
	second := m.Number()
	news, stop := m.Subscribe()
	defer stop()
	m.Renewed(login)
	if len(news) != 1 {
		t.Error("a new session is news, even where it looks the same")
	}
	if third := m.Number(); second != first+1 || third != second+1 {
		t.Errorf("%d, %d, %d", first, second, third)
	}
	if m.StaleOf(second, wire.ErrSessionEnded, "auto") || m.Snapshot().State != wire.Connected {
		t.Error("the end of an older session ended this one")
	}
	if !m.StaleOf(second+1, wire.ErrSessionEnded, "login") || m.Snapshot().Repair != "login" {
		t.Errorf("%+v", m.Snapshot())
	}
}

func TestSubscribers(t *testing.T) {
	m := in(t, "disconnected")
	slow, stopSlow := m.Subscribe()
	defer stopSlow()
	gone, stopGone := m.Subscribe()
	stopGone()
	stopGone() // a second end is harmless
	m.Begin("card")
	m.Step("pin")
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

// The same again is no news.
func TestNoNews(t *testing.T) {
	tests := map[string]func(*session.Machine){
		"connecting@pin": func(m *session.Machine) { m.Step("pin") },
		"stale":          func(m *session.Machine) { m.Stale(wire.ErrRegionTime, "auto") },
		"disconnected":   func(m *session.Machine) { m.End("") },
	}
	for where, again := range tests {
		m := in(t, where)
		news, stop := m.Subscribe()
		defer stop()
		again(m)
		if len(news) > 0 {
			t.Errorf("%s: told of %+v", where, <-news)
		}
	}
}

// Many at once: one login at a time, and each subscriber ends with the last
// state.
func TestConcurrent(t *testing.T) {
	m := in(t, "disconnected")
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
