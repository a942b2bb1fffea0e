// Package ipc is the local socket between the relay, the command line and the
// one agent of a user session: a Unix socket in a folder only the user may
// enter, a named pipe on Windows. Both sides check who is at the other end:
// the same user and a program from the same folder, so that neither a squatted
// socket nor a foreign program gets a conversation.
//
// It opens no network port and knows nothing of the messages that pass.
package ipc

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// ErrNoAgent tells that nobody listens: the agent can be started.
var ErrNoAgent = errors.New("no agent listens")

// ErrUntrusted tells that the peer is another user or another program.
var ErrUntrusted = errors.New("untrusted peer")

// Peer is the process at the other end of a connection, as the operating
// system names it.
type Peer struct {
	PID  int
	User string // uid or SID
	Exe  string // absolute path; empty where the system does not tell
}

// Verify returns the peer of conn, or ErrUntrusted when it runs as another
// user or not from one of dirs. An empty dirs checks the user only.
func Verify(conn net.Conn, dirs ...string) (Peer, error) {
	p, err := peer(conn)
	if err != nil {
		return p, fmt.Errorf("%w: %w", ErrUntrusted, err)
	}
	if p.User != self() {
		return p, fmt.Errorf("%w: user %s", ErrUntrusted, p.User)
	}
	if len(dirs) == 0 || p.Exe == "" {
		return p, nil
	}
	dir := filepath.Dir(p.Exe) // without the " (deleted)" of a program that an upgrade replaced
	for _, d := range dirs {
		if sameDir(dir, d) {
			return p, nil
		}
	}
	return p, fmt.Errorf("%w: program %s", ErrUntrusted, p.Exe)
}

// OwnDir is the folder of the running program with symbolic links resolved:
// the relay, the agent and the command line are installed side by side.
func OwnDir() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	if exe, err = filepath.EvalSymlinks(exe); err != nil {
		return "", err
	}
	return filepath.Dir(exe), nil
}
