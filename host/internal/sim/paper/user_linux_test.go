package paper

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

const nobody = 65534

// An ordinary user gets a print room of his own. Root runs other tests again as
// nobody; for anybody else they all prove it.
func TestAnOrdinaryUserCanStartOne(t *testing.T) {
	if os.Geteuid() != 0 {
		return
	}
	dir := must[string](t)(os.MkdirTemp("", "paper")) // t.TempDir is root's alone
	defer os.RemoveAll(dir)
	ok(t, os.Chmod(dir, 0o777))
	program := filepath.Join(dir, "test")
	ok(t, os.WriteFile(program, must[[]byte](t)(os.ReadFile("/proc/self/exe")), 0o755))
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^(TestASheetOfEachKind|TestAFaultHoldsTheSheet|TestStoppedAndStartedAgain|TestPrintersComeAndGo)$", "-test.v")
	cmd.Dir, cmd.Env = dir, []string{"HOME=" + dir, "TMPDIR=" + dir, "PATH=/usr/bin:/bin"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if out, err := cmd.CombinedOutput(); err != nil || strings.Count(string(out), "\n--- PASS") != 4 {
		t.Fatalf("%v\n%s", err, out)
	}
}

// The service opens no port: it can be reached by its socket only.
func TestNoPortIsOpened(t *testing.T) {
	s := room(t, Printer{Name: "uno"})
	sockets := map[string]bool{}
	fds := must[[]string](t)(filepath.Glob(filepath.Join("/proc", strconv.Itoa(s.proc.cmd.Process.Pid), "fd", "*")))
	for _, fd := range fds {
		if target, err := os.Readlink(fd); err == nil && strings.HasPrefix(target, "socket:[") {
			sockets[strings.TrimSuffix(strings.TrimPrefix(target, "socket:["), "]")] = true
		}
	}
	if len(sockets) == 0 {
		t.Fatal("cupsd has no socket at all")
	}
	for _, table := range []string{"tcp", "tcp6", "udp", "udp6"} {
		for line := range strings.Lines(string(must[[]byte](t)(os.ReadFile("/proc/net/" + table)))) {
			if words := strings.Fields(line); len(words) > 9 && sockets[words[9]] {
				t.Errorf("%s: %s", table, line)
			}
		}
	}
}

// A test that is killed leaves no service behind.
func TestItEndsWithTheProgram(t *testing.T) {
	if dir := os.Getenv("RACCORDO_TEST_PAPER"); dir != "" {
		must[*Server](t)(Start(t.Context(), Options{Dir: dir}))
		must[int](t)(os.Stdout.WriteString("started\n"))
		select {}
	}
	dir := filepath.Join(t.TempDir(), "p")
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestItEndsWithTheProgram$")
	cmd.Env = append(os.Environ(), "RACCORDO_TEST_PAPER="+dir)
	out := must[io.ReadCloser](t)(cmd.StdoutPipe())
	ok(t, cmd.Start())
	must[string](t)(bufio.NewReader(out).ReadString('\n'))
	pid, err := strconv.Atoi(strings.TrimSpace(string(must[[]byte](t)(os.ReadFile(filepath.Join(dir, "run", "cupsd.pid"))))))
	ok(t, err)
	ok(t, cmd.Process.Kill())
	cmd.Wait()
	for syscall.Kill(pid, 0) == nil && !zombie(t, pid) {
	}
}

// zombie tells a process that has ended and that nobody has asked about.
func zombie(t *testing.T, pid int) bool {
	t.Helper()
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	return err != nil || strings.Contains(string(stat), ") Z ")
}
