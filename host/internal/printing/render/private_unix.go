//go:build unix

package render

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// private makes the folder one that only this user writes to: what is in it is run.
func private(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var st unix.Stat_t
	if err := unix.Lstat(dir, &st); err != nil {
		return &fs.PathError{Op: "lstat", Path: dir, Err: err}
	}
	if uint32(st.Mode)&unix.S_IFMT != unix.S_IFDIR || int(st.Uid) != os.Geteuid() {
		return errors.New("the folder is somebody else's")
	}
	if st.Mode&0o077 == 0 {
		return nil
	}
	// What others could write to so far is not to be trusted.
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.Mkdir(dir, 0o700)
}
