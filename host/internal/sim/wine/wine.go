// Package wine is a fresh Windows for one test: what the Windows programs do is seen on
// Linux as far as wine goes. It holds what wine 8 lacks for programs of Go, and must never
// touch the Windows of whoever runs the tests.
package wine

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// Prefix boots a Windows of its own for the test and those it starts, and ends it with it.
func Prefix(t testing.TB) {
	t.Helper()
	dir, err := os.MkdirTemp("", "raccordo-wine")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for name, value := range map[string]string{
		"WINEPREFIX": dir, "WINEDEBUG": "-all", "WINEARCH": "win64",
		"WINEDLLOVERRIDES": "mscoree,mshtml=", // no browser and no .NET to be offered
	} {
		t.Setenv(name, value)
	}
	t.Setenv("DISPLAY", "")
	run(t, "wineboot", "--init")
	run(t, "wineserver", "--wait") // two boots at once make two service managers
	dll := filepath.Join(dir, "drive_c/windows/system32/bcryptprimitives.dll")
	if err := os.WriteFile(dll, forwarder("bcryptprimitives.dll", "ProcessPrng", "advapi32.SystemFunction036"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = exec.Command("wineserver", "--kill").Run() })
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

func run(t testing.TB, args ...string) {
	t.Helper()
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%q: %v\n%s", args, err, out)
	}
}
