package pcsc

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, readers int) *Daemon {
	t.Helper()
	dir, err := os.MkdirTemp("", "pcsc")
	if err != nil {
		t.Fatal(err)
	}
	d, err := Start(t.Context(), dir, readers)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Stop(); err != nil {
			t.Error(err)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return d
}

func TestReadersAreListed(t *testing.T) {
	for _, row := range []struct{ asked, listed int }{{1, 2}, {2, 2}, {5, 6}} {
		t.Run(fmt.Sprint(row.asked), func(t *testing.T) {
			d := start(t, row.asked)
			names, err := d.Readers()
			if err != nil || len(names) != row.listed {
				t.Fatalf("%q, %v; want %d readers", names, err, row.listed)
			}
			seen := map[string]bool{}
			for i := range row.asked {
				seen[d.Slot(i)] = true
			}
			if len(seen) != row.asked {
				t.Fatalf("slots share addresses: %v", seen)
			}
		})
	}
}

func TestOpenSCSeesTheReaders(t *testing.T) {
	d := start(t, 3)
	cmd := exec.Command("opensc-tool", "--list-readers")
	cmd.Env = append(os.Environ(), "PCSCLITE_CSOCK_NAME="+d.Socket())
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), "Lettore virtuale") != 4 {
		t.Fatalf("%v\n%s", err, out)
	}
}

func TestKillRestartStop(t *testing.T) {
	d := start(t, 1)
	slot := d.Slot(0)
	pid := d.proc.cmd.Process.Pid
	if exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); err != nil || filepath.Base(exe) != "pcscd" {
		t.Fatalf("our child is %q, %v; want pcscd itself", exe, err)
	}
	if err := d.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Readers(); err == nil {
		t.Fatal("a killed service answers")
	}
	if _, err := os.Stat(d.Socket()); err != nil {
		t.Fatalf("a killed service leaves its socket behind: %v", err)
	}
	if err := d.Kill(); err != nil {
		t.Fatalf("second kill: %v", err)
	}
	if err := d.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d.Slot(0) != slot {
		t.Fatalf("slot moved from %s to %s", slot, d.Slot(0))
	}
	if err := d.Stop(); err != nil {
		t.Fatal(err)
	}
	if l, err := net.Listen("tcp4", strings.Replace(slot, "127.0.0.1", "0.0.0.0", 1)); err != nil {
		t.Fatalf("port still held after stop: %v", err)
	} else {
		l.Close()
	}
}

func TestTheMachinesOwnServiceIsLeftAlone(t *testing.T) {
	before, _ := os.ReadDir("/run/pcscd")
	d := start(t, 1)
	after, _ := os.ReadDir("/run/pcscd")
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Fatalf("/run/pcscd changed: %v → %v", before, after)
	}
	mounts, err := os.ReadFile(fmt.Sprintf("/proc/%d/mountinfo", d.proc.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(mounts), d.plan.drivers) {
		t.Fatal("the USB drivers are within pcscd's reach")
	}
}

// The second life of a folder: files of a service that was killed with its
// program are in the way of nobody.
func TestStartInAUsedFolder(t *testing.T) {
	d := start(t, 1)
	if err := d.Kill(); err != nil {
		t.Fatal(err)
	}
	again, err := Start(t.Context(), d.dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Stop(); err != nil {
		t.Fatal(err)
	}
}

func TestStartRefuses(t *testing.T) {
	long := filepath.Join(t.TempDir(), strings.Repeat("x", 100))
	for _, row := range []struct {
		name, dir string
		readers   int
		want      string
	}{
		{"no reader", t.TempDir(), 0, "1 to 16"},
		{"too many readers", t.TempDir(), 17, "1 to 16"},
		{"long folder", long, 1, "shorter folder"},
	} {
		t.Run(row.name, func(t *testing.T) {
			d, err := Start(t.Context(), row.dir, row.readers)
			if err == nil {
				d.Stop()
				t.Fatal("started")
			}
			if !strings.Contains(err.Error(), row.want) {
				t.Fatalf("%q lacks %q", err, row.want)
			}
		})
	}
}

func TestNoNamespaceNamesSudo(t *testing.T) {
	bin := t.TempDir()
	script := "#!/bin/sh\necho 'unshare: unshare failed: Operation not permitted' >&2\nexit 1\n"
	if err := os.WriteFile(filepath.Join(bin, "unshare"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	_, err := Start(t.Context(), t.TempDir(), 1)
	if err == nil || !strings.Contains(err.Error(), "sudo") || !strings.Contains(err.Error(), "Operation not permitted") {
		t.Fatalf("got %v", err)
	}
}

func TestReaderNames(t *testing.T) {
	states := make([]byte, maxReaders*readerStateSize)
	copy(states[readerStateSize:], "Lettore\x00rumore")
	full := strings.Repeat("n", readerNameSize)
	copy(states[2*readerStateSize:], full+"\x01\x02")
	got := readerNames(states)
	if len(got) != 2 || got[0] != "Lettore" || got[1] != full {
		t.Fatalf("got %q", got)
	}
}
