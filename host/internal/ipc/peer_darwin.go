package ipc

import (
	"net"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// peer asks the kernel (LOCAL_PEERCRED, LOCAL_PEERPID, unix(4)).
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
	if err != nil {
		return p, err
	}
	p.Exe, err = program(p.PID)
	return p, err
}

// program is proc_pidpath of <libproc.h> without cgo: proc_info(2) with
// PROC_INFO_CALL_PIDINFO and PROC_PIDPATHINFO, from XNU's sys/proc_info.h.
func program(pid int) (string, error) {
	const (
		callPIDInfo = 2
		pathInfo    = 11
	)
	var path [4096]byte // PROC_PIDPATHINFO_MAXSIZE
	_, _, errno := syscall.Syscall6(syscall.SYS_PROC_INFO, callPIDInfo, uintptr(pid), pathInfo, 0,
		uintptr(unsafe.Pointer(&path)), uintptr(len(path)))
	if errno != 0 {
		return "", errno
	}
	return unix.ByteSliceToString(path[:]), nil
}
