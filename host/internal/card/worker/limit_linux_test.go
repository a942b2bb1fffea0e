package worker

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

const limited = "RACCORDO_TEST_LIMITED"

// A little less than limitMemory will ask for, set by a running program: what
// the race detector takes at its start is then there already.
func init() {
	if os.Getenv(limited) == "" {
		return
	}
	own, err := dataSize()
	if err != nil {
		panic(err)
	}
	limit := own + maxMemory - 4096
	if err := unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: limit, Max: limit}); err != nil {
		panic(err)
	}
}

// Somebody who limits our memory more than we do is heeded.
func TestLimitedAlready(t *testing.T) {
	softToken(t)
	t.Setenv(limited, "1")
	c := spawn(t, softHSM)
	if answer := c.ask(Request{Op: OpTokens}); answer.Fault != nil || len(answer.Tokens) != 1 {
		t.Errorf("%+v", answer)
	}
	if rest, err := c.end(); err != nil || len(rest) > 0 {
		t.Errorf("%q, %v", rest, err)
	}
}
