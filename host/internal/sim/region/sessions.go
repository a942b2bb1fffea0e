package region

import (
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"raccordo/host/internal/sim/anagrafe"
)

var (
	errNoSession    = errors.New("no such session")
	errSessionEnded = errors.New("session ended")
)

// session is what the region asserts to Sistema TS about a doctor: who, how
// strongly, since when, for which organisation.
type session struct {
	ID       string
	Doctor   anagrafe.Doctor
	Caller   caller // who opened it
	Since    time.Time
	ValidTil time.Time
	Lingers  bool // lives and processes nothing
}

// sessions holds at most one live session for each doctor.
type sessions struct {
	mutex  sync.Mutex
	now    func() time.Time
	life   time.Duration
	live   map[string]session  // by id
	ended  map[string]struct{} // ids that existed, to tell "expired" from "never was"
	latest map[[32]byte]string // by the caller's key
}

const endedMemory = 10000

func newSessions(now func() time.Time, life time.Duration) *sessions {
	return &sessions{now: now, life: life, live: map[string]session{}, ended: map[string]struct{}{}, latest: map[[32]byte]string{}}
}

// open makes the doctor's session and ends the one before.
func (s *sessions) open(doctor anagrafe.Doctor, by caller) session {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for id, old := range s.live {
		if old.Doctor.CF == doctor.CF {
			s.end(id)
		}
	}
	now := s.now()
	n := session{ID: newUUID(), Doctor: doctor, Caller: by, Since: now, ValidTil: now.Add(s.life)}
	if !by.until.IsZero() && by.until.Before(n.ValidTil) {
		n.ValidTil = by.until
	}
	s.live[n.ID], s.latest[by.key] = n, n.ID
	return n
}

// find returns the live session of that id that this caller opened.
func (s *sessions) find(id string, by caller) (session, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	found, ok := s.live[id]
	if !ok {
		if _, was := s.ended[id]; was {
			return session{}, errSessionEnded
		}
		return session{}, errNoSession
	}
	if found.Caller.key != by.key {
		return session{}, errNoSession
	}
	if !s.now().Before(found.ValidTil) {
		s.end(id)
		return session{}, errSessionEnded
	}
	return found, nil
}

// of returns the newest session that this caller opened: who comes with a token
// names no session.
func (s *sessions) of(by caller) (session, error) {
	s.mutex.Lock()
	id, ok := s.latest[by.key]
	s.mutex.Unlock()
	if !ok {
		return session{}, errNoSession
	}
	return s.find(id, by)
}

func (s *sessions) close(id string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.end(id)
}

func (s *sessions) end(id string) {
	delete(s.live, id)
	if len(s.ended) >= endedMemory {
		clear(s.ended)
		clear(s.latest) // the live ones among them open again
	}
	s.ended[id] = struct{}{}
}

// linger makes a session one that lives and processes nothing.
func (s *sessions) linger(id string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if found, ok := s.live[id]; ok {
		found.Lingers = true
		s.live[id] = found
	}
}

// revive brings every lingering session back to work.
func (s *sessions) revive() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for id, found := range s.live {
		found.Lingers = false
		s.live[id] = found
	}
}

// RevokeSessions ends every live session, as an operator of the region may,
// and returns how many there were.
func (r *Region) RevokeSessions() int {
	r.sessions.mutex.Lock()
	defer r.sessions.mutex.Unlock()
	n := len(r.sessions.live)
	for id := range r.sessions.live {
		r.sessions.end(id)
	}
	return n
}

// LiveSessions tells how many sessions are open.
func (r *Region) LiveSessions() int {
	r.sessions.mutex.Lock()
	defer r.sessions.mutex.Unlock()
	return len(r.sessions.live)
}

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
