//go:build cgo

package lab_test

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

const session = dbus.ObjectPath("/org/freedesktop/login1/session/_31")

// owner answers whose session it is, as logind does.
type owner struct{}

func (owner) Get(_, _ string) (dbus.Variant, *dbus.Error) {
	return dbus.MakeVariant(struct {
		UID  uint32
		Path dbus.ObjectPath
	}{uint32(os.Getuid()), "/org/freedesktop/login1/user/u"}), nil
}

// logind is a bus of our own in the system bus's place, with a logind on it.
func logind(t *testing.T) *dbus.Conn {
	t.Helper()
	cmd := exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1", "--address=unix:path="+t.TempDir()+"/b")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", strings.TrimSpace(address))
	conn, err := dbus.ConnectSystemBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.Export(owner{}, session, "org.freedesktop.DBus.Properties"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName("org.freedesktop.login1", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return conn
}

// A locked screen ends the session and the card's login: the next one asks for
// the PIN again.
func TestScreenLock(t *testing.T) {
	bus := logind(t)
	p := open(t)
	p.login(rightPIN)
	if out := p.status(); !strings.Contains(out, `"state": "connected"`) {
		t.Fatalf("not connected: %s", out)
	}
	p.must(bus.Emit(session, "org.freedesktop.login1.Session.Unlock"))
	p.must(bus.Emit(session, "org.freedesktop.login1.Session.Lock"))
	p.await("end of the session", func() bool { return strings.Contains(p.status(), `"reason": "session.locked"`) })
	p.login(rightPIN) // waits for a window
	if out := p.status(); !strings.Contains(out, `"state": "connected"`) {
		t.Errorf("not connected again: %s", out)
	}
	if windows, err := p.Windows(); err != nil || len(windows) != 2 {
		t.Errorf("%d windows, %v", len(windows), err)
	}
}

func (p *practice) status() string {
	p.t.Helper()
	out, err := p.Command(p.t.Context(), "raccordo", "status", "--json").CombinedOutput()
	if err != nil {
		p.t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}
