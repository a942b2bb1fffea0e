package prompt

import (
	"errors"
	"os/exec"
	"path/filepath"
	"runtime"
)

// ErrNoViewer tells that the system would not show a file.
var ErrNoViewer = errors.New("no program to show a file")

// View shows a file in the system's viewer for its kind. The system chooses the
// program by the name's ending, and with some endings starts the file itself:
// the caller gives the name, and no message does.
func View(file string) error {
	if !filepath.IsAbs(file) {
		return ErrNoViewer
	}
	program, args := "xdg-open", []string{file}
	switch runtime.GOOS {
	case "darwin":
		program = "open"
	case "windows":
		program, args = "rundll32", []string{"url.dll,FileProtocolHandler", file}
	}
	cmd := exec.Command(program, args...)
	if err := cmd.Start(); err != nil {
		return errors.Join(ErrNoViewer, err)
	}
	go func() { _ = cmd.Wait() }()
	return nil
}
