package secret_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"raccordo/host/internal/secret"
)

// This binary is also another program that opens the store.
func TestMain(m *testing.M) {
	if dir := os.Getenv("SECRET_DIR"); dir != "" {
		k := secret.NewDying(dir, secret.Options{Keyring: os.Getenv("SECRET_MODE"), Wait: long}, os.Getenv("SECRET_STEP"))
		s, err := k.Open()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Printf("%x", s.Key())
		os.Exit(0)
	}
	if dir := os.Getenv("SECRET_SCRIBBLE"); dir != "" {
		fmt.Fprintln(os.Stderr, scribble(dir))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

func program(dir, mode, step string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SECRET_DIR="+dir, "SECRET_MODE="+mode, "SECRET_STEP="+step)
	return cmd
}

// Wherever it is killed while the key moves, the key stays.
func TestKilledAtStep(t *testing.T) {
	desktop(t)
	steps := map[string][]string{
		secret.Auto: {"before set", "after set", "before get", "after get"},
		secret.File: {"before get", "after get", "before remove", "after remove"},
	}
	for mode, steps := range steps {
		for _, step := range steps {
			t.Run("to "+mode+", "+step, func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), "s")
				first := open(t, dir)
				if mode == secret.File {
					first = auto(t, dir)
				}
				put(t, first, "a", "value")
				out, err := program(dir, mode, step).CombinedOutput()
				if err == nil || !strings.Contains(err.Error(), "killed") {
					t.Fatalf("%v: %s", err, out)
				}
				k := secret.New(dir, secret.Options{Keyring: mode, Wait: long})
				defer k.Close()
				s, err := k.Open()
				if err != nil {
					t.Fatal(err)
				}
				if v, err := s.Get("a"); err != nil || string(v) != "value" || !bytes.Equal(s.Key(), first.Key()) {
					t.Errorf("%q, %v", v, err)
				}
				if hasFile(dir) != (mode == secret.File) || s.Warning() != nil {
					t.Errorf("key file %v, warning %v", hasFile(dir), s.Warning())
				}
			})
		}
	}
	t.Run("at first", func(t *testing.T) {
		for _, step := range steps[secret.Auto] {
			dir := filepath.Join(t.TempDir(), "s")
			if err := program(dir, secret.Auto, step).Run(); err == nil {
				t.Fatal("lives")
			}
			if s := auto(t, dir); s.Warning() != nil || hasFile(dir) {
				t.Errorf("%s: warning %v, key file %v", step, s.Warning(), hasFile(dir))
			}
		}
	})
}

// The same at any moment, back and forth.
func TestKilledAnytime(t *testing.T) {
	desktop(t)
	dir := filepath.Join(t.TempDir(), "s")
	first := open(t, dir)
	put(t, first, "a", "value")
	killed := 0
	for i := range 60 {
		mode := []string{secret.Auto, secret.File}[i%2]
		cmd := program(dir, mode, "")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.IntN(40)) * time.Millisecond)
		cmd.Process.Kill()
		if err := cmd.Wait(); err != nil {
			killed++
		}
	}
	if killed == 0 {
		t.Fatal("none was killed while it ran")
	}
	for _, mode := range []string{secret.Auto, secret.File} {
		k := secret.New(dir, secret.Options{Keyring: mode, Wait: long})
		defer k.Close()
		s, err := k.Open()
		if err != nil {
			t.Fatal(err)
		}
		if v, err := s.Get("a"); err != nil || string(v) != "value" {
			t.Errorf("%q, %v", v, err)
		}
	}
}

// Agent and command line that start together agree on one key, whatever each of
// them knows of the keyring.
func TestProgramsTogether(t *testing.T) {
	desktop(t)
	for _, row := range [][]string{
		{secret.Auto, secret.Auto, secret.Auto, secret.Auto},
		{secret.Auto, secret.File, secret.Auto, secret.File},
	} {
		for range 5 {
			dir := filepath.Join(t.TempDir(), "s")
			keys := make([]string, len(row))
			var group sync.WaitGroup
			for i, mode := range row {
				group.Go(func() {
					out, err := program(dir, mode, "").Output()
					if err != nil {
						t.Error(err)
					}
					keys[i] = string(out)
				})
			}
			group.Wait()
			for _, k := range keys {
				if raw, err := hex.DecodeString(k); err != nil || len(raw) != 32 || k != keys[0] {
					t.Fatalf("keys %q", keys)
				}
			}
		}
	}
}
