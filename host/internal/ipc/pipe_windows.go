package ipc

import (
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// Dir is not used on Windows: the pipe has no folder.
func Dir() string { return "" }

// Address is the user's own pipe.
func Address() string { return `\\.\pipe\raccordo-` + self() }

// ErrTaken tells that another agent of this user already listens.
var ErrTaken = errors.New("another agent already runs")

// Listen makes the pipe for the user's SID only; the network is denied.
// FILE_FLAG_FIRST_PIPE_INSTANCE (set by go-winio) makes a second one fail.
func Listen() (net.Listener, error) {
	l, err := winio.ListenPipe(Address(), &winio.PipeConfig{
		SecurityDescriptor: "D:P(D;;GA;;;NU)(A;;GA;;;" + self() + ")",
	})
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_PIPE_BUSY) {
		return nil, ErrTaken
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
