//go:build linux || windows

package agent

import (
	"errors"
	"testing"
	"time"

	"raccordo/host/internal/ipc"
)

// agentOf waits until an agent listens that is not the one before.
func agentOf(t *testing.T, before int) int {
	t.Helper()
	for {
		if conn, err := ipc.Dial(); err == nil {
			p, err := ipc.Verify(conn)
			conn.Close()
			if err == nil && p.PID != before {
				return p.PID
			}
		} else if !errors.Is(err, ipc.ErrNoAgent) {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func nobody(t *testing.T) {
	t.Helper()
	if conn, err := ipc.Dial(); !errors.Is(err, ipc.ErrNoAgent) {
		t.Errorf("somebody listens: %v, %v", conn, err)
	}
}
