package ipc

import (
	"fmt"
	"net"
	"strconv"

	"golang.org/x/sys/unix"
)

// peer asks the kernel (LOCAL_PEERCRED, LOCAL_PEERPID, unix(4)). macOS has no
// call to name a process's program without cgo: the user alone is checked.
func peer(conn net.Conn) (Peer, error) {
	uc, ok := conn.(*net.UnixConn)
	if !ok {
		return Peer{}, fmt.Errorf("not a unix socket: %T", conn)
	}
	raw, err := uc.SyscallConn()
	if err != nil {
		return Peer{}, err
	}
	var p Peer
	var optErr error
	if err := raw.Control(func(fd uintptr) {
		var cred *unix.Xucred
		if cred, optErr = unix.GetsockoptXucred(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERCRED); optErr != nil {
			return
		}
		p.User = strconv.Itoa(int(cred.Uid))
		p.PID, optErr = unix.GetsockoptInt(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERPID)
	}); err != nil {
		return Peer{}, err
	}
	return p, optErr
}
