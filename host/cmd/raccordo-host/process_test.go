//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"raccordo/host/internal/frame"
	"raccordo/host/internal/ipc"
	"raccordo/host/internal/wire"
)

// programs is the folder with raccordo and raccordo-host.
var programs string

func TestMain(m *testing.M) { os.Exit(withFolder(m)) }

func withFolder(m *testing.M) int {
	dir, err := os.MkdirTemp("", "raccordo-programs")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if programs, err = filepath.EvalSymlinks(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// build makes the programs once. It looks at every source before, so that
// `go test` does not take a result of other sources for this one's.
var build = sync.OnceValue(func() error {
	for _, root := range []string{"../../../host", "../../../manifests"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			_, err = os.Stat(path)
			return err
		})
		if err != nil {
			return err
		}
	}
	for name, cgo := range map[string]string{"raccordo": "1", "raccordo-host": "0"} {
		cmd := exec.Command("go", "build", "-o", programs, "raccordo/host/cmd/"+name)
		cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", name, err, out)
		}
	}
	return nil
})

// alone gives the test a user of its own: no agent, no PC/SC service, no
// display, no configuration. An agent that was started is ended with it.
func alone(t *testing.T) {
	t.Helper()
	if err := build(); err != nil { // before HOME, with Go's caches, is another
		t.Fatal(err)
	}
	root, err := os.MkdirTemp("", "rc") // short enough for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	for name, dir := range map[string]string{"XDG_RUNTIME_DIR": "run", "XDG_CONFIG_HOME": "config", "XDG_STATE_HOME": "state", "HOME": "home", "TMPDIR": "tmp"} {
		path := filepath.Join(root, dir)
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		t.Setenv(name, path)
	}
	for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"} {
		t.Setenv(name, "")
	}
	t.Setenv("PCSCLITE_CSOCK_NAME", filepath.Join(root, "no-pcscd"))
	t.Cleanup(func() { endAgent(t, syscall.SIGKILL) })
}

// agentPID is the process that listens, 0 when there is none.
func agentPID(t *testing.T) int {
	t.Helper()
	for {
		conn, err := ipc.Dial()
		if errors.Is(err, ipc.ErrNoAgent) {
			return 0
		}
		if err != nil {
			t.Fatal(err)
		}
		p, err := ipc.Verify(conn)
		conn.Close()
		if err == nil {
			return p.PID
		}
		time.Sleep(time.Millisecond) // a process that is ending has no program any more
	}
}

// endAgent sends a signal to the agent and waits until nobody listens.
func endAgent(t *testing.T, signal syscall.Signal) {
	t.Helper()
	pid := agentPID(t)
	if pid == 0 || pid == os.Getpid() {
		return
	}
	if err := syscall.Kill(pid, signal); err != nil {
		t.Fatal(err)
	}
	for agentPID(t) == pid {
		time.Sleep(time.Millisecond)
	}
}

// host is a running raccordo-host.
type host struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out io.Reader
}

func start(t *testing.T, dir string, args ...string) *host {
	t.Helper()
	h := &host{cmd: exec.Command(filepath.Join(dir, "raccordo-host"), args...)}
	h.cmd.Stderr = os.Stderr
	var err error
	if h.in, err = h.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if h.out, err = h.cmd.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := h.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *host) ask(t *testing.T, body string) message {
	t.Helper()
	if err := frame.Write(h.in, []byte(body)); err != nil {
		t.Fatal(err)
	}
	answer, err := frame.Read(h.out, wire.MaxFrame)
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, answer)
}

// end returns what is still on stdout, which is only frames, and the exit
// code.
func (h *host) end(t *testing.T) ([]message, int) {
	t.Helper()
	var all []message
	for {
		body, err := frame.Read(h.out, wire.MaxFrame)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("stdout is not only frames: %v", err)
		}
		all = append(all, decode(t, body))
	}
	var exit *exec.ExitError
	if err := h.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return all, h.cmd.ProcessState.ExitCode()
}

// once feeds a stream to a relay and ends its input.
func once(t *testing.T, dir string, stream []byte, args ...string) ([]message, int) {
	t.Helper()
	h := start(t, dir, args...)
	fed := make(chan struct{})
	go func() {
		defer close(fed)
		h.in.Write(stream) // a relay that has had enough may have gone
		h.in.Close()
	}()
	all, code := h.end(t)
	<-fed
	return all, code
}

type message struct {
	wire.Response
	Method string `json:"method"`
}

// text is an answer in short: its id, and "result" or the fault's code.
func (m message) text() string {
	if m.Error != nil {
		return string(m.ID) + " " + string(m.Error.Data.Code)
	}
	return string(m.ID) + " result"
}

func decode(t *testing.T, body []byte) message {
	t.Helper()
	var m message
	if err := json.Unmarshal(body, &m); err != nil || m.JSONRPC != "2.0" || (m.Result == nil) == (m.Error == nil) {
		t.Fatalf("not an answer: %q, %v", body, err)
	}
	return m
}

func framed(bodies ...string) []byte {
	var all []byte
	for _, b := range bodies {
		all = append(binary.LittleEndian.AppendUint32(all, uint32(len(b))), b...)
	}
	return all
}

// agents counts the agents of this test's user.
func agents(t *testing.T) int {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/exe")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, link := range links {
		exe, err := os.Readlink(link)
		if err != nil || exe != filepath.Join(programs, "raccordo") {
			continue
		}
		dir := filepath.Dir(link)
		environ, _ := os.ReadFile(filepath.Join(dir, "environ")) // empty when it has just ended
		if bytes.Contains(environ, []byte("XDG_RUNTIME_DIR="+os.Getenv("XDG_RUNTIME_DIR")+"\x00")) {
			n++
		}
	}
	return n
}

// padded is a hello request of exactly size bytes.
func padded(id, size int) string {
	text := `{"jsonrpc":"2.0","id":` + strconv.Itoa(id) + `,"method":"hello","params":{"protocol":1,"client":"test/1"}`
	return text + strings.Repeat(" ", size-len(text)-1) + "}"
}
