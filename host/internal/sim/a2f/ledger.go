package a2f

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"raccordo/host/internal/ricetta"
)

// phase of an ID-SESSIONE (12 Jan 2026, chapter 5).
type phase string

const (
	validated phase = "Validato" // given, never used
	active    phase = "Attivo"   // used at least once
	revoked   phase = "Revocato"
	expired   phase = "Scaduto"
)

// grant is one ID-SESSIONE.
type grant struct {
	cf, context, application string
	from, to                 time.Time
	phase                    phase // never expired: that is a matter of time
	ended                    time.Time
}

func (g *grant) at(now time.Time) phase {
	if g.phase != revoked && !now.Before(g.to) {
		return expired
	}
	return g.phase
}

func (g *grant) revoke(now time.Time) { g.phase, g.ended = revoked, now }

func (g *grant) sameScope(o *grant) bool {
	return g.cf == o.cf && g.context == o.context && g.application == o.application
}

// issue gives a token. A doctor has at most one that he uses and one that he
// does not use yet: the latter gives way. The caller holds the mutex.
func (s *Service) issue(cf, context, application string) (string, *grant) {
	now := s.opt.Now()
	g := &grant{cf: cf, context: context, application: application, from: now, to: now.Add(Life), phase: validated}
	for _, old := range s.tokens {
		if old.sameScope(g) && old.at(now) == validated {
			old.revoke(now)
		}
	}
	token := newUUID()
	s.tokens[token] = g
	return token, g
}

// Issue is what the portal's page "Gestione ID-SESSIONE" does: the doctor reads
// the token there, no mail is sent.
func (s *Service) Issue(cf string) string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	token, _ := s.issue(cf, Context, Prescriber)
	return token
}

// Use is what a prescription service does with the token of a request. The
// first use of a token ends, without a word, the one used before.
func (s *Service) Use(token, cf string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	now := s.opt.Now()
	if !s.production && s.wildcard(token, cf, now) {
		return nil
	}
	g := s.tokens[token]
	if g == nil || g.cf != cf || g.context != Context || g.application == Dispenser {
		return ErrUnknown
	}
	switch g.at(now) {
	case revoked:
		return ErrRevoked
	case expired:
		return ErrExpired
	case validated:
		for _, old := range s.tokens {
			if old.sameScope(g) && old.at(now) == active {
				old.revoke(now)
			}
		}
		g.phase = active
	}
	return nil
}

// wildcard tells the strings that stand for a token of the test accounts, which
// everybody shares: UTENZA-YYYY-MM-CONTESTO[-APPLICAZIONE], of this month.
func (s *Service) wildcard(token, cf string, now time.Time) bool {
	rest, ok := strings.CutPrefix(token, cf+"-"+now.In(ricetta.Rome()).Format("2006-01")+"-"+Context)
	return ok && (rest == "" || rest == "-"+Prescriber)
}

// Phase is the state of a token: Validato, Attivo, Revocato, Scaduto, or empty
// when there is none.
func (s *Service) Phase(token string) string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if g := s.tokens[token]; g != nil {
		return string(g.at(s.opt.Now()))
	}
	return ""
}

// ExpireAll lets every token run out now and returns how many did.
func (s *Service) ExpireAll() int {
	return s.each(func(g *grant, now time.Time) { g.to = now })
}

// ExpireOf lets a doctor's tokens run out now and returns how many did.
func (s *Service) ExpireOf(cf string) int {
	return s.each(func(g *grant, now time.Time) { g.to = now }, cf)
}

// RevokeAll revokes every token, as the ministry may, and returns how many.
func (s *Service) RevokeAll() int {
	return s.each((*grant).revoke)
}

// each ends the tokens of some doctors; none named: of all.
func (s *Service) each(end func(*grant, time.Time), of ...string) (n int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	now := s.opt.Now()
	for _, g := range s.tokens {
		if p := g.at(now); (p == validated || p == active) && (len(of) == 0 || slices.Contains(of, g.cf)) {
			end(g, now)
			n++
		}
	}
	return n
}

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
