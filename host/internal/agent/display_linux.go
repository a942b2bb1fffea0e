package agent

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// displayVariables are how a program finds the desktop.
var displayVariables = []string{"DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "DBUS_SESSION_BUS_ADDRESS"}

const (
	displayFirst = time.Second // and doubled
	displayMost  = time.Minute
)

// AdoptDisplay waits until the user's manager knows a display and takes it into
// this process's environment. A service that starts with the manager is there
// before the desktop, which tells the manager of its display when it comes up
// (systemctl import-environment), and not who runs already.
func AdoptDisplay(ctx context.Context) {
	for wait := displayFirst; os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == ""; wait = min(2*wait, displayMost) {
		if out, err := exec.CommandContext(ctx, "systemctl", "--user", "show-environment").Output(); err == nil {
			for name, value := range display(string(out)) {
				os.Setenv(name, value)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// display reads the variables of a desktop; none without one. systemctl quotes
// a value with special characters as a shell does, $'…'.
func display(environment string) map[string]string {
	found := map[string]string{}
	for line := range strings.Lines(environment) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		for _, wanted := range displayVariables {
			if name == wanted {
				found[name] = unquoted(value)
			}
		}
	}
	if found["DISPLAY"] == "" && found["WAYLAND_DISPLAY"] == "" {
		return nil
	}
	return found
}

func unquoted(value string) string {
	inner, ok := strings.CutPrefix(value, "$'")
	if !ok {
		return value
	}
	inner = strings.ReplaceAll(strings.TrimSuffix(inner, "'"), `\'`, "'")
	if plain, err := strconv.Unquote(`"` + strings.ReplaceAll(inner, `"`, `\"`) + `"`); err == nil {
		return plain
	}
	return value
}
