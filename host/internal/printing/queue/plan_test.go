package queue

import (
	"math/rand/v2"
	"time"
)

// plan is how bad a life is.
type plan struct {
	deaths    float64 // how often the process dies at an instruction
	dieAt     int     // the instruction at which it dies for certain; 0: none
	faults    float64 // how often a request to the spooler goes wrong
	late      bool    // what went wrong may arrive long after
	disk      float64 // how often a write goes wrong
	outages   int     // of the spooler
	restarts  int     // of the spooler, which then has forgotten the jobs of the last seconds
	forgets   bool    // the spooler keeps no list of what is done (Windows)
	short     bool    // it keeps one for a moment only
	meddling  float64 // how often somebody else touches a job at the spooler
	moves     int     // how often the settings change to the other printer
	missing   int     // how often no printer is chosen for a while
	cancels   float64 // how often the doctor gives up a sheet
	repeats   float64 // how often a page hands in the same again
	sheets    int
	printers  int
	meanwhile float64 // how often something else happens during a request
	storm     time.Duration
}

func draw(seed uint64) plan {
	d := rand.New(rand.NewPCG(seed, 0x706c616e))
	p := plan{sheets: 1 + d.IntN(5), printers: 1 + d.IntN(2), storm: pick(d, time.Minute, time.Hour, 10*time.Hour)}
	p.deaths = pick(d, 0, 0.01, 0.05, 0.2)
	p.faults = pick(d, 0, 0, 0.1, 0.4)
	p.late = d.IntN(3) == 0
	p.disk = pick(d, 0, 0, 0.02, 0.2)
	p.outages = pick(d, 0, 0, 1, 3)
	p.forgets = d.IntN(4) == 0
	if !p.forgets {
		p.restarts = pick(d, 0, 0, 0, 2)
		p.short = d.IntN(4) == 0
	}
	p.meddling = pick(d, 0, 0, 0, 0.05)
	p.moves, p.missing = pick(d, 0, 0, 2), pick(d, 0, 0, 1)
	p.cancels, p.repeats = pick(d, 0, 0, 0.3), pick(d, 0, 0.5)
	p.meanwhile = pick(d, 0, 0.1, 0.3)
	return p
}

func pick[T any](d *rand.Rand, from ...T) T { return from[d.IntN(len(from))] }

func between(d *rand.Rand, from, to time.Duration) time.Duration {
	return from + time.Duration(d.Int64N(int64(to-from)+1))
}
