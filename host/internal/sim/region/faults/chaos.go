package faults

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

// Chaos is faults by chance. What happens to a request is drawn from the seed,
// the service, the number of the prescription in it and how often this pair was
// seen, so that the order in which requests arrive does not matter.
type Chaos struct {
	Seed     uint64
	Rates    map[Kind]float64 // 0 to 1 for each kind; together at most 1. Handshakes count by themselves
	Services []Service        // what is disturbed; none: everything that can be
	// LateMin and LateMax bound Late, Hold is the longest Reordered, Hang the
	// longest silence, RetryAfter is told with TooMany. 0: as in the comments.
	LateMin, LateMax time.Duration // 500 ms, 5 s
	Hold             time.Duration // 300 ms
	Hang             time.Duration // 5 s
	RetryAfter       time.Duration // 1 s
}

// ErrRates are rates that chaos cannot have.
var ErrRates = errors.New("rates out of range")

// chaosKinds are the kinds that chaos knows.
var chaosKinds = []Kind{
	LostRequest, LostAnswer, Late, Duplicate, Reordered, Broken, BrokenAfter, Maintenance, CutAnswer, Hang, ExpiredSession, TooMany, HandshakeReset,
}

// ChaosKinds are all that can happen by chance.
func ChaosKinds() []Kind { return slices.Clone(chaosKinds) }

// Storm is chaos of every kind, in equal shares of a total rate.
func Storm(seed uint64, total float64) Chaos {
	c := Chaos{Seed: seed, Rates: map[Kind]float64{}}
	for _, k := range chaosKinds {
		c.Rates[k] = total / float64(len(chaosKinds))
	}
	return c
}

// complete checks the rates and fills in what is 0.
func (c Chaos) complete() (Chaos, error) {
	total := 0.0
	for kind, rate := range c.Rates {
		if !slices.Contains(chaosKinds, kind) {
			return c, fmt.Errorf("%w: %q", ErrKind, kind)
		}
		if !(rate >= 0 && rate <= 1) { // NaN too
			return c, fmt.Errorf("%w: %q %g", ErrRates, kind, rate)
		}
		if kind != HandshakeReset {
			total += rate
		}
	}
	if total > 1+1e-9 {
		return c, fmt.Errorf("%w: %g together", ErrRates, total)
	}
	for _, d := range []struct {
		value    *time.Duration
		standard time.Duration
	}{{&c.LateMin, 500 * time.Millisecond}, {&c.LateMax, 5 * time.Second}, {&c.Hold, 300 * time.Millisecond}, {&c.Hang, 5 * time.Second}, {&c.RetryAfter, time.Second}} {
		if *d.value == 0 {
			*d.value = d.standard
		}
		if *d.value < 0 || *d.value > MaxDelay {
			return c, fmt.Errorf("%w: %s", ErrValue, *d.value)
		}
	}
	c.LateMax = max(c.LateMax, c.LateMin)
	c.Rates, c.Services = maps.Clone(c.Rates), slices.Clone(c.Services)
	return c, nil
}

// chaos is one under way.
type chaos struct {
	Chaos
	seen    map[string]uint64 // service and number → how often
	applied map[Kind]int
}

// ChaosState is what chaos is under way, and what it has done since its start.
type ChaosState struct {
	Running bool
	Chaos   Chaos
	Applied map[Kind]int
	Pending int // requests that will arrive late; whoever owns Errands knows
}

// StartChaos begins anew.
func (p *Plan) StartChaos(c Chaos) error {
	c, err := c.complete()
	if err != nil {
		return err
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.chaos = &chaos{Chaos: c, seen: map[string]uint64{}, applied: map[Kind]int{}}
	p.storm.Store(true)
	return nil
}

// StopChaos ends it; requests that are late still arrive.
func (p *Plan) StopChaos() { p.storm.Store(false) }

// ChaosState tells of chaos under way or, once it was stopped, of the last one.
func (p *Plan) ChaosState() ChaosState {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.chaos == nil {
		return ChaosState{Applied: map[Kind]int{}}
	}
	return ChaosState{Running: p.storm.Load(), Chaos: p.chaos.Chaos, Applied: maps.Clone(p.chaos.applied)}
}

func (p *Plan) chaotic() bool { return p.storm.Load() }

// draw decides about a request whose body is taken in. The first of names is
// its service.
func (p *Plan) draw(names []Service, q *http.Request) (Fault, bool) {
	body, _ := io.ReadAll(q.Body) // from memory
	q.Body = io.NopCloser(bytes.NewReader(body))
	key := string(names[len(names)-1]) + " " + numberIn(body)
	return p.drawn(names, key, func(c *chaos, u, v float64) (Fault, bool) {
		for _, kind := range chaosKinds {
			rate := c.Rates[kind]
			if kind == HandshakeReset {
				continue
			}
			if u < rate {
				return c.fault(kind, v), true
			}
			u -= rate
		}
		return Fault{}, false
	})
}

// drawHandshake decides about a handshake.
func (p *Plan) drawHandshake(names []Service) (Fault, bool) {
	if !p.chaotic() {
		return Fault{}, false
	}
	return p.drawn(names, "TLS", func(c *chaos, u, v float64) (Fault, bool) {
		return c.fault(HandshakeReset, v), u < c.Rates[HandshakeReset]
	})
}

// drawn gives decide two numbers between 0 and 1, and counts.
func (p *Plan) drawn(names []Service, key string, decide func(*chaos, float64, float64) (Fault, bool)) (Fault, bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	c := p.chaos
	if c == nil || len(c.Services) > 0 && key != "TLS" && !slices.ContainsFunc(names, func(s Service) bool { return slices.Contains(c.Services, s) }) {
		return Fault{}, false
	}
	c.seen[key]++
	hash := fnv.New64a()
	_, _ = io.WriteString(hash, key) // into memory
	chance := rand.New(rand.NewPCG(c.Seed, hash.Sum64()^c.seen[key]*0x9e3779b97f4a7c15))
	f, ok := decide(c, chance.Float64(), chance.Float64())
	if ok {
		c.applied[f.Kind]++
		p.applied[f.Kind]++
	}
	return f, ok
}

// fault is one of a kind; v places its delay.
func (c *chaos) fault(kind Kind, v float64) Fault {
	f := Fault{Kind: kind}
	switch kind {
	case Late:
		f.Delay = c.LateMin + time.Duration(v*float64(c.LateMax-c.LateMin))
	case Reordered:
		f.Delay = max(time.Duration(v*float64(c.Hold)), time.Millisecond)
	case Hang:
		f.Delay = c.Hang
	case TooMany:
		f.Delay = c.RetryAfter
	case Maintenance:
		f.Status = http.StatusOK
	case Duplicate:
		f.Second = v < 0.5
	}
	return f
}

// numberIn is the prescription's number in a request, wherever it stands;
// empty when there is none.
func numberIn(body []byte) string {
	_, rest, found := bytes.Cut(body, []byte("nre>"))
	if !found {
		return ""
	}
	number, _, _ := bytes.Cut(rest, []byte("<"))
	if len(number) > 15 {
		return ""
	}
	return string(number)
}
