//go:build linux

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/ipc"
	"raccordo/host/internal/outbox"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/secret"
	"raccordo/host/internal/wire"
)

// versions are the folders with two builds of the agent, "1.0.0" and "2.0.0".
var versions = sync.OnceValues(func() (string, error) {
	root := filepath.Join(programs, "versions")
	for _, v := range []string{"1.0.0", "2.0.0"} {
		cmd := exec.Command("go", "build", "-ldflags", "-X main.version="+v, "-o", filepath.Join(root, v, "raccordo"), "raccordo/host/cmd/raccordo")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%w\n%s", err, out)
		}
	}
	return root, nil
})

// installed is a folder with a relay and that version of the agent.
func installed(t *testing.T, dir, version string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(programs, "raccordo-host"), dir)
	replace(t, dir, version)
}

// replace puts a version in the place of the one that may run, as packages do.
func replace(t *testing.T, dir, version string) {
	t.Helper()
	root, err := versions()
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(root, version, "raccordo"), dir)
}

func put(t *testing.T, program, dir string) {
	t.Helper()
	body, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, filepath.Base(program))
	if err := os.WriteFile(path+".new", body, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// written puts a prescription into the user's outbox.
func written(t *testing.T) {
	t.Helper()
	state := filepath.Join(os.Getenv("XDG_STATE_HOME"), "raccordo")
	keys, err := secret.Open(filepath.Join(state, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	box, err := outbox.Open(filepath.Join(state, "outbox.db"), keys.Key(), outbox.Options{Log: zerolog.Nop(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := box.Take(outbox.Order{Doctor: ricetta.Doctor{CF: "XXXXXX00X00X000X"}, Origin: "https://a.example", Draft: true}, []wire.Prescription{{ClientID: "1"}}); err != nil {
		t.Fatal(err)
	}
	if err := box.Close(); err != nil {
		t.Fatal(err)
	}
}

const statusRequest = `{"jsonrpc":"2.0","id":1,"method":"status","params":{}}`

// statusOf is the state that an answer tells.
func statusOf(t *testing.T, m message) wire.Status {
	t.Helper()
	var s wire.Status
	if m.Error != nil {
		t.Fatalf("%+v", m.Error)
	}
	if err := json.Unmarshal(m.Result, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// versioned starts two trees in which only the versions' programs differ.
func versioned(t *testing.T, version string) string {
	t.Helper()
	alone(t)
	root, err := os.MkdirTemp("", "raccordo-tree")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	dir := filepath.Join(root, "raccordo")
	installed(t, dir, version)
	written(t)
	return dir
}

// A replaced program's agent makes place for its successor as soon as a relay
// comes, older or newer, and nothing of what waits to be sent is lost. The
// user does nothing.
func TestUpgrade(t *testing.T) {
	tests := map[string]struct {
		from, to string
		change   func(t *testing.T, dir string)
	}{
		"newer":         {"1.0.0", "2.0.0", func(t *testing.T, dir string) { replace(t, dir, "2.0.0") }},
		"older":         {"2.0.0", "1.0.0", func(t *testing.T, dir string) { replace(t, dir, "1.0.0") }},
		"same, rebuilt": {"1.0.0", "1.0.0", func(t *testing.T, dir string) { replace(t, dir, "1.0.0") }},
		"removed and installed": {"1.0.0", "2.0.0", func(t *testing.T, dir string) {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			installed(t, dir, "2.0.0")
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := versioned(t, tt.from)
			h := start(t, dir)
			defer h.in.Close()
			before := statusOf(t, h.ask(t, statusRequest))
			if before.Version != tt.from || before.Outbox == (wire.Outbox{}) {
				t.Fatalf("%+v", before)
			}
			pid := agentPID(t)
			tt.change(t, dir)
			all, code := once(t, dir, framed(statusRequest))
			if code != 0 || len(all) != 1 {
				t.Fatalf("exit %d, %+v", code, all)
			}
			if after := statusOf(t, all[0]); after.Version != tt.to || after.Outbox != before.Outbox {
				t.Errorf("%+v after %+v", after, before)
			}
			if after := agentPID(t); after == 0 || after == pid {
				t.Errorf("agent %d after %d", after, pid)
			}
			if all, code := h.end(t); code != 1 || len(all) != 0 { // its browser starts the new relay
				t.Errorf("the old relay: exit %d, %+v", code, all)
			}
			gone(t, pid)
			endAgent(t, syscall.SIGTERM)
		})
	}
}

// gone waits until a process has ended.
func gone(t *testing.T, pid int) {
	t.Helper()
	for !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		time.Sleep(time.Millisecond)
	}
}

// A folder that is renamed away makes the agent a program from elsewhere: it
// is refused, notices, and goes.
func TestUpgradeByRenamedFolder(t *testing.T) {
	dir := versioned(t, "1.0.0")
	if all, code := once(t, dir, framed(statusRequest)); code != 0 || len(all) != 1 || all[0].Error != nil {
		t.Fatalf("exit %d, %+v", code, all)
	}
	pid := agentPID(t)
	if err := os.Rename(dir, dir+".old"); err != nil {
		t.Fatal(err)
	}
	installed(t, dir, "2.0.0")
	// That agentPID asked may have been enough.
	all, _ := once(t, dir, framed(statusRequest))
	if len(all) != 1 || all[0].Error != nil && all[0].Error.Data.Code != wire.ErrAgentPeer {
		t.Fatalf("%+v", all)
	}
	gone(t, pid)
	all, code := once(t, dir, framed(statusRequest))
	if code != 0 || len(all) != 1 {
		t.Fatalf("exit %d, %+v", code, all)
	}
	if after := statusOf(t, all[0]); after.Version != "2.0.0" || after.Outbox == (wire.Outbox{}) {
		t.Errorf("%+v", after)
	}
}

// A service waits for the agent that a browser started to go, serves then, and
// asks its manager to be started again when its program was replaced.
func TestServiceFollows(t *testing.T) {
	dir := versioned(t, "1.0.0")
	if all, code := once(t, dir, framed(statusRequest)); code != 0 || len(all) != 1 || all[0].Error != nil {
		t.Fatalf("exit %d, %+v", code, all)
	}
	service := exec.Command(filepath.Join(dir, "raccordo"), "agent", "--service")
	service.Stderr = os.Stderr
	if err := service.Start(); err != nil {
		t.Fatal(err)
	}
	first := agentPID(t)
	if first == service.Process.Pid {
		t.Fatal("two agents had the place")
	}
	endAgent(t, syscall.SIGTERM)
	for agentPID(t) != service.Process.Pid {
		time.Sleep(time.Millisecond)
	}
	replace(t, dir, "2.0.0")
	all, code := once(t, dir, framed(statusRequest))
	if code != 0 || len(all) != 1 || statusOf(t, all[0]).Version != "2.0.0" {
		t.Errorf("exit %d, %+v", code, all)
	}
	var exit *exec.ExitError
	if err := service.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 75 {
		t.Errorf("the service: %v, not exit 75", err)
	}
}

// Of agents that start together one stays; the others say why they do not, and
// that is no fault. Half of them find a socket that a killed one left.
func TestTwentyAgents(t *testing.T) {
	const n = 20
	for _, stale := range []bool{false, true} {
		t.Run(fmt.Sprintf("stale %v", stale), func(t *testing.T) {
			alone(t)
			if stale {
				if all, code := once(t, programs, framed(hello)); code != 0 || len(all) != 1 {
					t.Fatalf("exit %d, %+v", code, all)
				}
				endAgent(t, syscall.SIGKILL)
				if _, err := os.Lstat(ipc.Address()); err != nil {
					t.Fatal(err)
				}
			}
			type result struct {
				text string
				code int
			}
			results := make(chan result, n)
			for range n {
				cmd := exec.Command(filepath.Join(programs, "raccordo"), "agent")
				go func() {
					out, _ := cmd.CombinedOutput()
					results <- result{string(out), cmd.ProcessState.ExitCode()}
				}()
			}
			for range n - 1 {
				if r := <-results; r.code != 0 || !strings.Contains(r.text, "già in esecuzione") {
					t.Errorf("exit %d: %q", r.code, r.text)
				}
			}
			if got := agents(t); got != 1 {
				t.Errorf("%d agents", got)
			}
			endAgent(t, syscall.SIGTERM)
			if r := <-results; r.code != 0 || r.text != "" {
				t.Errorf("the one that stayed: exit %d: %q", r.code, r.text)
			}
		})
	}
}
