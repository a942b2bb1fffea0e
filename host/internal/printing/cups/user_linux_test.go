package cups

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/wire"
)

const nobody = 65534

// theirSocket is the socket of a print room that somebody else opened.
const theirSocket = "RACCORDO_TEST_CUPS"

// asNobody runs tests of this package again as an ordinary user.
func asNobody(t *testing.T, pattern string, env ...string) {
	t.Helper()
	dir := must[string](t)(os.MkdirTemp("", "cups")) // t.TempDir is root's alone
	t.Cleanup(func() { os.RemoveAll(dir) })
	ok(t, os.Chmod(dir, 0o777))
	program := filepath.Join(dir, "test")
	copyProgram(t, program)
	cmd := exec.CommandContext(t.Context(), program, "-test.run="+pattern, "-test.v")
	cmd.Dir, cmd.Env = dir, append(env, "HOME="+dir, "TMPDIR="+dir, "PATH=/usr/bin:/bin")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS") {
		t.Fatalf("%v\n%s", err, out)
	}
}

func copyProgram(t *testing.T, to string) {
	t.Helper()
	from := must[*os.File](t)(os.Open("/proc/self/exe"))
	defer from.Close()
	f := must[*os.File](t)(os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755))
	_, err := io.Copy(f, from)
	ok(t, err)
	ok(t, f.Close())
}

// Who runs these tests as an ordinary user has proved it with all of them.
func TestAnOrdinaryUserWithAServiceOfHisOwn(t *testing.T) {
	if os.Geteuid() != 0 {
		return
	}
	t.Parallel()
	asNobody(t, "^(TestAHeldJobNeverPrints.*|TestCancel|TestFaultsOfAPrinter|TestTraysAndPapersOfRealDrivers|TestWhatComesOut)$")
}

// The service of a PC is root's, the doctor is not; and a job is its owner's.
func TestAnOrdinaryUserWithTheServiceOfThePC(t *testing.T) {
	if os.Geteuid() != 0 {
		return
	}
	t.Parallel()
	r, s := room(t, paper.Options{Printers: one})
	theirs := sent(t, s, ticketA5)
	asNobody(t, "^TestAsTheOrdinaryUser$", theirSocket+"="+r.Socket(), "RACCORDO_TEST_JOB="+theirs)
	sheets := must[[]paper.Sheet](t)(r.Await(t.Context(), "uno", 1))
	if sheets[0].User != "nobody" || sheets[0].Title != "Raccordo 99999999" {
		t.Errorf("%+v", sheets[0])
	}
	if look := must[printing.Look](t)(s.Look(t.Context(), "uno", theirs)); !look.Held {
		t.Errorf("root's own job: %+v", look)
	}
}

// TestAsTheOrdinaryUser is the part of the one above that nobody plays.
func TestAsTheOrdinaryUser(t *testing.T) {
	socket := os.Getenv(theirSocket)
	if socket == "" {
		return
	}
	s := New(Options{Server: socket})
	defer s.Close()
	tk := ticketA5
	tk.Name = "Raccordo 99999999"
	job := printed(t, s, tk)
	await(t, s, "uno", job, is(wire.PrintPrinted))
	cancelled := sent(t, s, tk)
	if found := must[[]string](t)(s.Find(t.Context(), "uno", tk.Name)); len(found) != 1 || found[0] != cancelled {
		t.Errorf("found %q", found)
	}
	ok(t, s.Cancel(t.Context(), "uno", cancelled))
	if all := must[[]wire.Printer](t)(s.Printers(t.Context())); len(all) != 1 || len(all[0].Trays) != 3 {
		t.Errorf("%+v", all)
	}
	theirs := os.Getenv("RACCORDO_TEST_JOB") // CUPS hides its name, so it can not be ours
	if err := s.Release(t.Context(), ticketA5, theirs); err == nil {
		t.Error("somebody else's job was released")
	}
}
