//go:build unix

package firefox

import (
	"os/exec"
	"syscall"
)

// ownGroup puts the browser and its helpers into a process group that can be
// ended as one.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup ends what is left of a browser; an empty group is no fault.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }
