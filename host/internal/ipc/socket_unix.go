//go:build unix

package ipc

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// Dir is the folder of the socket: $XDG_RUNTIME_DIR/raccordo, else a folder of
// the user's in the temporary directory.
func Dir() string {
	if d := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(d) {
		return filepath.Join(d, "raccordo")
	}
	return filepath.Join(os.TempDir(), "raccordo-"+strconv.Itoa(os.Getuid()))
}

// Address is where the agent listens.
func Address() string { return filepath.Join(Dir(), "agent.sock") }

// secureDir makes dir with mode 0700, or refuses one that somebody else could
// have put there.
func secureDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return checkDir(dir)
}

// checkDir refuses a folder that is a link, another user's or open to others.
func checkDir(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(st.Uid) != os.Getuid() || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%w: %s is not a private folder of this user", ErrUntrusted, dir)
	}
	return nil
}

// Dial connects to the agent. ErrNoAgent: there is none, or something lies in
// its place that a starting agent replaces. ErrUntrusted: the folder is not
// this user's own, and whoever listens there is not asked anything.
func Dial() (net.Conn, error) {
	if err := checkDir(Dir()); errors.Is(err, os.ErrNotExist) {
		return nil, ErrNoAgent
	} else if err != nil {
		return nil, err
	}
	info, err := os.Lstat(Address())
	if errors.Is(err, os.ErrNotExist) || err == nil && info.Mode().Type() != os.ModeSocket {
		return nil, ErrNoAgent // a link to a socket elsewhere is not ours either
	}
	conn, err := net.DialTimeout("unix", Address(), 2*time.Second)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, ErrNoAgent
	}
	return conn, err
}

func sameDir(a, b string) bool { return a == b }

func self() string { return strconv.Itoa(os.Getuid()) }

// withDescriptor lets ask look at the socket of conn.
func withDescriptor(conn net.Conn, ask func(fd int) error) error {
	uc, ok := conn.(*net.UnixConn)
	if !ok {
		return fmt.Errorf("not a unix socket: %T", conn)
	}
	raw, err := uc.SyscallConn()
	if err != nil {
		return err
	}
	var answer error
	if err := raw.Control(func(fd uintptr) { answer = ask(int(fd)) }); err != nil {
		return err
	}
	return answer
}
