//go:build unix && !linux

package worker

import "golang.org/x/sys/unix"

// replace is dup2; macOS has no dup3.
func replace(from, to int) error { return unix.Dup2(from, to) }
