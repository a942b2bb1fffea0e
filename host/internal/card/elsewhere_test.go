//go:build linux

package card

import (
	"os"
	"os/exec"
	"strconv"
	"testing"
)

// The environment of a test that runs in a process of its own: libpcsclite
// reads the socket's path once, so each private pcscd needs one.
const (
	envReaders = "CARD_TEST_READERS"
	envLane    = "CARD_TEST_LANE"
)

// elsewhere runs the test of this name in another process.
func elsewhere(t *testing.T, name string, env ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+name+"$", "-test.v", "-test.timeout=4m")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
		return
	}
	t.Logf("%s", out)
}

// readersWanted is how many readers this process is to have.
func readersWanted() int {
	if n, err := strconv.Atoi(os.Getenv(envReaders)); err == nil {
		return n
	}
	return 2
}
