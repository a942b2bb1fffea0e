package agent

import (
	"maps"
	"slices"
	"time"
)

const (
	// backoffFirst is doubled with each agent that ends soon, up to backoffMost.
	backoffFirst = time.Second
	backoffMost  = time.Minute
	// steadyTime is how long an agent lives that did not end soon.
	steadyTime = time.Minute
)

// logon is a user who is logged on in a session of Windows. Sessions' numbers
// are used again, by other users as well.
type logon struct {
	Session uint32
	User    string // SID
}

// post is the place of one agent.
type post struct {
	alive bool
	leave bool      // it was told to end
	since time.Time // of the start
	fails int       // agents in a row that ended soon
	next  time.Time // not to be started before
}

// roster decides which sessions need an agent: each in which a user is logged
// on has one, never two, and one that ends is followed by another, later each
// time if they end soon. It knows no operating system.
type roster struct{ posts map[logon]*post }

func newRoster() *roster { return &roster{map[logon]*post{}} }

// due returns where an agent is to be started, and whose agent is to end
// because the user is not logged on any more.
func (r *roster) due(now time.Time, logons []logon) (start, end []logon) {
	for _, l := range logons {
		p := r.posts[l]
		if p == nil {
			p = &post{}
			r.posts[l] = p
		}
		if !p.alive && !now.Before(p.next) && !slices.Contains(start, l) {
			start = append(start, l)
		}
	}
	for _, l := range slices.SortedFunc(maps.Keys(r.posts), func(a, b logon) int { return int(a.Session) - int(b.Session) }) {
		switch {
		case slices.Contains(logons, l):
		case r.posts[l].alive:
			if !r.posts[l].leave {
				end = append(end, l)
			}
			r.posts[l].leave = true
		default:
			delete(r.posts, l)
		}
	}
	return start, end
}

// started notes a living agent.
func (r *roster) started(now time.Time, l logon) {
	p := r.posts[l]
	p.alive, p.leave, p.since = true, false, now
}

// ended notes that an agent has ended with code, or could not be started: then
// it lived for no time. The program that was replaced starts again at once,
// once.
func (r *roster) ended(now time.Time, l logon, code int) {
	p := r.posts[l]
	lived := time.Duration(0)
	if p.alive {
		lived = now.Sub(p.since)
	}
	p.alive = false
	if lived >= steadyTime {
		p.fails = 0
	}
	if code == ExitReplaced && p.fails == 0 {
		p.fails, p.next = 1, now
		return
	}
	wait := backoffMost
	if p.fails < 6 {
		wait = min(backoffFirst<<p.fails, backoffMost)
	}
	p.fails++
	p.next = now.Add(wait)
}
