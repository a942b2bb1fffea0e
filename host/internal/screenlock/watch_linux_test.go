package screenlock_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"raccordo/host/internal/screenlock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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

// fake is a logind with sessions of different users.
type fake struct {
	conn *dbus.Conn
	uid  uint32
}

func (f fake) Get(_, name string) (dbus.Variant, *dbus.Error) {
	if name != "User" {
		return dbus.Variant{}, dbus.MakeFailedError(os.ErrNotExist)
	}
	return dbus.MakeVariant(struct {
		UID  uint32
		Path dbus.ObjectPath
	}{f.uid, "/org/freedesktop/login1/user/u"}), nil
}

const (
	mine   = dbus.ObjectPath("/org/freedesktop/login1/session/_31")
	theirs = dbus.ObjectPath("/org/freedesktop/login1/session/_32")
)

func logind(t *testing.T) *dbus.Conn {
	t.Helper()
	conn, err := dbus.ConnectSystemBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	for path, uid := range map[dbus.ObjectPath]int{mine: os.Getuid(), theirs: os.Getuid() + 1} {
		if err := conn.Export(fake{conn, uint32(uid)}, path, "org.freedesktop.DBus.Properties"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.RequestName("org.freedesktop.login1", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestWatch(t *testing.T) {
	bus(t)
	daemon := logind(t)
	ctx, cancel := context.WithCancel(t.Context())
	locks, done := make(chan struct{}, 16), make(chan struct{})
	go func() {
		defer close(done)
		screenlock.Watch(ctx, zerolog.Nop(), func() { locks <- struct{}{} })
	}()
	const session, changed = "org.freedesktop.login1.Session", "org.freedesktop.DBus.Properties.PropertiesChanged"
	hint := func(on bool) map[string]dbus.Variant {
		return map[string]dbus.Variant{"LockedHint": dbus.MakeVariant(on), "Active": dbus.MakeVariant(true)}
	}
	lock := func() { daemon.Emit(mine, session+".Lock") }
	await := func(what string) {
		t.Helper()
		select {
		case <-locks:
		case <-time.After(5 * time.Second):
			t.Fatalf("%s: not noticed", what)
		}
	}
	// Only when the first is heard is the subscription there.
	for heard := false; !heard; {
		lock()
		select {
		case <-locks:
			heard = true
		case <-time.After(50 * time.Millisecond):
		}
	}
	time.Sleep(100 * time.Millisecond)
	for len(locks) > 0 {
		<-locks
	}
	daemon.Emit(theirs, session+".Lock")
	daemon.Emit(mine, session+".Unlock")
	daemon.Emit(mine, changed, session, hint(false), []string{})
	daemon.Emit(theirs, changed, session, hint(true), []string{})
	daemon.Emit(mine, changed, session, map[string]dbus.Variant{}, []string{"LockedHint"})
	daemon.Emit(mine, changed, session, hint(true), []string{})
	await("LockedHint")
	lock()
	await("Lock")
	if len(locks) > 0 {
		t.Errorf("%d locks too many", len(locks))
	}
	cancel()
	<-done
}

func TestNoBus(t *testing.T) {
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+t.TempDir()+"/none")
	screenlock.Watch(t.Context(), zerolog.Nop(), func() { t.Error("locked") })
}

func TestBusEnds(t *testing.T) {
	stop := bus(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	time.AfterFunc(100*time.Millisecond, stop)
	screenlock.Watch(ctx, zerolog.Nop(), func() { t.Error("locked") })
	if ctx.Err() != nil {
		t.Error("waits for a bus that has gone")
	}
}
