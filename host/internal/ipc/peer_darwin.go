package ipc

import (
	"net"
	"strconv"

	"golang.org/x/sys/unix"
)

// peer asks the kernel (LOCAL_PEERCRED, LOCAL_PEERPID, unix(4)). macOS has no
// call to name a process's program without cgo: the user alone is checked.
func peer(conn net.Conn) (p Peer, err error) {
	err = withDescriptor(conn, func(fd int) error {
		cred, err := unix.GetsockoptXucred(fd, unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
		if err != nil {
			return err
		}
		p.User = strconv.Itoa(int(cred.Uid))
		p.PID, err = unix.GetsockoptInt(fd, unix.SOL_LOCAL, unix.LOCAL_PEERPID)
		return err
	})
	return p, err
}
