package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"raccordo/host/internal/frame"
	"raccordo/host/internal/ipc"
)

// startTime bounds the wait for an agent that was just started.
const startTime = 5 * time.Second

// An agent listens some 20 ms after its start: until eagerTime the relay looks
// every millisecond, then every slowLook.
const (
	eagerTime = 100 * time.Millisecond
	slowLook  = 20 * time.Millisecond
)

var errPeer = errors.New("socket held by another program")

// connect reaches the agent, starting it when none runs, checks that it is
// ours, and introduces the caller with the greeting. It dials before all else:
// what the agent has to do on its side, it does meanwhile.
func connect(greeting <-chan []byte) (net.Conn, error) {
	conn, err := ipc.Dial()
	dir, unknown := ipc.OwnDir()
	if errors.Is(err, ipc.ErrNoAgent) && unknown == nil {
		conn, err = startAgent(dir)
	}
	if err != nil || unknown != nil {
		if err == nil {
			conn.Close()
		}
		return nil, errors.Join(unknown, err)
	}
	if _, err := ipc.Verify(conn, dir); err != nil {
		conn.Close()
		return nil, fmt.Errorf("%w: %w", errPeer, err)
	}
	return conn, frame.Write(conn, <-greeting)
}

// startAgent starts the agent that lies beside this program, detached from
// the browser: a browser ends its host's process tree together with the port.
// Two relays may do this at once; the second agent finds the place taken and
// leaves.
func startAgent(dir string) (net.Conn, error) {
	name := "raccordo"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	cmd := exec.Command(filepath.Join(dir, name), "agent", "--on-demand")
	cmd.SysProcAttr = detached()
	cmd.Dir = os.TempDir()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	died := make(chan error, 1)
	go func() { died <- cmd.Wait() }()
	begin := time.Now()
	for wait := time.Millisecond; ; {
		time.Sleep(wait)
		if time.Since(begin) > eagerTime {
			wait = slowLook
		}
		conn, err := ipc.Dial()
		if !errors.Is(err, ipc.ErrNoAgent) {
			return conn, err
		}
		select {
		case err := <-died:
			// Perhaps another relay's agent won: one more look.
			if conn, again := ipc.Dial(); again == nil {
				return conn, nil
			}
			return nil, fmt.Errorf("agent ended at once: %v", err)
		default:
		}
		if time.Since(begin) > startTime {
			return nil, errors.New("agent started but does not listen")
		}
	}
}
