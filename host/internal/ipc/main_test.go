//go:build unix

package ipc_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
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
