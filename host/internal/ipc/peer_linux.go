package ipc

import (
	"net"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// peer asks the kernel (SO_PEERCRED, unix(7)).
func peer(conn net.Conn) (Peer, error) {
	var cred *unix.Ucred
	err := withDescriptor(conn, func(fd int) (err error) {
		cred, err = unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
		return err
	})
	if err != nil {
		return Peer{}, err
	}
	exe, err := os.Readlink("/proc/" + strconv.Itoa(int(cred.Pid)) + "/exe")
	if err != nil {
		return Peer{}, err
	}
	return Peer{PID: int(cred.Pid), User: strconv.Itoa(int(cred.Uid)), Exe: exe}, nil
}
