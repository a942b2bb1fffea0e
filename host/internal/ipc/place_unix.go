//go:build unix

package ipc

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// Take takes the place of the agent. It fails with ErrTaken while another
// process has it; the system gives it back when that one dies.
func Take() (*Place, error) {
	if err := secureDir(Dir()); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(Dir(), "agent.lock"), os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		return nil, ErrTaken
	}
	return &Place{lock}, nil
}

// Listen opens the socket; what a killed agent left behind is replaced.
func (p *Place) Listen() (net.Listener, error) {
	if err := os.Remove(Address()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return net.Listen("unix", Address())
}
