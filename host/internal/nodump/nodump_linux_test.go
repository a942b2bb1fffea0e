package nodump_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"raccordo/host/internal/nodump"
)

// The test binary is the hardened process as well; it stays until its input
// ends.
func TestMain(m *testing.M) {
	harden := map[string]func() error{"none": func() error { return nil }, "cores": nodump.NoCores, "private": nodump.Private}
	if len(os.Args) == 2 && harden[os.Args[1]] != nil {
		if err := harden[os.Args[1]](); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Print("x")
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// An ordinary user's other programs: may they see who runs and read its
// memory, and does a crash leave a core?
func TestHardening(t *testing.T) {
	for _, row := range []struct {
		name        string
		cores       bool
		exe, memory bool
	}{
		{name: "none", cores: true, exe: true, memory: true},
		{name: "cores", exe: true, memory: true},
		{name: "private"},
	} {
		t.Run(row.name, func(t *testing.T) {
			pid := run(t, row.name)
			limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid))
			if err != nil {
				t.Fatal(err)
			}
			if got := coreLimit(t, string(limits)); got > 1 && !row.cores {
				t.Errorf("cores of %d bytes", got)
			}
			for file, want := range map[string]bool{"exe": row.exe, "mem": row.memory, "environ": row.memory} {
				if got := readableByUser(t, fmt.Sprintf("/proc/%d/%s", pid, file)); got != want {
					t.Errorf("%s readable: %v, want %v", file, got, want)
				}
			}
		})
	}
}

// nobody is an ordinary user; root could read everything.
var nobody = &syscall.Credential{Uid: 65534, Gid: 65534}

func asUser(cmd *exec.Cmd) {
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: nobody}
	}
}

func run(t *testing.T, how string) int {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// A copy, since nobody may not enter the test's folder.
	dir, err := os.MkdirTemp("", "nodump")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	body, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/p", body, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/bin/sh", "-c", `ulimit -c unlimited 2>/dev/null || ulimit -c "$(ulimit -H -c)"; exec "$0" "$1"`, dir+"/p", how)
	asUser(cmd)
	cmd.Stderr = os.Stderr
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
	t.Cleanup(func() { in.Close(); cmd.Wait() })
	if _, err := io.ReadFull(out, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid
}

// readableByUser opens or reads the link as another process of the same user.
func readableByUser(t *testing.T, path string) bool {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", `case $0 in *exe) readlink "$0";; *) : < "$0";; esac`, path)
	asUser(cmd)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, fs.ErrPermission) {
		t.Fatalf("%v: %s", err, out)
	}
	return err == nil
}

func coreLimit(t *testing.T, limits string) uint64 {
	t.Helper()
	for _, line := range strings.Split(limits, "\n") {
		rest, ok := strings.CutPrefix(line, "Max core file size")
		if !ok {
			continue
		}
		soft := strings.Fields(rest)[0]
		if soft == "unlimited" {
			return 1 << 63
		}
		n, err := strconv.ParseUint(soft, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	t.Fatal("no core limit")
	return 0
}
