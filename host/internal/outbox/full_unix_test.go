//go:build !windows

package outbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"raccordo/host/internal/wire"
)

// smallDisk is set in the process that TestRealFullDisk starts.
const smallDisk = "RACCORDO_TEST_SMALL_DISK"

// TestMain lets the test program be the process whose files may not grow.
func TestMain(m *testing.M) {
	if path := os.Getenv(smallDisk); path != "" {
		signal.Ignore(syscall.SIGXFSZ)
		taken, err := fillUp(path)
		if !errors.Is(err, ErrFull) {
			fmt.Fprintln(os.Stderr, "not full:", err)
			os.Exit(1)
		}
		fmt.Println(taken)
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// inSmallProcess fills a journal up to the limit of a file's size (RLIMIT_FSIZE
// through the shell's ulimit, in blocks of 512 or 1024 bytes).
func inSmallProcess(t *testing.T, path string) int {
	t.Helper()
	cmd := exec.Command("sh", "-c", `ulimit -f 1024 && exec "$0"`, os.Args[0])
	cmd.Env = append(os.Environ(), smallDisk+"="+path)
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("%v: %s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	taken, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	return taken
}

// fillUp takes prescriptions until the disk is full, in the small process.
func fillUp(path string) (taken int, err error) {
	o, err := Open(path, testKey, Options{Log: zerolog.Nop()})
	if err != nil {
		return 0, err
	}
	for err == nil && taken < 100000 {
		if _, err = o.Take(Order{Doctor: giulia(), Origin: page}, crowd(taken, 50)); err == nil {
			taken += 50
		}
	}
	return taken, errors.Join(err, o.Close())
}

func TestReopenAfterFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox.db")
	taken := inSmallProcess(t, path)
	if taken == 0 {
		t.Fatal("nothing was taken")
	}
	o := openAt(t, path)
	if c := must[wire.Outbox](t)(o.Counts()); c.Pending != taken {
		t.Errorf("%d pending, %d were taken", c.Pending, taken)
	}
	if k, err := o.Take(Order{Doctor: giulia(), Origin: page}, crowd(taken, 50)); err != nil || !k[49].Kept {
		t.Errorf("with room again: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("files: %v", left)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}
