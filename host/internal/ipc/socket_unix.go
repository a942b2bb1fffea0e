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

// Listen takes the one place of the agent. It fails with ErrTaken while
// another agent lives; a socket that a killed agent left behind is replaced.
func Listen() (net.Listener, error) {
	if err := secureDir(Dir()); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(Dir(), "agent.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		return nil, ErrTaken
	}
	if err := os.Remove(Address()); err != nil && !errors.Is(err, os.ErrNotExist) {
		lock.Close()
		return nil, err
	}
	l, err := net.Listen("unix", Address())
	if err != nil {
		lock.Close()
		return nil, err
	}
	return &listener{l, lock}, nil
}

// listener holds the lock as long as it listens.
type listener struct {
	net.Listener
	lock *os.File
}

func (l *listener) Close() error {
	err := l.Listener.Close()
	l.lock.Close()
	return err
}

// ErrTaken tells that another agent of this user already listens.
var ErrTaken = errors.New("another agent already runs")

// Dial connects to the agent; ErrNoAgent when there is none.
func Dial() (net.Conn, error) {
	conn, err := net.DialTimeout("unix", Address(), 2*time.Second)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, ErrNoAgent
	}
	return conn, err
}

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
