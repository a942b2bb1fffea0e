package outbox

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// noRoom: Windows has names of its own for a full disk.
func noRoom(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) || errors.Is(err, windows.ERROR_DISK_QUOTA_EXCEEDED)
}

// letGo closes a file that bbolt left open; the lock ends with the handle.
func letGo(f *os.File) error { return f.Close() }
