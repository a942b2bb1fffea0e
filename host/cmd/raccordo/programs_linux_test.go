//go:build cgo

package main

import (
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
)

// built is the folder of all programs, which are built once, by the first who needs them.
var built struct {
	sync.Once
	dir string
	err error
}

func programs(t *testing.T) string {
	t.Helper()
	built.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "raccordo-bin"); built.err != nil {
			return
		}
		if out, err := exec.Command("go", "build", "-o", built.dir, "raccordo/host/cmd/...").CombinedOutput(); err != nil {
			built.err = fmt.Errorf("%w: %s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.dir
}

func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
	os.Exit(code)
}
