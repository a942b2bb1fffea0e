package lives

import (
	"math/rand/v2"
	"time"
)

// plan is what a life will be: drawn before it starts, so that it can be read
// and shortened.
type plan struct {
	habits     habits
	sky        weather
	storm      time.Duration // until everything is healed
	deaths     float64       // how often the process dies at an instruction
	dieAt      int           // the instruction at which it dies for certain; 0: none
	diskFaults float64       // how often a commit is refused
	offline    float64       // how often the session ends while nothing is sent
	pharmacy   time.Duration // in which some prescriptions are dispensed; 0: none are
	ahead      int           // how many are handed out before their turn
	standsIn   string        // a doctor who is a substitute: the region gives his numbers
	doctors    []string
	settings   []setting
	wishes     []wish
	clicks     []click
	looks      []look
}

// click is one hand-over of a list by a page, another browser or the command
// line. All of them speak for the same page, so that they mean the same
// intents.
type click struct {
	at     time.Duration
	who    string
	doctor string
	items  []item
	later  bool
	wait   time.Duration // after which the caller gives up watching; 0: never
	stops  bool          // and stops the list
}

// item is a wish in one of its versions.
type item struct{ wish, version int }

// look is a doctor who opens the outbox and does something about what he sees.
type look struct {
	at     time.Duration
	doctor string
}

// setting is somebody, or the network, who sets the computer's clock.
type setting struct {
	at, wrong time.Duration
}

var callers = []string{"Firefox", "Chromium", "command line"}

// draw makes the plan of a seed. Lives differ in how bad they are: most
// mistakes show in a single fault at the wrong moment, some only in many.
func draw(seed uint64) plan {
	d := rand.New(rand.NewPCG(seed, 0x706c616e))
	p := plan{storm: pick(d, 10*time.Minute, 2*time.Hour, 12*time.Hour)}
	p.habits = habits{numbers: d.IntN(5) == 0, rounds: d.IntN(4) == 0, empty: d.IntN(3) == 0, authInList: d.IntN(2) == 0}
	p.habits.cancels = !p.habits.numbers && d.IntN(8) == 0
	p.sky = weather{bad: pick(d, 0.1, 0.3, 0.6, 0.9), latest: pick(d, time.Minute, time.Hour, p.storm), retryIn: pick(d, 0, 20*time.Second, 10*time.Minute)}
	if d.IntN(3) == 0 {
		p.sky.only = faults[d.IntN(len(faults))].name
	}
	if d.IntN(4) == 0 {
		p.sky.downFrom, p.sky.downFor = between(d, 0, p.storm/2), between(d, time.Minute, p.storm/2)
	}
	p.deaths = pick(d, 0, 0, 0.01, 0.05, 0.2)
	p.diskFaults = pick(d, 0, 0, 0, 0.02, 0.1)
	p.offline = pick(d, 0, 0, 0.5)
	if d.IntN(8) == 0 {
		p.standsIn = doctors[0]
	}
	p.ahead, p.pharmacy = d.IntN(2), pick(d, 0, 0, time.Minute, 3*time.Hour)
	if d.IntN(6) == 0 {
		for range 1 + d.IntN(3) {
			p.settings = append(p.settings, setting{between(d, 0, p.storm), pick(d, between(d, -time.Hour, time.Hour), between(d, -48*time.Hour, 48*time.Hour))})
		}
	}
	p.people(d)
	return p
}

// regional tells whether the region gives this doctor's numbers.
func (p plan) regional(doctor string) bool { return p.habits.numbers || p.standsIn == doctor }

// people draws who wants what, and when they say it.
func (p *plan) people(d *rand.Rand) {
	chiefs := 1 + d.IntN(4)/3
	p.doctors = doctors[:chiefs]
	for i := range 1 + min(d.IntN(4), d.IntN(4)) {
		w := wish{who: intent{doctors[d.IntN(chiefs)], clientID(i)}, patient: patients[d.IntN(1+d.IntN(len(patients)))]}
		switch d.IntN(8) {
		case 0:
			w.flaw = ruledOut
		case 1:
			w.flaw = incomplete
		}
		p.wishes = append(p.wishes, w)
	}
	for _, doctor := range p.doctors {
		p.hands(d, doctor)
	}
}

// hands draws the clicks and looks of one doctor.
func (p *plan) hands(d *rand.Rand, doctor string) {
	var mine []item
	for i, w := range p.wishes {
		if w.who.doctor == doctor {
			mine = append(mine, item{i, 0})
		}
	}
	if len(mine) == 0 {
		return
	}
	first := between(d, 0, p.storm/4)
	p.clicks = append(p.clicks, click{at: first, who: callers[0], doctor: doctor, items: mine, later: d.IntN(6) == 0, wait: pick(d, time.Second, patience), stops: d.IntN(4) == 0})
	for range d.IntN(4) {
		again := click{at: first + pick(d, 0, between(d, 0, 3*time.Second), between(d, 0, p.storm)), who: callers[d.IntN(len(callers))], doctor: doctor, wait: pick(d, 0, time.Second)}
		for _, it := range mine {
			if d.IntN(3) > 0 {
				continue
			}
			if d.IntN(4) == 0 {
				it.version = 1 + d.IntN(2)
			}
			again.items = append(again.items, it)
		}
		if len(again.items) > 0 {
			p.clicks = append(p.clicks, again)
		}
	}
	for range d.IntN(3) {
		p.looks = append(p.looks, look{between(d, 0, p.storm), doctor})
	}
}

func pick[T any](d *rand.Rand, from ...T) T { return from[d.IntN(len(from))] }
