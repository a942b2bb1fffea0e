package agent

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"raccordo/host/internal/ipc"
)

// privateManager is the user's systemd of a made-up user: `systemd --user` in
// a mount namespace of its own, where the system seems to have been booted
// with systemd, in a control group of its own where there is one to be had.
const privateManager = `
mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system || exit 1
for root in /sys/fs/cgroup/unified /sys/fs/cgroup/systemd /sys/fs/cgroup; do
	mkdir "$root/$1" 2>/dev/null && echo $$ > "$root/$1/cgroup.procs"
done
exec /lib/systemd/systemd --user --log-target=null
`

// userManager starts one, and gives the test its environment.
func userManager(t *testing.T) {
	t.Helper()
	root, err := os.MkdirTemp("", "rc") // short enough for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	for name, dir := range map[string]string{"XDG_RUNTIME_DIR": "run", "HOME": "home"} {
		path := filepath.Join(root, dir)
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		t.Setenv(name, path)
	}
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"} {
		t.Setenv(name, "")
		os.Unsetenv(name)
	}
	t.Setenv("PCSCLITE_CSOCK_NAME", filepath.Join(root, "no-pcscd"))
	group := "raccordo-test-" + strconv.Itoa(os.Getpid())
	args := []string{"--mount", "--propagation", "private", "sh", "-c", privateManager, "sh", group}
	if os.Getuid() != 0 {
		args = append([]string{"--user", "--map-root-user"}, args...)
	}
	systemd := exec.Command("unshare", args...)
	systemd.Stderr = os.Stderr
	if err := systemd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = systemd.Wait() }()
	t.Cleanup(func() {
		_ = systemd.Process.Signal(syscall.SIGTERM)
		<-ended
		for _, g := range []string{"/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup"} {
			removeGroup(filepath.Join(g, group))
		}
	})
	for {
		if out, _ := exec.Command("systemctl", "--user", "is-active", "default.target").Output(); string(out) == "active\n" {
			return
		}
		select {
		case <-ended:
			t.Fatal("systemd --user ends at once")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// removeGroup removes a control group that has no process any more, from the
// leaves.
func removeGroup(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if e.IsDir() {
			removeGroup(filepath.Join(dir, e.Name()))
		}
	}
	_ = os.Remove(dir)
}

// raccordo builds the program into a folder whose name needs quoting.
func raccordo(t *testing.T, environ ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "Lo studio 100%")
	cmd := exec.Command("go", "build", "-o", dir+string(filepath.Separator), "raccordo/host/cmd/raccordo")
	cmd.Env = append(os.Environ(), environ...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// output runs a program. What it says goes to a file: a pipe would be waited
// for until the last process that the program started has gone.
func output(t *testing.T, args []string) (string, int) {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "output")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = file, file
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

// said runs the program and compares exit code and text.
func said(t *testing.T, program []string, code int, text string) {
	t.Helper()
	if out, got := output(t, program); got != code || !strings.Contains(out, text) {
		t.Errorf("%s: exit %d, not %d, %q without %q", strings.Join(program[1:], " "), got, code, out, text)
	}
}

// The service in a real systemd of a user: from the installation to the
// removal, each twice, with an agent that is killed and one that is upgraded.
func TestSystemd(t *testing.T) {
	dir := raccordo(t)
	userManager(t)
	exe := filepath.Join(dir, "raccordo")
	service := func(action string, code int, text string) {
		t.Helper()
		said(t, []string{exe, "service", action}, code, text)
	}
	service("status", 4, "non è installato")
	service("uninstall", 0, "non era installato")
	service("start", 4, "non è installato")
	service("install", 0, "è installato e in esecuzione")
	pid := agentOf(t, 0)
	service("install", 0, "era già installato e in esecuzione")
	service("status", 0, "in esecuzione")
	file := filepath.Join(os.Getenv("HOME"), ".config/systemd/user/raccordo.service")
	if out, err := exec.Command("systemd-analyze", "--user", "--recursive-errors=no", "--man=no", "verify", file).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
	for _, target := range []string{"default.target", "graphical-session.target"} {
		if _, err := os.Stat(filepath.Join(filepath.Dir(file), target+".wants/raccordo.service")); err != nil {
			t.Error(err)
		}
	}
	t.Run("killed", func(t *testing.T) {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		pid = agentOf(t, pid)
	})
	service("restart", 0, "riavviato")
	pid = agentOf(t, pid)
	t.Run("replaced", func(t *testing.T) {
		body, err := os.ReadFile(exe)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(exe+".new", body, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(exe+".new", exe); err != nil {
			t.Fatal(err)
		}
		conn, err := ipc.Dial() // a caller from elsewhere: reason enough to look
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
		pid = agentOf(t, pid)
		service("status", 0, "in esecuzione")
	})
	service("stop", 0, "fermato")
	nobody(t)
	service("stop", 0, "già fermo")
	service("status", 3, "fermo")
	service("restart", 0, "avviato")
	pid = agentOf(t, pid)
	service("uninstall", 0, "fermato e rimosso")
	nobody(t)
	service("uninstall", 0, "non era installato")
	service("status", 4, "non è installato")
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("left behind: %v", err)
	}
}

// A desktop that comes up after the agent is found by it.
func TestAdoptDisplay(t *testing.T) {
	userManager(t)
	done := make(chan struct{})
	go func() { defer close(done); AdoptDisplay(t.Context()) }()
	if out, err := exec.Command("systemctl", "--user", "set-environment", "DISPLAY=:77", "XAUTHORITY=/tmp/l'altro x").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	<-done
	if os.Getenv("DISPLAY") != ":77" || os.Getenv("XAUTHORITY") != "/tmp/l'altro x" {
		t.Errorf("DISPLAY=%q XAUTHORITY=%q", os.Getenv("DISPLAY"), os.Getenv("XAUTHORITY"))
	}
	t.Cleanup(func() { os.Unsetenv("XAUTHORITY") })
}

// Where no manager of the user can be reached, that is said, and nothing is
// left behind.
func TestNoManager(t *testing.T) {
	dir := raccordo(t)
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_RUNTIME_DIR", home)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", fmt.Sprintf("unix:path=%s/bus", home))
	for _, action := range []string{"install", "status", "uninstall"} {
		said(t, []string{filepath.Join(dir, "raccordo"), "service", action}, 1, "si avvia comunque quando serve")
	}
	if found, _ := filepath.Glob(filepath.Join(home, ".config/systemd/user/*")); len(found) > 0 {
		t.Errorf("left behind: %q", found)
	}
}
