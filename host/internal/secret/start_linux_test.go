package secret_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"raccordo/host/internal/secret"
)

// mute is a bus that takes connections and never answers.
func mute(t *testing.T) {
	t.Helper()
	file := filepath.Join(short(t), "bus")
	l, err := net.Listen("unix", file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+file)
}

// neverSetUp is a keyring service without any keyring in it, as it starts where
// nobody ever logged in with a password.
func neverSetUp(t *testing.T) {
	t.Helper()
	start(t, exec.Command("gnome-keyring-daemon", "--foreground", "--components=secrets"))
	conn := connect(t)
	for there := false; !there; time.Sleep(5 * time.Millisecond) {
		if err := conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, "org.freedesktop.secrets").Store(&there); err != nil {
			t.Fatal(err)
		}
	}
	var path dbus.ObjectPath
	err := conn.Object("org.freedesktop.secrets", "/org/freedesktop/secrets").Call("org.freedesktop.Secret.Service.ReadAlias", 0, "default").Store(&path)
	if err != nil || path != "/" {
		t.Fatalf("%s, %v", path, err)
	}
}

// Where no bus is known none is started: dbus-launch would leave a daemon
// behind and take its time.
func TestStartsNoBus(t *testing.T) {
	dir := t.TempDir()
	trace := filepath.Join(dir, "started")
	script := "#!/bin/sh\necho x >" + trace + "\n"
	if err := os.WriteFile(filepath.Join(dir, "dbus-launch"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	for _, address := range []string{"", "autolaunch:"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		secret.AskKeyring() // whatever it finds: only the start of a bus counts
	}
	if _, err := os.Stat(trace); err == nil {
		t.Error("dbus-launch was started")
	}
	if err := exec.Command("dbus-launch").Run(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(trace); err != nil {
		t.Error("this test would not notice it")
	}
}
