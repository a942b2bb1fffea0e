// Package session holds the one regional session of a user: the Machine is its
// state, the Sentinel decides when to look after it.
//
//	disconnected → connecting → connected ⇄ stale/reconnecting → disconnected
//
// It is pure: no network, no card, no operating system, and time comes in from
// outside. The Machine checks that a change is a legal one, tells subscribers,
// and does nothing else; its instants are the region's. The Sentinel says when
// to check, to renew and to try again; a Keeper does it.
package session

import (
	"errors"
	"sync"
	"time"

	"raccordo/host/internal/wire"
)

// ErrBusy tells that a login is already under way.
var ErrBusy = errors.New("another login is under way")

// Who mends a stale session (wire.Session, Repair).
const (
	RepairAuto  = "auto"  // the agent, by itself
	RepairLogin = "login" // the user, by one click on login
)

// Established is what the region said at login (A2F-DEM section 4: who, how,
// how strongly, when, for which organisation).
type Established struct {
	Doctor        wire.Person
	SubstituteOf  string // codice fiscale of the titolare; empty: Doctor is the titolare
	Method, Level string
	Since         time.Time // zero where the region does not tell
	ExpiresAt     time.Time // zero where the region does not tell
	// Life is how long the session lives from now on, where the region tells
	// (RFC 6749, expires_in); 0: from Since to ExpiresAt.
	Life time.Duration
}

// Machine is the state. Make it with New; its methods are safe for concurrent
// use.
type Machine struct {
	zone *time.Location

	mu     sync.Mutex
	state  wire.Session
	number uint64
	life   time.Duration // of the session with this number; 0: unknown
	subs   map[chan wire.Session]struct{}
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

// Number counts the sessions that were established: while it stays the same,
// so does the session. 0 before the first.
func (m *Machine) Number() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.number
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

// Begin takes the machine for a login by card or cloud. ErrBusy when somebody
// has it, unless that login only waits for the user at the region's page or for
// an ID-SESSIONE: then this one takes its place, and whoever began the other
// must not end it any more.
func (m *Machine) Begin(via string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	what := begin
	if forUser[m.state.Step] {
		what = instead
	}
	if !m.on(what, func(_ wire.Session, next *wire.Session) { next.Via, next.Step = via, firstStep[via] }) {
		return ErrBusy
	}
	return nil
}

// Step says what a login or its repair waits for: card, pin, pinpad, browser,
// token or region.
func (m *Machine) Step(waitsFor string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.on(step, func(old wire.Session, next *wire.Session) {
		*next = old
		next.Step = waitsFor
	})
}

// Connect ends a login or a repair well. After a change of mind (the card was
// pulled out meanwhile) it answers false and changes nothing.
func (m *Machine) Connect(e Established) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.establish(connect, e)
}

// Renewed puts a new session in the place of one that still lives, as before
// its end, without anybody seeing a repair. False unless connected.
func (m *Machine) Renewed(e Established) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.establish(renewed, e)
}

// Reconnect marks a session that the region no longer honours, while it is
// repaired. False unless connected or stale.
func (m *Machine) Reconnect(why wire.ErrorCode) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.on(reconnect, func(_ wire.Session, next *wire.Session) { next.Reason = why })
}

// Stale keeps a session that the region no longer honours and that is not
// repaired now; repair says who will.
func (m *Machine) Stale(why wire.ErrorCode, repair string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.lapse(why, repair)
}

// StaleOf is Stale for whoever knows what happened to one session and not
// whether it is still the one at hand. False when it is another.
func (m *Machine) StaleOf(number uint64, why wire.ErrorCode, repair string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.number == number && m.lapse(why, repair)
}

// End is the end of a session or of an attempt; why is empty after a logout.
func (m *Machine) End(why wire.ErrorCode) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.on(end, func(_ wire.Session, next *wire.Session) { next.Reason = why })
}
