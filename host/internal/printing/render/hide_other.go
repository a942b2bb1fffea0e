//go:build !windows

package render

import "os/exec"

func hideWindow(*exec.Cmd) {}

// environment is empty: the child needs nothing of ours.
func environment() []string { return []string{} }
