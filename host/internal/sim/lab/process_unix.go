//go:build unix

package lab

import (
	"fmt"
	"syscall"
	"time"
)

// end asks a process to stop and kills it when it does not.
func end(pid int, patience time.Duration) error {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		if syscall.Kill(pid, sig) != nil {
			return nil
		}
		for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
			if syscall.Kill(pid, 0) != nil {
				return nil
			}
		}
	}
	return fmt.Errorf("%w: %d", errStays, pid)
}

// KillProcess ends a process the hard way, as a crash would.
func KillProcess(pid int) error { return syscall.Kill(pid, syscall.SIGKILL) }
