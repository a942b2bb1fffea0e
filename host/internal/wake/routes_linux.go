package wake

import (
	"encoding/binary"
	"fmt"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// routes is what the kernel has told so far: links, addresses and routes, each
// with what matters of it. The kernel and the daemons repeat themselves, with
// each lease and each router advertisement; that is no change.
type routes map[string]string

// most is how much is remembered; a PC has some dozens.
const most = 4096

// changed takes one datagram of rtnetlink(7) and tells whether it says
// anything new. One that can not be read does.
func (r routes) changed(datagram []byte) bool {
	messages, err := syscall.ParseNetlinkMessage(datagram)
	if err != nil {
		return true
	}
	changed := false
	for _, m := range messages {
		if r.take(m) {
			changed = true
		}
	}
	return changed
}

func (r routes) take(m syscall.NetlinkMessage) bool {
	var key, value string
	switch m.Header.Type {
	case unix.RTM_NEWLINK, unix.RTM_DELLINK:
		key, value = link(m.Data)
	case unix.RTM_NEWADDR, unix.RTM_DELADDR:
		key = address(m.Data)
	case unix.RTM_NEWROUTE, unix.RTM_DELROUTE:
		key, value = route(m.Data)
	}
	if key == "" {
		return false
	}
	switch m.Header.Type {
	case unix.RTM_DELLINK, unix.RTM_DELADDR, unix.RTM_DELROUTE:
		delete(r, key)
		return true
	}
	if old, ok := r[key]; ok && old == value {
		return false
	}
	if len(r) >= most {
		clear(r)
	}
	r[key] = value
	return true
}

// link is a struct ifinfomsg: which, and whether it is up and has a cable. A
// wireless one reports each scan; a bridge's ports are reported as such, too.
func link(b []byte) (key, value string) {
	if len(b) < unix.SizeofIfInfomsg || b[0] != unix.AF_UNSPEC {
		return "", ""
	}
	index, flags := binary.NativeEndian.Uint32(b[4:]), binary.NativeEndian.Uint32(b[8:])
	return fmt.Sprintf("link %d", index), fmt.Sprint(flags & (unix.IFF_UP | unix.IFF_RUNNING | unix.IFF_LOWER_UP))
}

// address is a struct ifaddrmsg and what makes it this address, without its
// times.
func address(b []byte) (key string) {
	if len(b) < unix.SizeofIfAddrmsg {
		return ""
	}
	family, bits, index := b[0], b[1], binary.NativeEndian.Uint32(b[4:])
	return fmt.Sprintf("address %d %d %d %x", family, bits, index, attributes(b[unix.SizeofIfAddrmsg:], unix.IFA_ADDRESS, unix.IFA_LOCAL))
}

// route is a struct rtmsg: where to, and by which way.
func route(b []byte) (key, value string) {
	if len(b) < unix.SizeofRtMsg {
		return "", ""
	}
	family, bits, table, kind := b[0], b[1], b[4], b[7]
	attrs := b[unix.SizeofRtMsg:]
	key = fmt.Sprintf("route %d %d %d %x", family, bits, table, attributes(attrs, unix.RTA_TABLE, unix.RTA_DST, unix.RTA_PRIORITY))
	return key, fmt.Sprintf("%d %x", kind, attributes(attrs, unix.RTA_OIF, unix.RTA_GATEWAY, unix.RTA_VIA, unix.RTA_MULTIPATH))
}

// attributes are the values of some attributes (struct rtattr) behind the
// message's own struct, in the order of wanted. The standard library's reader
// panics on a last one that is cut off.
func attributes(b []byte, wanted ...uint16) [][]byte {
	values := make([][]byte, len(wanted))
	for len(b) >= unix.SizeofRtAttr {
		size, kind := int(binary.NativeEndian.Uint16(b)), binary.NativeEndian.Uint16(b[2:])&^unix.NLA_F_NESTED
		if size < unix.SizeofRtAttr || size > len(b) {
			break
		}
		if i := slices.Index(wanted, kind); i >= 0 {
			values[i] = b[unix.SizeofRtAttr:size]
		}
		b = b[min((size+unix.RTA_ALIGNTO-1)&^(unix.RTA_ALIGNTO-1), len(b)):]
	}
	return values
}
