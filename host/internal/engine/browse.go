package engine

import (
	"os/exec"
	"runtime"

	"raccordo/host/internal/prompt"
)

// Browse opens an address in the user's browser. The address is the one of the
// region's own page, which only the configuration names.
func Browse(address string) error {
	program, args := "xdg-open", []string{address}
	switch runtime.GOOS {
	case "darwin":
		program = "open"
	case "windows":
		program, args = "rundll32", []string{"url.dll,FileProtocolHandler", address}
	}
	cmd := exec.Command(program, args...)
	if err := cmd.Start(); err != nil {
		return prompt.ErrUnavailable
	}
	go func() { _ = cmd.Wait() }()
	return nil
}
