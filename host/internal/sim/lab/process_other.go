//go:build !unix

package lab

import (
	"os"
	"time"
)

func end(pid int, _ time.Duration) error { return KillProcess(pid) }

// KillProcess ends a process the hard way, as a crash would.
func KillProcess(pid int) error {
	p, err := os.FindProcess(pid)
	if err != nil {
		return errStays
	}
	return p.Kill()
}
