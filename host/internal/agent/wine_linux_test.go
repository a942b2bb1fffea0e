package agent

import (
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"raccordo/host/internal/sim/wine"
)

// stay is somebody who is logged on: with nobody in it wine shuts Windows
// down, and boots it for the next program, with the services that start then.
func stay(t *testing.T, tests string) {
	t.Helper()
	user := exec.Command("wine", tests, "-test.run", "^TestStay$")
	in, err := user.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := user.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := user.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, len("here"))); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = exec.Command("wineserver", "--kill").Run()
		out.Close()
		_ = user.Wait()
	})
}

// The Windows program under wine: the service from the installation to the
// removal in wine's own service manager, the relay that starts the agent and
// knows it by its pipe, the agent on a desktop and its end. Wine has no
// Terminal Services: which sessions there are, their users' tokens and a
// second session only a real Windows shows.
func TestWine(t *testing.T) {
	const windows = "GOOS=windows"
	dir := raccordo(t, windows, "CGO_ENABLED=0")
	for _, args := range [][]string{
		{"build", "-o", dir + "/", "raccordo/host/cmd/raccordo-host"},
		{"test", "-c", "-o", filepath.Join(dir, "agent.test.exe"), "raccordo/host/internal/agent"},
	} {
		cmd := exec.Command("go", args...)
		cmd.Env = append(os.Environ(), windows, "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	wine.Prefix(t)
	stay(t, filepath.Join(dir, "agent.test.exe"))
	exe := filepath.Join(dir, "raccordo.exe")
	service := func(action string, code int, text string) {
		t.Helper()
		said(t, []string{"wine", exe, "service", action}, code, text)
	}
	service("status", 4, "non è installato")
	service("uninstall", 0, "non era installato")
	service("stop", 4, "non è installato")
	service("install", 0, "è installato e in esecuzione")
	service("status", 0, "in esecuzione")
	service("install", 0, "era già installato e in esecuzione")
	service("stop", 0, "fermato")
	service("status", 3, "fermo")
	service("stop", 0, "già fermo")
	service("start", 0, "avviato")
	service("restart", 0, "riavviato")
	service("uninstall", 0, "fermato e rimosso")
	service("uninstall", 0, "non era installato")
	service("status", 4, "non è installato")

	t.Run("package", func(t *testing.T) {
		t.Setenv("RACCORDO_WINE", wine.Path(exe))
		out, code := output(t, []string{"wine", filepath.Join(dir, "agent.test.exe"), "-test.v",
			"-test.run", "^(TestLaunch|TestLogons|TestOwnProgramOnWindows|TestControl|TestRoster|TestKeep)$"})
		if code != 0 || strings.Count(out, "\n--- PASS") != 6 {
			t.Errorf("exit %d\n%s", code, out)
		}
	})
	t.Run("relay", func(t *testing.T) {
		const hello = `{"jsonrpc":"2.0","id":1,"method":"hello","params":{"protocol":1,"client":"test/1"}}`
		for range 2 { // the second one meets the agent
			cmd := exec.Command("wine", filepath.Join(dir, "raccordo-host.exe"))
			cmd.Stdin = strings.NewReader(string(binary.LittleEndian.AppendUint32(nil, uint32(len(hello)))) + hello)
			var out strings.Builder
			cmd.Stdout = &out // and not stderr, which wine hands down to the agent
			if err := cmd.Run(); err != nil || !strings.Contains(out.String(), `"result":{"protocol":1`) {
				t.Errorf("%v: %q", err, out.String())
			}
		}
		said(t, []string{"wine", exe, "agent"}, 0, "già in esecuzione")
	})
}
