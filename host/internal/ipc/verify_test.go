//go:build unix

package ipc_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"raccordo/host/internal/ipc"
)

func TestVerify(t *testing.T) {
	runtimeDir(t)
	l := listen(t)
	dialed, accepted := pair(t, l)
	own, err := ipc.OwnDir()
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for end, conn := range map[string]net.Conn{"dialed": dialed, "accepted": accepted} {
		t.Run(end, func(t *testing.T) {
			for name, dirs := range map[string][]string{"own folder": {own}, "one of two": {"/opt/other", own}, "user only": nil} {
				p, err := ipc.Verify(conn, dirs...)
				if err != nil || p.PID != os.Getpid() || p.User != strconv.Itoa(os.Getuid()) {
					t.Errorf("%s: %+v, %v", name, p, err)
				}
			}
			for name, dir := range map[string]string{
				"another folder": "/opt/raccordo", "folder above": filepath.Dir(own), "folder below": filepath.Join(own, "x"),
				"the program itself": exe, "a folder that starts alike": own + "2", "empty": "",
			} {
				if p, err := ipc.Verify(conn, dir); !errors.Is(err, ipc.ErrUntrusted) {
					t.Errorf("%s: %+v, %v", name, p, err)
				}
			}
		})
	}
	t.Run("not a socket", func(t *testing.T) {
		a, b := net.Pipe()
		defer a.Close()
		defer b.Close()
		if _, err := ipc.Verify(a); !errors.Is(err, ipc.ErrUntrusted) {
			t.Errorf("%v, not ErrUntrusted", err)
		}
	})
}

// A program from another folder is refused on both sides: as a caller, and as
// a squatter on the socket. One from our folder is not, although it is another
// process.
func TestVerifyOtherProgram(t *testing.T) {
	own, err := ipc.OwnDir()
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	other := elsewhere(t)
	for name, tt := range map[string]struct {
		exe string
		ok  bool
	}{"from our folder": {exe, true}, "from elsewhere": {other, false}} {
		check := func(t *testing.T, conn net.Conn, pid int) {
			t.Helper()
			p, err := ipc.Verify(conn, own)
			if p.PID != pid {
				t.Errorf("process %d, not %d", p.PID, pid)
			}
			if tt.ok && err != nil || !tt.ok && (!errors.Is(err, ipc.ErrUntrusted) || !strings.Contains(err.Error(), tt.exe)) {
				t.Errorf("%+v, %v", p, err)
			}
		}
		t.Run(name+" calls", func(t *testing.T) {
			runtimeDir(t)
			l := listen(t)
			pid, _ := runForeign(t, tt.exe, "dial")
			conn, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			check(t, conn, pid)
		})
		t.Run(name+" listens", func(t *testing.T) {
			runtimeDir(t)
			pid, _ := runForeign(t, tt.exe, "listen")
			conn, err := ipc.Dial()
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			check(t, conn, pid)
		})
	}
}

// An upgrade replaces the program of a running agent.
func TestVerifyReplacedProgram(t *testing.T) {
	runtimeDir(t)
	exe := elsewhere(t)
	dir, err := filepath.EvalSymlinks(filepath.Dir(exe))
	if err != nil {
		t.Fatal(err)
	}
	runForeign(t, exe, "listen")
	if err := os.Remove(exe); err != nil {
		t.Fatal(err)
	}
	conn, err := ipc.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if p, err := ipc.Verify(conn, dir); err != nil {
		t.Errorf("%+v, %v", p, err)
	}
}
