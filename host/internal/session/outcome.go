package session

import (
	"time"

	"raccordo/host/internal/wire"
)

// Nudge is news from the world that may concern the session.
type Nudge int

// The nudges.
const (
	Network Nudge = iota // another network, or none
	Awake                // the PC slept
	Card                 // a card was put in
	Login                // the user wants the session repaired, now
)

// nudge makes the next attempt one of now.
func (p *plan) nudge(n Nudge, now time.Duration) {
	outside := n == Network || n == Awake
	switch {
	case p.seen.State == wire.Connected && outside:
		p.doubts(now)
	case p.seen.State == wire.Stale:
		p.asked = p.asked || n == Login
		p.again, p.fails, p.renewAt = true, 0, now
	case p.seen.State == wire.Reconnecting:
		p.asked = p.asked || n == Login
		p.again = true
	}
}

// doubts makes a check wanted. A renewal that waits for a better moment may
// have it now.
func (p *plan) doubts(now time.Duration) {
	p.doubt, p.tries, p.checkAt = true, checkTries, now
	if p.symptom == "" {
		p.renewAt, p.fails = now, 0
	}
}

// ill makes a repair wanted. One symptom that comes back after each repair is
// not to cost a login each time.
func (p *plan) ill(why wire.ErrorCode, now time.Duration) {
	if p.symptom != "" {
		return
	}
	p.symptom, p.renewAt, p.fails = why, now, 0
	if now-p.repaired > calmAfter {
		p.repairs = 0
	}
	if p.repairs > 0 {
		p.renewAt = max(now, p.repaired+p.backoff(p.repairs-1))
	}
}

// backoff is the n-th pause: exponential, with full jitter, so that the agents
// of a whole region do not come back to it all at once.
func (p *plan) backoff(n int) time.Duration {
	most := min(retryFirst<<min(n, 10), retryMost)
	return time.Duration(p.rand() * float64(most))
}

// postpone puts off the next repair after one that failed.
func (p *plan) postpone(now time.Duration) {
	p.renewAt = now
	if !p.again {
		p.renewAt += p.backoff(p.fails)
		p.fails++
	}
	p.again = false
}

// checked takes note of what a check found. What it returns is to be written
// to the Machine: why only the user can go on.
func (p *plan) checked(j job, found wire.ErrorCode, now time.Duration) (login wire.ErrorCode) {
	if p.seen.number != j.of.number || p.seen.State != wire.Connected {
		return "" // about a session that is no more, or somebody knew better meanwhile
	}
	switch meaning := meanings[found]; {
	case meaning == over:
		p.ill(found, now)
	case meaning == user:
		return found
	case found == "" && j.lapsed:
		p.checkAt = now + checkLapsed // the region is more generous than it said
	case found == "":
		p.tries = 0
	case j.lapsed:
		p.ill(wire.ErrSessionEnded, now)
	case p.tries > 1 && !p.doubt:
		p.doubt = true
		p.checkAt = now + checkRetry<<(checkTries-p.tries)
		p.tries--
	}
	return ""
}

// renewed takes note of what a repair came to, besides what the Machine shows.
func (p *plan) renewed(j job, failed wire.ErrorCode, now time.Duration) {
	if p.seen.number != j.of.number {
		return
	}
	switch {
	case p.seen.State == wire.Stale && p.seen.Repair == RepairAuto:
		p.postpone(now)
	case p.seen.State != wire.Connected:
	case j.order.Why != "":
		p.postpone(now) // not even begun: another login may be under way
	case meanings[failed] == over:
		p.ill(failed, now)
	case failed != "" && !wire.Lookup(failed).Retryable:
		p.hopeless = true
	default:
		p.postpone(now)
	}
}
