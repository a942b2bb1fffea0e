package wake

import (
	"time"

	"golang.org/x/sys/unix"
)

// Uptime is the time since the PC was started, sleep included: on this system
// CLOCK_MONOTONIC goes on while it sleeps (clock_gettime(3)), unlike Go's own
// clock. Nobody can set it.
func Uptime() time.Duration {
	var ts unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts) // fails for clocks that do not exist
	return time.Duration(ts.Nano())
}
