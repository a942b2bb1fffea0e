package wake

import (
	"time"

	"golang.org/x/sys/windows"
)

// Uptime is the time since the PC was started, sleep included
// (GetTickCount64, in steps of some 16 ms). Nobody can set it.
func Uptime() time.Duration { return windows.DurationSinceBoot() }
