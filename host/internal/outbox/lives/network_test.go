package lives

import (
	"math/rand/v2"
	"time"

	"raccordo/host/internal/wire"
)

// fate is what the network does with one call. before and after say how often
// the request has its effect, and when: a request may arrive after its sender
// has given up, and twice.
type fate struct {
	name     string
	arrivals []time.Duration // of the request, from the instant of the call
	answered time.Duration   // of the answer or of the error, from the same
	err      error           // what the sender is told; nil: the answer of the first arrival
	bare     bool            // the answer lacks codAutenticazione
}

// weather is how bad a life's network is.
type weather struct {
	bad      float64       // how often a call goes wrong at all
	latest   time.Duration // how late a request may arrive
	only     string        // one kind of fault in the whole life; empty: all
	retryIn  time.Duration // what the region says with 429; 0: nothing
	downFrom time.Duration // the region is not there at all
	downFor  time.Duration
}

const patience = 30 * time.Second // after which the region's client gives up

// faults are the ways in which a call goes wrong.
var faults = []struct {
	name string
	make func(w *weather, dice *rand.Rand) fate
}{
	{"request lost", func(_ *weather, _ *rand.Rand) fate {
		return fate{answered: patience, err: fault{code: wire.ErrRegionTime, arrived: true}}
	}},
	{"answer lost", func(_ *weather, d *rand.Rand) fate {
		return fate{arrivals: soon(d), answered: patience, err: fault{code: wire.ErrRegionTime, arrived: true}}
	}},
	{"request late", func(w *weather, d *rand.Rand) fate {
		return fate{arrivals: []time.Duration{patience + between(d, 0, w.latest)}, answered: patience, err: fault{code: wire.ErrRegionTime, arrived: true}}
	}},
	{"request late, twice", func(w *weather, d *rand.Rand) fate {
		return fate{arrivals: []time.Duration{patience + between(d, 0, w.latest), patience + between(d, 0, w.latest)}, answered: patience, err: fault{code: wire.ErrRegionTime, arrived: true}}
	}},
	{"delivered twice", func(w *weather, d *rand.Rand) fate {
		return fate{arrivals: append(soon(d), between(d, 0, w.latest)), answered: 2 * time.Second}
	}},
	{"500 before the commit", func(_ *weather, _ *rand.Rand) fate {
		return fate{answered: time.Second, err: fault{code: wire.ErrRegionBusy, arrived: true}}
	}},
	{"500 after the commit", func(_ *weather, d *rand.Rand) fate {
		return fate{arrivals: soon(d), answered: 2 * time.Second, err: fault{code: wire.ErrRegionBusy, arrived: true}}
	}},
	{"HTML with status 200", func(_ *weather, d *rand.Rand) fate {
		return fate{arrivals: perhaps(d), answered: 2 * time.Second, err: fault{code: wire.ErrMaintenance, arrived: true}}
	}},
	{"half an answer", func(_ *weather, d *rand.Rand) fate {
		return fate{arrivals: soon(d), answered: 2 * time.Second, err: fault{code: wire.ErrRegionAnswer, arrived: true}}
	}},
	{"answer without proof", func(_ *weather, d *rand.Rand) fate {
		return fate{arrivals: soon(d), answered: 800 * time.Millisecond, bare: true}
	}},
	{"refused as a message", func(_ *weather, _ *rand.Rand) fate {
		return fate{answered: time.Second, err: fault{code: wire.ErrRegionFault}}
	}},
	{"hang", func(w *weather, d *rand.Rand) fate {
		return fate{arrivals: perhaps(d), answered: between(d, patience, 4*patience), err: fault{code: wire.ErrRegionTime, arrived: true}}
	}},
	{"TLS fails", func(_ *weather, _ *rand.Rand) fate {
		return fate{answered: time.Second, err: fault{code: wire.ErrTLS}}
	}},
	{"connection refused", func(_ *weather, _ *rand.Rand) fate {
		return fate{answered: time.Second, err: fault{code: wire.ErrRegionDown}}
	}},
	{"connection reset", func(_ *weather, d *rand.Rand) fate {
		return fate{arrivals: perhaps(d), answered: time.Second, err: fault{code: wire.ErrRegionDown, arrived: true}}
	}},
	{"429", func(w *weather, _ *rand.Rand) fate {
		return fate{answered: time.Second, err: fault{code: wire.ErrRegionLimit, after: w.retryIn}}
	}},
	{"session expired", func(_ *weather, _ *rand.Rand) fate {
		return fate{answered: time.Second, err: fault{code: wire.ErrSessionEnded}}
	}},
}

// fate draws what becomes of the next call.
func (w *weather) fate(dice *rand.Rand) fate {
	if dice.Float64() >= w.bad {
		return fate{name: "well", arrivals: soon(dice), answered: 800 * time.Millisecond}
	}
	f := faults[dice.IntN(len(faults))]
	for w.only != "" && f.name != w.only {
		f = faults[dice.IntN(len(faults))]
	}
	drawn := f.make(w, dice)
	drawn.name = f.name
	return drawn
}

func soon(d *rand.Rand) []time.Duration {
	return []time.Duration{between(d, 50*time.Millisecond, 700*time.Millisecond)}
}

func perhaps(d *rand.Rand) []time.Duration {
	if d.IntN(2) == 0 {
		return nil
	}
	return soon(d)
}

func between(d *rand.Rand, low, high time.Duration) time.Duration {
	if high <= low {
		return low
	}
	return low + time.Duration(d.Int64N(int64(high-low)))
}
