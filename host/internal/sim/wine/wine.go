// Package wine is a fresh Windows for one test: what the Windows programs do is seen on
// Linux as far as wine goes. It holds what wine 8 lacks for programs of Go, and must never
// touch the Windows of whoever runs the tests.
package wine

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// Prefix boots a Windows of its own for the test and those it starts, and ends it with it.
// In the meantime what the test needs besides is made.
func Prefix(t testing.TB, meantime ...func()) {
	t.Helper()
	dir, err := os.MkdirTemp("", "raccordo-wine")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for name, value := range map[string]string{
		"WINEPREFIX": dir, "WINEDEBUG": "-all", "WINEARCH": "win64", "DISPLAY": "",
		"WINEDLLOVERRIDES": "mscoree,mshtml=", // no browser and no .NET to be offered
	} {
		t.Setenv(name, value)
	}
	var failed error
	env, done := os.Environ(), make(chan struct{})
	go func() {
		defer close(done)
		failed = boot(dir, env)
	}()
	t.Cleanup(func() {
		<-done
		_ = exec.Command("wineserver", "--kill").Run()
	})
	for _, f := range meantime {
		f()
	}
	if <-done; failed != nil {
		t.Fatal(failed)
	}
}

func boot(dir string, env []string) error {
	for _, args := range [][]string{
		{"wineboot", "--init"},
		{"wineserver", "--wait"}, // two boots at once make two service managers
	} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Env = env
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%q: %w\n%s", args, err, out)
		}
	}
	dll := filepath.Join(dir, "drive_c/windows/system32/bcryptprimitives.dll")
	return os.WriteFile(dll, forwarder("bcryptprimitives.dll", "ProcessPrng", "advapi32.SystemFunction036"), 0o600)
}

// Program builds a program for Windows and returns where it is.
func Program(t testing.TB, pkg string) string {
	t.Helper()
	return build(t, "build", pkg, ".exe")
}

// Tests builds the tests of a package for Windows.
func Tests(t testing.TB, pkg string) string {
	t.Helper()
	return build(t, "test", pkg, ".test.exe", "-c")
}

func build(t testing.TB, command, pkg, ending string, flags ...string) string {
	t.Helper()
	exe := filepath.Join(t.TempDir(), path.Base(pkg)+ending)
	cmd := exec.Command("go", append(append([]string{command}, flags...), "-o", exe, pkg)...)
	cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return exe
}

// Path is a file of this system as its programs name it.
func Path(name string) string { return "Z:" + strings.ReplaceAll(name, "/", `\`) }
