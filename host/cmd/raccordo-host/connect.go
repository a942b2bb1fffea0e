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

	"raccordo/host/internal/ipc"
	"raccordo/host/internal/wire"
)

// startTime bounds the wait for an agent that was just started.
const startTime = 5 * time.Second

// attempts is how many agents may go away while they are met: one that is
// replaced, and one that is being told to end.
const attempts = 3

// greetTime bounds the wait for an agent's answer to the greeting.
const greetTime = 2 * time.Second

// An agent listens some 20 ms after its start: until eagerTime the relay looks
// every millisecond, then every slowLook.
const (
	eagerTime = 100 * time.Millisecond
	slowLook  = 20 * time.Millisecond
)

// Why there is no agent; these texts hold no path.
var (
	errPeer    = errors.New("socket held by another program")
	errEnded   = errors.New("agent ended at once")
	errSilent  = errors.New("agent started but does not listen")
	errRetires = errors.New("agent leaves its place to a newer one")
)

// connect reaches the agent, starting it when none runs, checks that it is
// ours, and introduces the caller. An agent whose program an upgrade has
// replaced leaves its place to the one that is started then.
func connect(caller wire.Caller) (net.Conn, error) {
	dir, err := ipc.OwnDir()
	if err != nil {
		return nil, err
	}
	conn, err := ipc.Dial()
	for range attempts {
		if errors.Is(err, ipc.ErrNoAgent) || errors.Is(err, errRetires) {
			conn, err = startAgent(dir)
		}
		if err != nil {
			return nil, untrusted(err)
		}
		if conn, err = greet(conn, dir, caller); !errors.Is(err, errRetires) {
			return conn, err
		}
	}
	return nil, err
}

// untrusted makes a folder that somebody else could use the same as another
// program at the socket.
func untrusted(err error) error {
	if errors.Is(err, ipc.ErrUntrusted) {
		return fmt.Errorf("%w: %w", errPeer, err)
	}
	return err
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
			if err != nil {
				return nil, fmt.Errorf("%w: %w", errEnded, err)
			}
			// Another relay's agent has the place and is about to listen.
		default:
		}
		if time.Since(begin) > startTime {
			return nil, errSilent
		}
	}
}
