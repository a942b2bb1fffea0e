package nodump

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// coreLimit is one byte, in which no core fits. Zero would stop core files but
// not a core that is piped to a collector (systemd-coredump, apport); at one
// the kernel starts no collector either (fs/coredump.c).
const coreLimit = 1

func hide() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("PR_SET_DUMPABLE: %w", err)
	}
	return nil
}
