//go:build !windows

package outbox

import (
	"errors"
	"os"
	"syscall"
)

// noRoom: the disk is full, a file may not grow, the user's share is used up.
var noRoom = []error{syscall.ENOSPC, syscall.EFBIG, syscall.EDQUOT}

// letGo gives up the lock of a file that bbolt left open and mapped: a mapping
// keeps the lock as long as it lives.
func letGo(f *os.File) error {
	return errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_UN), f.Close())
}
