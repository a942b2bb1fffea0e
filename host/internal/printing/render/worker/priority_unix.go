//go:build unix

package worker

import "golang.org/x/sys/unix"

// giveWay lets other programs go first. Where it fails it is quicker, that is all.
func giveWay() { _ = unix.Setpriority(unix.PRIO_PROCESS, 0, 10) }
