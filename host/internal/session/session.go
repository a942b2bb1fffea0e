// Package session is the state machine of the one regional session of a user.
// It is pure: it holds the state, checks that a change is a legal one, tells
// subscribers, and does nothing else. It reads no clock: instants come from the
// region. Who talks to the region or the card is somebody else's business.
//
//	disconnected → connecting → connected ⇄ stale/reconnecting → disconnected
package session

import (
	"errors"
	"sync"
	"time"

	"raccordo/host/internal/wire"
)

// ErrBusy tells that a login is already under way.
var ErrBusy = errors.New("another login is under way")

// Established is what the region said at login (A2F-DEM section 4: who, how,
// how strongly, when, for which organisation).
type Established struct {
	Doctor        wire.Person
	Method, Level string
	Since         time.Time
	ExpiresAt     time.Time
}

// Machine is the state. Make it with New; its methods are safe for concurrent
// use.
type Machine struct {
	zone *time.Location

	mu    sync.Mutex
	state wire.Session
	subs  map[chan wire.Session]struct{}
}

// New starts disconnected. onCardRemoval is the setting, which the state shows;
// zone is the one of the times shown to people.
func New(onCardRemoval string, zone *time.Location) *Machine {
	return &Machine{
		zone:  zone,
		state: wire.Session{State: wire.Disconnected, OnCardRemoval: onCardRemoval},
		subs:  map[chan wire.Session]struct{}{},
	}
}

// Snapshot is the present state.
func (m *Machine) Snapshot() wire.Session {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state
}

// Subscribe returns a channel that always holds the newest unseen state, and
// its end.
func (m *Machine) Subscribe() (<-chan wire.Session, func()) {
	ch := make(chan wire.Session, 1)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.subs[ch] = struct{}{}
	return ch, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.subs, ch)
	}
}

// Begin takes the machine for a login. ErrBusy when somebody has it.
func (m *Machine) Begin(via string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch m.state.State {
	case wire.Connecting, wire.Reconnecting:
		return ErrBusy
	}
	m.set(wire.Session{State: wire.Connecting, Via: via, Step: "card"})
	return nil
}

// Step says what a login or its repair waits for: card, pin, pinpad or region.
func (m *Machine) Step(step string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	open := m.state.State == wire.Connecting || m.state.State == wire.Reconnecting
	if open && m.state.Step != step {
		next := m.state
		next.Step = step
		m.set(next)
	}
}

// Connect ends a login or a reconnection well. After a change of mind (the
// card was pulled out meanwhile) it answers false and changes nothing.
func (m *Machine) Connect(e Established) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state.State != wire.Connecting && m.state.State != wire.Reconnecting {
		return false
	}
	m.set(wire.Session{
		State: wire.Connected, Via: m.state.Via, Doctor: &e.Doctor, Method: e.Method, Level: e.Level,
		Since: m.stamp(e.Since), ExpiresAt: m.stamp(e.ExpiresAt),
	})
	return true
}

// Reconnect marks a session that the region no longer honours, while it is
// repaired. False unless connected or stale.
func (m *Machine) Reconnect(why wire.ErrorCode) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state.State != wire.Connected && m.state.State != wire.Stale {
		return false
	}
	next := m.state
	next.State, next.Reason = wire.Reconnecting, why
	m.set(next)
	return true
}

// Stale keeps a session that can not be repaired now and may be later.
func (m *Machine) Stale(why wire.ErrorCode) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state.State == wire.Connected || m.state.State == wire.Reconnecting {
		next := m.state
		next.State, next.Step, next.Reason = wire.Stale, "", why
		m.set(next)
	}
}

// End is the end of a session or of an attempt; why is empty after a logout.
func (m *Machine) End(why wire.ErrorCode) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.set(wire.Session{State: wire.Disconnected, Reason: why})
}

// set publishes the next state; the lock is held.
func (m *Machine) set(next wire.Session) {
	next.OnCardRemoval = m.state.OnCardRemoval
	m.state = next
	for ch := range m.subs {
		select {
		case <-ch: // a slow reader sees the newest state only
		default:
		}
		ch <- next
	}
}

func (m *Machine) stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(m.zone).Format(time.RFC3339)
}
