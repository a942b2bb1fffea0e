//go:build unix

package nodump

import (
	"fmt"

	"golang.org/x/sys/unix"
)

func noCores() error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &limit); err != nil {
		return fmt.Errorf("RLIMIT_CORE: %w", err)
	}
	limit.Cur, limit.Max = coreLimit, min(limit.Max, coreLimit)
	limit.Cur = min(limit.Cur, limit.Max)
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &limit); err != nil {
		return fmt.Errorf("RLIMIT_CORE: %w", err)
	}
	return nil
}
