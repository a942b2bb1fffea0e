//go:build unix

package ipc_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"raccordo/host/internal/ipc"
)

// The test binary is the foreign program as well: it connects to the agent's
// socket, or listens in its place.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "foreign" {
		if err := foreign(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// foreign says "ready", and stays until its input ends.
func foreign(role string) error {
	switch role {
	case "dial":
		conn, err := ipc.Dial()
		if err != nil {
			return err
		}
		defer conn.Close()
	case "listen":
		l, err := ipc.Listen()
		if err != nil {
			return err
		}
		defer l.Close()
	}
	fmt.Println("ready")
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// runForeign starts the test binary, as it is or copied to another folder, and
// waits until it is ready. End it with the returned function.
func runForeign(t *testing.T, exe, role string) (pid int, end func()) {
	t.Helper()
	cmd := exec.Command(exe, "foreign", role)
	cmd.Stderr = os.Stderr
	cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	end = sync.OnceFunc(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(end)
	ready := make([]byte, len("ready\n"))
	if _, err := io.ReadFull(out, ready); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid, end
}

// elsewhere copies the test binary to another folder.
func elsewhere(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "raccordo")
	if err := os.WriteFile(copied, body, 0o700); err != nil {
		t.Fatal(err)
	}
	return copied
}

// runtimeDir is a fresh XDG_RUNTIME_DIR, short enough for a socket's path.
func runtimeDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "rc")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	t.Setenv("XDG_RUNTIME_DIR", dir)
	return dir
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := ipc.Listen()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// pair is a connection of this program with itself.
func pair(t *testing.T, l net.Listener) (dialed, accepted net.Conn) {
	t.Helper()
	dialed, err := ipc.Dial()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dialed.Close() })
	if accepted, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { accepted.Close() })
	return dialed, accepted
}

func TestDir(t *testing.T) {
	perUser := filepath.Join(os.TempDir(), "raccordo-"+strconv.Itoa(os.Getuid()))
	for name, tt := range map[string]struct{ runtime, want string }{
		"runtime folder": {"/run/user/7", "/run/user/7/raccordo"},
		"none":           {"", perUser},
		"relative":       {"run", perUser},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("XDG_RUNTIME_DIR", tt.runtime)
			if got := ipc.Dir(); got != tt.want {
				t.Errorf("%s, not %s", got, tt.want)
			}
		})
	}
}

func TestListenDial(t *testing.T) {
	dir := runtimeDir(t)
	if _, err := ipc.Dial(); !errors.Is(err, ipc.ErrNoAgent) {
		t.Errorf("before: %v, not ErrNoAgent", err)
	}
	l := listen(t)
	info, err := os.Stat(filepath.Join(dir, "raccordo"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	dialed, accepted := pair(t, l)
	if _, err := io.WriteString(dialed, "ping"); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 4)
	if _, err := io.ReadFull(accepted, got); err != nil || string(got) != "ping" {
		t.Errorf("%q, %v", got, err)
	}
	l.Close()
	if _, err := ipc.Dial(); !errors.Is(err, ipc.ErrNoAgent) {
		t.Errorf("after: %v, not ErrNoAgent", err)
	}
	listen(t) // the place is free again
}

// One agent: in this program, and while another program has the place. The
// one that is refused must not take the socket away from the one that lives.
func TestListenTaken(t *testing.T) {
	t.Run("same program", func(t *testing.T) {
		runtimeDir(t)
		l := listen(t)
		if _, err := ipc.Listen(); !errors.Is(err, ipc.ErrTaken) {
			t.Errorf("%v, not ErrTaken", err)
		}
		pair(t, l)
	})
	t.Run("another program", func(t *testing.T) {
		runtimeDir(t)
		exe, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		_, end := runForeign(t, exe, "listen")
		if _, err := ipc.Listen(); !errors.Is(err, ipc.ErrTaken) {
			t.Errorf("%v, not ErrTaken", err)
		}
		conn, err := ipc.Dial()
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
		end()
		listen(t)
	})
	t.Run("many at once", func(t *testing.T) {
		runtimeDir(t)
		var group sync.WaitGroup
		got := make(chan net.Listener, 16)
		for range cap(got) {
			group.Go(func() {
				l, err := ipc.Listen()
				if err == nil {
					got <- l
				} else if !errors.Is(err, ipc.ErrTaken) {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if len(got) != 1 {
			t.Errorf("%d agents", len(got))
		}
		for range len(got) {
			(<-got).Close()
		}
	})
}

// What a killed agent leaves behind is replaced.
func TestListenReplacesStale(t *testing.T) {
	leave := map[string]func(t *testing.T, path string){
		"socket": func(t *testing.T, path string) {
			l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
			if err != nil {
				t.Fatal(err)
			}
			l.SetUnlinkOnClose(false)
			l.Close()
			if _, err := ipc.Dial(); !errors.Is(err, ipc.ErrNoAgent) {
				t.Errorf("%v, not ErrNoAgent", err)
			}
		},
		"file": func(t *testing.T, path string) {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"link to nowhere": func(t *testing.T, path string) {
			if err := os.Symlink("/nowhere/agent.sock", path); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, make := range leave {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(runtimeDir(t), "raccordo")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			make(t, filepath.Join(dir, "agent.sock"))
			pair(t, listen(t))
		})
	}
}

// A folder that somebody else could have made, or may enter, is refused.
func TestListenRefusesFolder(t *testing.T) {
	mkdir := func(mode os.FileMode) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(dir, mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := map[string]func(t *testing.T, dir string){
		"group may enter":  mkdir(0o710),
		"all may read":     mkdir(0o744),
		"all may write":    mkdir(0o702),
		"open to everyone": mkdir(0o777),
		"link": func(t *testing.T, dir string) {
			mkdir(0o700)(t, dir+"-real")
			if err := os.Symlink(dir+"-real", dir); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, prepare := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(runtimeDir(t), "raccordo")
			prepare(t, dir)
			if _, err := ipc.Listen(); !errors.Is(err, ipc.ErrUntrusted) {
				t.Errorf("%v, not ErrUntrusted", err)
			}
		})
	}
	t.Run("file", func(t *testing.T) {
		dir := filepath.Join(runtimeDir(t), "raccordo")
		if err := os.WriteFile(dir, nil, 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := ipc.Listen(); err == nil {
			t.Error("listens")
		}
	})
}

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
