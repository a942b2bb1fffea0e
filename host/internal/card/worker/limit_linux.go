package worker

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// limitMemory makes a module that allocates without end fail or crash, before
// the PC begins to swap. Not RLIMIT_AS: the Go runtime alone reserves more
// address space than that. RLIMIT_DATA counts what is private and writable,
// since Linux 4.7 mapped memory too; what is there already is not the module's.
func limitMemory() error {
	own, err := dataSize()
	if err != nil {
		return fmt.Errorf("limiting memory: %w", err)
	}
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_DATA, &limit); err != nil {
		return fmt.Errorf("limiting memory: %w", err)
	}
	// A limit that was set before us can not be raised, and need not be.
	limit.Max = min(limit.Max, own+maxMemory)
	limit.Cur = limit.Max
	if err := unix.Setrlimit(unix.RLIMIT_DATA, &limit); err != nil {
		return fmt.Errorf("limiting memory: %w", err)
	}
	return nil
}

// dataSize is what RLIMIT_DATA compares, in bytes (VmData, proc(5)).
func dataSize() (uint64, error) {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		rest, ok := strings.CutPrefix(lines.Text(), "VmData:")
		if !ok {
			continue
		}
		var kib uint64
		_, err := fmt.Sscanf(rest, "%d kB", &kib)
		return kib << 10, err
	}
	return 0, errors.New("no VmData")
}
