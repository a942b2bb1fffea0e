package secret_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"raccordo/host/internal/secret"
)

// A bus of our own that starts nothing by itself.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=%BUS%</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>`

// short is a folder for sockets, whose paths have at most 107 bytes.
func short(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "bus")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// bus starts it; the tests of this package use no other, nor the user's home.
func bus(t *testing.T) {
	t.Helper()
	dir := short(t)
	for _, name := range []string{"HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"} {
		d := filepath.Join(dir, strings.ToLower(name))
		mkdir(t, d, 0o700)
		t.Setenv(name, d)
	}
	config := filepath.Join(dir, "bus.conf")
	write(t, config, []byte(strings.ReplaceAll(busConfig, "%BUS%", filepath.Join(dir, "bus"))))
	cmd := exec.Command("dbus-daemon", "--nofork", "--nopidfile", "--print-address=1", "--config-file="+config)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	start(t, cmd)
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
}

// desktop is a session whose login opened the real GNOME keyring.
func desktop(t *testing.T) {
	t.Helper()
	bus(t)
	cmd := exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	cmd.Stdin = strings.NewReader("password")
	start(t, cmd)
	conn := connect(t)
	for {
		var there bool
		if err := conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, "org.freedesktop.secrets").Store(&there); err != nil {
			t.Fatal(err)
		}
		if there {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func start(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
}

func connect(t *testing.T) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(os.Getenv("DBUS_SESSION_BUS_ADDRESS"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

const login = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")

func lock(t *testing.T) {
	t.Helper()
	err := connect(t).Object("org.freedesktop.secrets", "/org/freedesktop/secrets").Call("org.freedesktop.Secret.Service.Lock", 0, []dbus.ObjectPath{login}).Err
	if err != nil {
		t.Fatal(err)
	}
}

// unlock opens it without a window, as the login does.
func unlock(t *testing.T) {
	t.Helper()
	service := connect(t).Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	var none dbus.Variant
	var session dbus.ObjectPath
	if err := service.Call("org.freedesktop.Secret.Service.OpenSession", 0, "plain", dbus.MakeVariant("")).Store(&none, &session); err != nil {
		t.Fatal(err)
	}
	password := struct {
		Session     dbus.ObjectPath
		Parameters  []byte
		Value       []byte
		ContentType string
	}{session, nil, []byte("password"), "text/plain"}
	err := service.Call("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface.UnlockWithMasterPassword", 0, login, password).Err
	if err != nil {
		t.Fatal(err)
	}
}

// items are the keyring's entries of ours.
func items(t *testing.T) []dbus.ObjectPath {
	t.Helper()
	var found []dbus.ObjectPath
	err := connect(t).Object("org.freedesktop.secrets", login).Call("org.freedesktop.Secret.Collection.SearchItems", 0, map[string]string{"service": "Raccordo"}).Store(&found)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// prompter stands in for the window of GNOME Shell that asks for the keyring's
// password: it stays open, or is closed by the user.
type prompter struct {
	conn   *dbus.Conn
	closes atomic.Bool
	shown  atomic.Int32
}

func window(t *testing.T) *prompter {
	t.Helper()
	const face = "org.gnome.keyring.internal.Prompter"
	p := &prompter{conn: connect(t)}
	if err := p.conn.Export(p, "/org/gnome/keyring/Prompter", face); err != nil {
		t.Fatal(err)
	}
	if _, err := p.conn.RequestName("org.gnome.keyring.SystemPrompter", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *prompter) back(from dbus.Sender, to dbus.ObjectPath, method string, args ...any) {
	p.conn.Object(string(from), to).Go("org.gnome.keyring.internal.Prompter.Callback."+method, dbus.FlagNoReplyExpected, nil, args...)
}

// BeginPrompting is answered before the daemon is told to go on: it does not
// listen earlier.
func (p *prompter) BeginPrompting(from dbus.Sender, to dbus.ObjectPath) *dbus.Error {
	time.AfterFunc(20*time.Millisecond, func() { p.back(from, to, "PromptReady", "", map[string]dbus.Variant{}, "") })
	return nil
}

func (p *prompter) PerformPrompt(from dbus.Sender, to dbus.ObjectPath, _ string, _ map[string]dbus.Variant, _ string) *dbus.Error {
	p.shown.Add(1)
	if p.closes.Load() {
		p.back(from, to, "PromptReady", "no", map[string]dbus.Variant{}, "")
	}
	return nil
}

func (p *prompter) StopPrompting(from dbus.Sender, to dbus.ObjectPath) *dbus.Error {
	p.back(from, to, "PromptDone")
	return nil
}

func keeper(t *testing.T, dir string, wait time.Duration) *secret.Keeper {
	t.Helper()
	k := secret.New(dir, secret.Options{Keyring: secret.Auto, Wait: wait})
	t.Cleanup(k.Close)
	return k
}

// long is for what must come; a test of it fails otherwise.
const long = time.Minute

func auto(t *testing.T, dir string) *secret.Store {
	t.Helper()
	s, err := keeper(t, dir, long).Open()
	if err != nil {
		t.Fatal(err)
	}
	return s
}
