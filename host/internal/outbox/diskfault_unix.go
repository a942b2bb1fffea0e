//go:build !windows

package outbox

import (
	"errors"
	"syscall"
)

// noRoom: the user's share of the disk is used up.
func noRoom(err error) bool { return errors.Is(err, syscall.EDQUOT) }
