//go:build !unix

package browser

import (
	"os"
	"os/exec"
)

// Without inherited descriptors 3 and 4 the debugging pipe does not exist: on
// these systems Start answers with an error of os/exec.
func ownGroup(*exec.Cmd) {}

func killGroup(pid int) {
	if p, err := os.FindProcess(pid); err == nil {
		_ = p.Kill()
	}
}
