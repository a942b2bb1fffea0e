package wake

import (
	"bufio"
	"context"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/rs/zerolog"
)

// bus is a real bus of our own in the system bus's place.
func bus(t *testing.T) (stop func()) {
	t.Helper()
	cmd := exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1",
		"--address=unix:path="+t.TempDir()+"/b")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() { cmd.Process.Kill(); cmd.Wait() })
	t.Cleanup(stop)
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", strings.TrimSpace(address))
	return stop
}

const daemonPath = dbus.ObjectPath("/org/freedesktop/login1")

// daemon puts somebody on the bus, with logind's name or without.
func daemon(t *testing.T, name string) *dbus.Conn {
	t.Helper()
	conn, err := dbus.ConnectSystemBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if name != "" {
		if _, err := conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil {
			t.Fatal(err)
		}
	}
	return conn
}

func TestResume(t *testing.T) {
	bus(t)
	logind, stranger := daemon(t, logind), daemon(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	reports, done := make(chan string, 64), make(chan struct{})
	go func() {
		defer close(done)
		Watch(ctx, zerolog.Nop(), func(reason string) { reports <- reason })
	}()
	sleeps := func(c *dbus.Conn, args ...any) {
		if err := c.Emit(daemonPath, manager+".PrepareForSleep", args...); err != nil {
			t.Fatal(err)
		}
	}
	// Only when the first is heard is the subscription there.
	for heard := false; !heard; {
		sleeps(logind, false)
		select {
		case reason := <-reports:
			heard = reason == Resume
		case <-time.After(20 * time.Millisecond):
		}
	}
	time.Sleep(100 * time.Millisecond)
	for len(reports) > 0 {
		<-reports
	}
	sleeps(stranger, false) // not logind
	sleeps(logind, true)    // begins
	sleeps(logind)          // nonsense
	sleeps(logind, "false")
	logind.Emit(daemonPath, manager+".PrepareForShutdown", false)
	sleeps(logind, false)
	if got := <-reports; got != Resume {
		t.Errorf("%q", got)
	}
	time.Sleep(100 * time.Millisecond)
	if len(reports) > 0 {
		t.Errorf("%d reports too many", len(reports))
	}
	cancel()
	<-done
}

// Without a bus, or after its end, sleep is noticed by the clocks.
func TestNoBus(t *testing.T) {
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+t.TempDir()+"/none")
	if err := watchSleep(t.Context(), func() { t.Error("reported") }); err == nil {
		t.Error("listens to nobody")
	}
	stop := bus(t)
	daemon(t, logind)
	time.AfterFunc(100*time.Millisecond, stop)
	if err := watchSleep(t.Context(), func() { t.Error("reported") }); err == nil {
		t.Error("the end of the bus is not told")
	}
}

// Watch goes on by the clocks and ends with its context.
func TestWatchWithoutBus(t *testing.T) {
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+t.TempDir()+"/none")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	Watch(ctx, zerolog.Nop(), func(string) {})
	if ctx.Err() == nil {
		t.Error("gives up by itself")
	}
}
