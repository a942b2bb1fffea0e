package wake

import (
	"time"

	"golang.org/x/sys/unix"
)

// Uptime is the time since the PC was started, sleep included
// (clock_gettime(2), CLOCK_BOOTTIME). Nobody can set it.
func Uptime() time.Duration {
	var ts unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts) // fails for clocks that do not exist
	return time.Duration(ts.Nano())
}
