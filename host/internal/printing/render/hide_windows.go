package render

import (
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// hideWindow keeps a console from flashing up behind the doctor's browser.
func hideWindow(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true, CreationFlags: windows.CREATE_NO_WINDOW}
}

// environment is what Windows needs to load its own libraries.
func environment() []string { return []string{"SystemRoot=" + os.Getenv("SystemRoot")} }
