package secret

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/windows"
)

// private has nothing to check on Windows: the profile's folders are the
// user's by their inherited access control list.
func private(string) error { return nil }

// alone waits until no other program moves the key of dir; the system lets go
// of the lock of a program that died.
func alone(dir string) (release func(), err error) {
	f, err := os.OpenFile(filepath.Join(dir, "key.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, new(windows.Overlapped))
	if err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}

// seize takes the lock of a folder if nobody has it; ErrInUse.
func seize(file string) (*os.File, error) {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, new(windows.Overlapped))
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		err = ErrInUse
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// settle has no counterpart on Windows, where a folder is not flushed.
func settle(string) error { return nil }

// rename tries again for a moment: Windows refuses to replace a file that
// another program replaces or reads just now.
func rename(from, to string) error {
	for wait := time.Millisecond; ; wait *= 2 {
		err := os.Rename(from, to)
		busy := errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_SHARING_VIOLATION)
		if !busy || wait > 256*time.Millisecond {
			return err
		}
		time.Sleep(wait)
	}
}
