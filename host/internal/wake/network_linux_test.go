package wake

import (
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// inNamespace runs this test once more in a network of its own, where it may
// change what it likes and nobody else does anything. True there.
func inNamespace(t *testing.T) bool {
	t.Helper()
	const mark = "RACCORDO_TEST_NAMESPACE"
	if os.Getenv(mark) == t.Name() {
		return true
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.count=1", "-test.v")
	cmd.Env = append(os.Environ(), mark+"="+t.Name())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("in a network of its own: %v\n%s", err, out)
	}
	return false
}

// loopback changes the one interface that such a network has.
type loopback struct {
	t  *testing.T
	fd int
}

func (l loopback) ioctl(request uint, set func(*unix.Ifreq)) {
	l.t.Helper()
	r, err := unix.NewIfreq("lo")
	if err != nil {
		l.t.Fatal(err)
	}
	set(r)
	if err := unix.IoctlIfreq(l.fd, request, r); err != nil {
		l.t.Fatal(err)
	}
}

func (l loopback) flags(flags uint16) {
	l.t.Helper()
	l.ioctl(unix.SIOCSIFFLAGS, func(r *unix.Ifreq) { r.SetUint16(flags) })
}

func (l loopback) address(ip string) {
	l.t.Helper()
	l.ioctl(unix.SIOCSIFADDR, func(r *unix.Ifreq) {
		if err := r.SetInet4Addr(net.ParseIP(ip).To4()); err != nil {
			l.t.Fatal(err)
		}
	})
}

func TestNetwork(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	lo := loopback{t, fd}
	ctx, cancel := context.WithCancel(t.Context())
	reports, done := make(chan struct{}, 64), make(chan struct{})
	go func() {
		defer close(done)
		if err := watchNetwork(ctx, 100*time.Millisecond, func() { reports <- struct{}{} }); ctx.Err() == nil {
			t.Error(err)
		}
	}()
	// Only when the first is heard is the socket there.
	for up, heard := false, false; !heard; up = !up {
		lo.flags(map[bool]uint16{false: unix.IFF_UP, true: 0}[up])
		select {
		case <-reports:
			heard = true
		case <-time.After(200 * time.Millisecond):
		}
	}
	lo.flags(0)
	quiet := func() {
		for time.Sleep(400 * time.Millisecond); len(reports) > 0; {
			<-reports
		}
	}
	quiet()
	for _, change := range []struct {
		name string
		do   func()
		told bool
	}{
		{"nothing", func() {}, false},
		{"the cable is put in", func() { lo.flags(unix.IFF_UP) }, true},
		{"which it was", func() { lo.flags(unix.IFF_UP) }, false},
		{"an address", func() { lo.address("10.9.9.9") }, true},
		{"the cable is pulled out", func() { lo.flags(0) }, true},
		{"a burst", func() { lo.flags(unix.IFF_UP); lo.address("10.9.9.8"); lo.address("10.9.9.7"); lo.flags(0) }, true},
	} {
		change.do()
		time.Sleep(300 * time.Millisecond)
		got := len(reports)
		if told := got > 0; told != change.told || got > 1 {
			t.Errorf("%s: %d reports", change.name, got)
		}
		quiet()
	}
	lo.flags(unix.IFF_UP)
	time.Sleep(10 * time.Millisecond)
	cancel() // in the middle of a burst
	<-done
	if len(reports) > 0 {
		t.Error("a report after the end")
	}
}
