//go:build !windows

package card

import "os/exec"

func hideWindow(*exec.Cmd) {}
