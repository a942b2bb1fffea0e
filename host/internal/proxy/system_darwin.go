package proxy

import (
	"context"
	"os/exec"
	"time"
)

// readSystem asks macOS for the settings of the network service in use. There
// is no other way without C; the program is the system's own.
func readSystem(ctx context.Context) (settings, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "/usr/sbin/scutil", "--proxy").Output()
	if err != nil {
		return settings{}, err
	}
	return parseScutil(string(out)), nil
}
