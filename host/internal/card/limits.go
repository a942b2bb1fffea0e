package card

import "time"

// limits are the deadlines of the calls to a module. A call that takes longer
// is a hang: the process is killed.
type limits struct {
	list   time.Duration // tokens and certificates; first use of a slow vendor module included
	call   time.Duration
	pad    time.Duration // the user types on the reader
	sign   time.Duration // one signature, the PIN prompt of a lost login excepted
	logout time.Duration // of the call itself

	mend []time.Duration // after a module failed on a card, until it is tried again
}

var usualLimits = limits{
	list: 20 * time.Second, call: 30 * time.Second, pad: 90 * time.Second,
	sign: 30 * time.Second, logout: 4 * time.Second,
	mend: []time.Duration{time.Second, 5 * time.Second, 30 * time.Second},
}
