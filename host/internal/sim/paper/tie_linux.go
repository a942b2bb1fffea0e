package paper

import (
	"os/exec"
	"syscall"
)

// tie has the process end when this program does, however it does.
func tie(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }
