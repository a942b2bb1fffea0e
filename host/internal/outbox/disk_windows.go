package outbox

import (
	"os"

	"golang.org/x/sys/windows"
)

// noRoom: the disk is full, a file may not grow, the user's share is used up.
var noRoom = []error{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_DISK_QUOTA_EXCEEDED, windows.ERROR_FILE_TOO_LARGE}

// letGo closes a file that bbolt left open; the lock ends with the handle.
func letGo(f *os.File) error { return f.Close() }
