package wake

import (
	"encoding/binary"
	"maps"
	"testing"

	"golang.org/x/sys/unix"
)

// message is one of rtnetlink: a header, a struct, attributes.
func message(kind uint16, body []byte, attributes ...[]byte) []byte {
	for _, a := range attributes {
		body = append(body, a...)
	}
	b := make([]byte, unix.SizeofNlMsghdr, unix.SizeofNlMsghdr+len(body))
	binary.NativeEndian.PutUint32(b, uint32(cap(b)))
	binary.NativeEndian.PutUint16(b[4:], kind)
	return append(b, body...)
}

func attribute(kind uint16, value ...byte) []byte {
	b := make([]byte, unix.SizeofRtAttr, 16)
	binary.NativeEndian.PutUint16(b, uint16(unix.SizeofRtAttr+len(value)))
	binary.NativeEndian.PutUint16(b[2:], kind)
	for b = append(b, value...); len(b)%unix.RTA_ALIGNTO != 0; {
		b = append(b, 0)
	}
	return b
}

func linkBody(family byte, index, flags uint32) []byte {
	b := make([]byte, unix.SizeofIfInfomsg)
	b[0] = family
	binary.NativeEndian.PutUint32(b[4:], index)
	binary.NativeEndian.PutUint32(b[8:], flags)
	return b
}

func addressBody(index uint32) []byte {
	b := make([]byte, unix.SizeofIfAddrmsg)
	b[0], b[1] = unix.AF_INET, 24
	binary.NativeEndian.PutUint32(b[4:], index)
	return b
}

func routeBody() []byte {
	b := make([]byte, unix.SizeofRtMsg)
	b[0], b[4], b[7] = unix.AF_INET, unix.RT_TABLE_MAIN, unix.RTN_UNICAST
	return b
}

// What the kernel repeats, with each scan, lease and advertisement, is no news.
func TestChanged(t *testing.T) {
	ours, other := attribute(unix.IFA_LOCAL, 10, 0, 0, 7), attribute(unix.IFA_LOCAL, 10, 0, 0, 8)
	lease := func(left byte) []byte { return attribute(unix.IFA_CACHEINFO, append(make([]byte, 15), left)...) }
	gateway := attribute(unix.RTA_GATEWAY, 10, 0, 0, 1)
	const on = unix.IFF_UP | unix.IFF_RUNNING | unix.IFF_LOWER_UP
	known := routes{}
	for i, step := range []struct {
		name     string
		datagram []byte
		changed  bool
	}{
		{"a link", message(unix.RTM_NEWLINK, linkBody(0, 2, on)), true},
		{"a wireless scan", message(unix.RTM_NEWLINK, linkBody(0, 2, on|unix.IFF_PROMISC), attribute(unix.IFLA_WIRELESS, 1, 2, 3, 4)), false},
		{"another link", message(unix.RTM_NEWLINK, linkBody(0, 3, on)), true},
		{"the cable is pulled out", message(unix.RTM_NEWLINK, linkBody(0, 2, unix.IFF_UP)), true},
		{"a bridge's port", message(unix.RTM_NEWLINK, linkBody(unix.AF_BRIDGE, 2, on)), false},
		{"and put in", message(unix.RTM_NEWLINK, linkBody(0, 2, on)), true},
		{"an address", message(unix.RTM_NEWADDR, addressBody(2), ours, lease(9)), true},
		{"its lease", message(unix.RTM_NEWADDR, addressBody(2), ours, lease(8)), false},
		{"another one", message(unix.RTM_NEWADDR, addressBody(2), other), true},
		{"the same elsewhere", message(unix.RTM_NEWADDR, addressBody(3), other), true},
		{"it goes", message(unix.RTM_DELADDR, addressBody(2), ours), true},
		{"and comes back", message(unix.RTM_NEWADDR, addressBody(2), ours), true},
		{"a route", message(unix.RTM_NEWROUTE, routeBody(), gateway), true},
		{"an advertisement of it", message(unix.RTM_NEWROUTE, routeBody(), gateway, attribute(unix.RTA_CACHEINFO, 1, 2, 3, 4)), false},
		{"another gateway", message(unix.RTM_NEWROUTE, routeBody(), attribute(unix.RTA_GATEWAY, 10, 0, 0, 2)), true},
		{"it goes", message(unix.RTM_DELROUTE, routeBody(), gateway), true},
		{"two, one of them new", append(message(unix.RTM_NEWADDR, addressBody(2), ours), message(unix.RTM_NEWROUTE, routeBody(), gateway)...), true},
		{"two, none of them new", append(message(unix.RTM_NEWADDR, addressBody(2), ours), message(unix.RTM_NEWROUTE, routeBody(), gateway)...), false},
		{"a link goes", message(unix.RTM_DELLINK, linkBody(0, 3, 0)), true},
		{"something else", message(unix.RTM_NEWNEIGH, make([]byte, 12)), false},
		{"too short", message(unix.RTM_NEWADDR, []byte{2, 24, 0, 0}), false},
		{"nothing", nil, false},
		{"no netlink", []byte("\x08\x00\x00\x00 what is this, please?"), true},
	} {
		if got := known.changed(step.datagram); got != step.changed {
			t.Errorf("%d, %s: %v", i, step.name, got)
		}
	}
}

// What is remembered is bounded.
func TestKnownIsBounded(t *testing.T) {
	known := routes{}
	for i := range uint32(3 * most) {
		if !known.changed(message(unix.RTM_NEWLINK, linkBody(0, i, unix.IFF_UP))) {
			t.Fatalf("link %d is no news", i)
		}
	}
	if len(known) > most {
		t.Errorf("%d remembered", len(known))
	}
}

func FuzzChanged(f *testing.F) {
	f.Add(message(unix.RTM_NEWLINK, linkBody(0, 2, unix.IFF_UP)))
	f.Add(message(unix.RTM_NEWADDR, addressBody(2), attribute(unix.IFA_LOCAL, 10, 0, 0, 7)))
	f.Add(message(unix.RTM_NEWROUTE, routeBody(), attribute(unix.RTA_GATEWAY, 10, 0, 0, 1)))
	f.Fuzz(func(t *testing.T, datagram []byte) {
		known := routes{}
		known.changed(datagram)
		before := maps.Clone(known)
		if !known.changed(datagram) && !maps.Equal(before, known) {
			t.Errorf("no change, and yet %v is %v", before, known)
		}
	})
}
