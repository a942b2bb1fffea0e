//go:build unix

package agent

import (
	"fmt"
	"os"
	"syscall"
)

// buildOf names the file at path by device, inode, size and time of change.
// The inode of a program that runs is not given to another file: one that was
// replaced has another name even where a package sets all times alike.
func buildOf(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", fmt.Errorf("%s: no inode", path)
	}
	return fmt.Sprintf("%x.%x.%x.%x", st.Dev, st.Ino, st.Size, info.ModTime().UnixNano()), nil
}
