package loopback

import (
	"errors"
	"os/exec"
	"runtime"
	"strings"
)

// ErrNoBrowser tells that the system would not open a page.
var ErrNoBrowser = errors.New("no browser can be opened")

// Browse opens an https address in the user's browser.
func Browse(address string) error {
	if !strings.HasPrefix(address, "https://") {
		return ErrNoBrowser // the other programs of the system are not for a region to start
	}
	program, args := "xdg-open", []string{address}
	switch runtime.GOOS {
	case "darwin":
		program = "open"
	case "windows":
		program, args = "rundll32", []string{"url.dll,FileProtocolHandler", address}
	}
	cmd := exec.Command(program, args...)
	if err := cmd.Start(); err != nil {
		return errors.Join(ErrNoBrowser, err)
	}
	go func() { _ = cmd.Wait() }()
	return nil
}
