package session

import "time"

// Clock is time as the PC has it. The two differ when somebody sets the PC's
// clock, and only then.
type Clock struct {
	Wall func() time.Time     // what the PC shows; may be wrong and may jump
	Mono func() time.Duration // since whenever; grows evenly, while the PC sleeps too
}

const (
	lookEvery = 15 * time.Second // how often the clocks are compared
	lookJump  = 10 * time.Second // what is more than a hiccup
)

// drift notices that the PC slept or that its clock was set.
type drift struct {
	clock Clock
	wall  time.Time
	mono  time.Duration
}

// start compares from now on.
func (d *drift) start() {
	// Without Round the difference of two instants would be monotonic.
	d.wall, d.mono = d.clock.Wall().Round(0), d.clock.Mono()
}

// jumped tells whether one of the two happened since start or the last call,
// which was due a look ago.
func (d *drift) jumped() bool {
	wall, mono := d.wall, d.mono
	d.start()
	passed := d.mono - mono
	return passed > lookEvery+lookJump || (d.wall.Sub(wall)-passed).Abs() > lookJump
}
