package morning

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// -bin has other programs tried than those of "make build", -shots keeps
// pictures to be looked at.
var (
	programs = flag.String("bin", "", "folder of the programs; empty: build")
	pictures = flag.String("shots", "", "folder for screenshots")
)

// built is the folder of the programs under test, which "make build" fills.
func built(t *testing.T) string {
	t.Helper()
	bin := *programs
	if bin == "" {
		bin = filepath.Join(root(t), "build")
	}
	for _, name := range []string{"raccordo", "raccordo-host", "raccordo-sim", "extension/chromium/manifest.json"} {
		if _, err := os.Stat(filepath.Join(bin, name)); errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("%s is missing: run make build", filepath.Join("build", name))
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return bin
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}
