package engine

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"raccordo/host/internal/sim/pinentry"
)

// The test binary is the scripted pinentry as well.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "pinentry" {
		if err := pinentry.Run(os.Args[2], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // of the children: a second each, otherwise
	goleak.VerifyTestMain(m)
}
