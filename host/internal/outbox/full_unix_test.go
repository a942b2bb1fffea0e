//go:build !windows

package outbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

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
