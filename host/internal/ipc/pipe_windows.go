package ipc

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// Dir is not used on Windows: the pipe has no folder.
func Dir() string { return "" }

// Address is the user's own pipe.
func Address() string { return `\\.\pipe\raccordo-` + self() }

// Take takes the place of the agent: a lock on a file of the user's own, where
// nobody else can be first, as one could with the name of a mutex. It fails
// with ErrTaken while another process has it.
func Take() (*Place, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	dir = filepath.Join(dir, "raccordo")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "agent.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	if err := windows.LockFileEx(windows.Handle(lock.Fd()), flags, 0, 1, 0, new(windows.Overlapped)); err != nil {
		lock.Close()
		return nil, ErrTaken
	}
	return &Place{lock}, nil
}

// Listen makes the pipe for the user's SID only; the network is denied.
// FILE_FLAG_FIRST_PIPE_INSTANCE (set by go-winio) refuses a name that somebody
// else made before.
func (p *Place) Listen() (net.Listener, error) {
	l, err := winio.ListenPipe(Address(), &winio.PipeConfig{
		SecurityDescriptor: "D:P(D;;GA;;;NU)(A;;GA;;;" + self() + ")",
	})
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_PIPE_BUSY) {
		return nil, fmt.Errorf("%w: %s belongs to another program", ErrUntrusted, Address())
	}
	return l, err
}

// Dial connects to the agent; ErrNoAgent when there is none.
func Dial() (net.Conn, error) {
	timeout := 2 * time.Second
	conn, err := winio.DialPipe(Address(), &timeout)
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrNoAgent
	}
	return conn, err
}

func self() string {
	token := windows.GetCurrentProcessToken()
	user, err := token.GetTokenUser()
	if err != nil {
		return ""
	}
	return user.User.Sid.String()
}

// sameDir knows that names on Windows have two cases and two lengths
// (C:\PROGRA~1).
func sameDir(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// peer names the process at the other end of the pipe and its owner.
func peer(conn net.Conn) (Peer, error) {
	fd, ok := conn.(interface{ Fd() uintptr })
	if !ok {
		return Peer{}, fmt.Errorf("not a pipe: %T", conn)
	}
	handle := windows.Handle(fd.Fd())
	var pid, flags uint32
	if err := windows.GetNamedPipeInfo(handle, &flags, nil, nil, nil); err != nil {
		return Peer{}, err
	}
	ask := windows.GetNamedPipeServerProcessId
	if flags&windows.PIPE_SERVER_END != 0 {
		ask = windows.GetNamedPipeClientProcessId
	}
	if err := ask(handle, &pid); err != nil {
		return Peer{}, err
	}
	proc, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err != nil {
		return Peer{}, err
	}
	defer windows.CloseHandle(proc)
	var token windows.Token
	if err := windows.OpenProcessToken(proc, windows.TOKEN_QUERY, &token); err != nil {
		return Peer{}, err
	}
	defer token.Close()
	user, err := token.GetTokenUser()
	if err != nil {
		return Peer{}, err
	}
	name := make([]uint16, windows.MAX_LONG_PATH)
	size := uint32(len(name))
	if err := windows.QueryFullProcessImageName(proc, 0, &name[0], &size); err != nil {
		return Peer{}, err
	}
	return Peer{PID: int(pid), User: user.User.Sid.String(), Exe: windows.UTF16ToString(name[:size])}, nil
}
