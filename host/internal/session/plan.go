package session

import (
	"time"

	"raccordo/host/internal/wire"
)

const (
	renewEarly  = time.Minute // before the end; a tenth of a shorter life
	retryFirst  = 5 * time.Second
	retryMost   = 2 * time.Minute
	checkRetry  = time.Second // doubled each time
	checkTries  = 7           // about a minute: a network comes back after sleep
	checkLapsed = 30 * time.Second
	calmAfter   = 10 * time.Minute
	checkTime   = 15 * time.Second
	renewTime   = time.Minute
	visibleTime = 5 * time.Minute // windows and pages have an end of their own
)

// plan is what a Sentinel knows and wants. It is one goroutine's, and its
// instants are those of Clock.Mono.
type plan struct {
	rand func() float64
	seen view
	born time.Duration // when the session was first seen: its life begins there

	doubt    bool           // a check is wanted
	tries    int            // checks left
	checkAt  time.Duration  // the next check
	symptom  wire.ErrorCode // a repair of a connected session is wanted
	asked    bool           // the user wants a repair and is there
	again    bool           // the world changed while a repair was under way
	hopeless bool           // can not be renewed before its end
	renewAt  time.Duration  // the next renewal or repair
	fails    int            // those that failed in a row

	repairs  int // symptoms of late, and when the last one was treated
	repaired time.Duration
}

// job is a call of the Keeper; with order nil it is a check.
type job struct {
	of     view
	order  *Order
	lapsed bool // the check is about a session whose time is over
}

func (j job) limit() time.Duration {
	switch {
	case j.order == nil:
		return checkTime
	case j.order.Visible:
		return visibleTime
	}
	return renewTime
}

// look takes note of the Machine's state. What was wanted of a session ends
// with it. A repair under way tells its outcome itself.
func (p *plan) look(v view, now time.Duration, repairing bool) {
	old := p.seen
	p.seen = v
	if v.number != old.number {
		p.born, p.checkAt, p.renewAt, p.fails, p.tries = now, now, now, 0, 0
		p.doubt, p.asked, p.again, p.hopeless, p.symptom = false, false, false, false, ""
	}
	if v.State == wire.Stale && !repairing && (old.State != wire.Stale || old.Repair != v.Repair) {
		p.postpone(now)
	}
}

// live tells that there is a session to look after.
func (p *plan) live() bool {
	return p.seen.State != wire.Disconnected && p.seen.State != wire.Connecting
}

// next is what to do now; nil: nothing, until the instant that comes with it
// (none: until something happens).
func (p *plan) next(now time.Duration, held bool) (*job, time.Duration) {
	switch p.seen.State {
	case wire.Connected:
		return p.nextConnected(now)
	case wire.Stale:
		visible := p.asked && !held
		if !visible && p.seen.Repair != RepairAuto {
			return nil, never
		}
		if !visible && now < p.renewAt {
			return nil, p.renewAt
		}
		return p.renew(p.seen.Reason, visible), 0
	}
	return nil, never
}

const never = time.Duration(-1)

// nextConnected looks after a session that the region honours, as far as is
// known.
func (p *plan) nextConnected(now time.Duration) (*job, time.Duration) {
	if p.symptom != "" {
		if now < p.renewAt {
			return nil, p.renewAt
		}
		return p.renew(p.symptom, false), 0
	}
	life := p.seen.life
	end := p.born + life
	lapsed := life > 0 && now >= end
	check, renew := never, never
	switch {
	case p.doubt || lapsed:
		check = p.checkAt
	case life > 0:
		check = end
	}
	if life > 0 && !lapsed && !p.hopeless {
		renew = max(end-min(renewEarly, life/10), p.renewAt)
	}
	switch {
	case check != never && now >= check:
		return &job{of: p.seen, lapsed: lapsed}, 0
	case renew != never && now >= renew:
		return p.renew("", false), 0
	case check == never || renew == never:
		return nil, max(check, renew)
	}
	return nil, min(check, renew)
}

func (p *plan) renew(why wire.ErrorCode, visible bool) *job {
	return &job{of: p.seen, order: &Order{Session: p.seen.number, Why: why, Visible: visible}}
}

// started takes what the job is about off the list; what is wanted again while
// it runs comes on top.
func (p *plan) started(j job, now time.Duration) {
	p.again = false
	if j.order == nil {
		p.doubt = false
		return
	}
	p.asked = p.asked && !j.order.Visible
	if j.order.Why != "" {
		p.repairs++
		p.repaired = now
	}
}
