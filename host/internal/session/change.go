package session

import (
	"time"

	"raccordo/host/internal/wire"
)

// on makes a legal change; fill completes what the new state has of its own.
// The lock is held, by all of this file.
func (m *Machine) on(what event, fill func(old wire.Session, next *wire.Session)) bool {
	to, legal := transitions[m.state.State][what]
	if !legal {
		return false
	}
	next := wire.Session{State: to, OnCardRemoval: m.state.OnCardRemoval}
	if to == wire.Stale || to == wire.Reconnecting {
		next.Via = m.state.Via
		next.Doctor, next.SubstituteOf = m.state.Doctor, m.state.SubstituteOf
		next.Method, next.Level, next.Since = m.state.Method, m.state.Level, m.state.Since
	}
	fill(m.state, &next)
	if !same(m.state, next) || what == renewed {
		m.state = next
		m.tell()
	}
	return true
}

// establish is how a session comes to be.
func (m *Machine) establish(what event, e Established) bool {
	return m.on(what, func(old wire.Session, next *wire.Session) {
		next.Via, next.Doctor, next.SubstituteOf = old.Via, &e.Doctor, e.SubstituteOf
		next.Method, next.Level = e.Method, e.Level
		next.Since, next.ExpiresAt = m.stamp(e.Since), m.stamp(e.ExpiresAt)
		m.number++
		m.life = max(e.Life, 0)
		if m.life == 0 && !e.Since.IsZero() && e.ExpiresAt.After(e.Since) {
			m.life = e.ExpiresAt.Sub(e.Since)
		}
	})
}

func (m *Machine) lapse(why wire.ErrorCode, repair string) bool {
	return m.on(stale, func(_ wire.Session, next *wire.Session) { next.Reason, next.Repair = why, repair })
}

// tell leaves the state with each subscriber; who reads slowly sees the newest
// only. It never blocks: nobody else writes to these channels.
func (m *Machine) tell() {
	for ch := range m.subs {
		select {
		case <-ch:
		default:
		}
		ch <- m.state
	}
}

func same(a, b wire.Session) bool {
	if a.Doctor != nil && b.Doctor != nil && *a.Doctor == *b.Doctor {
		b.Doctor = a.Doctor
	}
	return a == b
}

func (m *Machine) stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(m.zone).Format(time.RFC3339)
}

// view is what the Sentinel sees of the Machine, at one instant.
type view struct {
	wire.Session
	number uint64
	life   time.Duration
}

func (m *Machine) view() view {
	m.mu.Lock()
	defer m.mu.Unlock()
	return view{m.state, m.number, m.life}
}
