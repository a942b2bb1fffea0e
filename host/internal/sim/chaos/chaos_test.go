package chaos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"raccordo/host/internal/sim/kit"
	"raccordo/host/internal/sim/pinentry"
)

// The test binary is also the scripted person, and the run itself: an agent
// talks to a program of its own folder only.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "pinentry" {
		exit(pinentry.Run(os.Args[2], os.Stdin, os.Stdout))
	}
	if len(os.Args) == 3 && os.Args[1] == "chaos" {
		exit(small(context.Background(), os.Args[2]))
	}
	if len(os.Args) == 3 && os.Args[1] == "services" {
		exit(everyService(context.Background(), os.Args[2]))
	}
	os.Exit(m.Run())
}

func exit(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

func small(ctx context.Context, record string) error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	report, err := Run(ctx, Options{
		Bin: filepath.Dir(exe), Prescriptions: 300, Doctors: 5, Kills: 15, Seed: uint64(time.Now().UnixNano()), Faults: 0.25, Stall: time.Minute, Log: io.Discard, Record: record,
	})
	if err != nil {
		return err
	}
	report.Table(os.Stdout)
	return report.Good()
}

// TestExactlyOnce is the short form of `raccordo-sim chaos`. What went over the
// line is valid even in chaos.
func TestExactlyOnce(t *testing.T) { valid(t, inFolder(t, "chaos")) }

// inFolder runs this program beside the agent and returns what it recorded.
func inFolder(t *testing.T, what string) (record string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := build(dir); err != nil {
		t.Fatal(err)
	}
	record = filepath.Join(dir, "record")
	out, err := exec.CommandContext(t.Context(), filepath.Join(dir, "raccordo-sim"), what, record).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

// valid holds what was recorded against the ministry's schemas, where there are
// any.
func valid(t *testing.T, record string) kit.Count {
	t.Helper()
	count, err := kit.Validate(t.Context(), os.Getenv(kit.Variable), record)
	if err != nil {
		t.Error(err)
	}
	return count
}

// build makes the agent, and puts this program beside it. It looks at every
// source before, so that `go test` does not take a result of other sources for
// this one's.
func build(dir string) error {
	for _, root := range []string{"../../../../host", "../../../../manifests"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				_, err = os.Stat(path)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	// -trimpath as in `make build`: what that has compiled need not be again.
	cmd := exec.Command("go", "build", "-trimpath", "-o", dir, "raccordo/host/cmd/raccordo")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	return copyFile(exe, filepath.Join(dir, "raccordo-sim"))
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o700)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
