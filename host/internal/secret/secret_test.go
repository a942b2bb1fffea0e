package secret_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"raccordo/host/internal/secret"
)

func open(t *testing.T, dir string) *secret.Store {
	t.Helper()
	s, err := secret.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t *testing.T, s *secret.Store, name, value string) {
	t.Helper()
	if err := s.Put(name, []byte(value)); err != nil {
		t.Fatal(err)
	}
}

func TestPutGet(t *testing.T) {
	for name, value := range map[string]string{
		"empty": "", "short": "1234567890", "umlauts and zeros": "però\x00\xff", "long": strings.Repeat("segreto", 10000),
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "state", "secret")
			put(t, open(t, dir), "pincode", "another value before")
			put(t, open(t, dir), "pincode", value)
			got, err := open(t, dir).Get("pincode") // as after a restart
			if err != nil || string(got) != value {
				t.Errorf("%q, %v; not %q", got, err, value)
			}
		})
	}
}

func TestGetNone(t *testing.T) {
	if v, err := open(t, filepath.Join(t.TempDir(), "s")).Get("nothing"); !errors.Is(err, secret.ErrNone) || v != nil {
		t.Errorf("%q, %v; not ErrNone", v, err)
	}
}

func TestGetRefuses(t *testing.T) {
	flip := func(at func(int) int) func([]byte) []byte {
		return func(b []byte) []byte {
			b = slices.Clone(b)
			b[at(len(b))] ^= 1
			return b
		}
	}
	tests := map[string]func([]byte) []byte{
		"first byte changed": flip(func(int) int { return 0 }),
		"last byte changed":  flip(func(n int) int { return n - 1 }),
		"middle changed":     flip(func(n int) int { return n / 2 }),
		"cut short":          func(b []byte) []byte { return b[:len(b)-1] },
		"one byte left":      func(b []byte) []byte { return b[:1] },
		"emptied":            func([]byte) []byte { return nil },
		"lengthened":         func(b []byte) []byte { return append(slices.Clone(b), 0) },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "s")
			s := open(t, dir)
			put(t, s, "a", "value")
			file := filepath.Join(dir, "a.sealed")
			sealed, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, change(sealed), 0o600); err != nil {
				t.Fatal(err)
			}
			if v, err := s.Get("a"); err == nil || errors.Is(err, secret.ErrNone) {
				t.Errorf("%q, %v", v, err)
			}
		})
	}
	t.Run("under another name", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "s")
		s := open(t, dir)
		put(t, s, "a", "value")
		if err := os.Rename(filepath.Join(dir, "a.sealed"), filepath.Join(dir, "b.sealed")); err != nil {
			t.Fatal(err)
		}
		if v, err := s.Get("b"); err == nil || errors.Is(err, secret.ErrNone) {
			t.Errorf("%q, %v", v, err)
		}
	})
}

// A key that is gone or another is told at once: a new one would make what is
// kept unreadable without a word.
func TestKeyFileLost(t *testing.T) {
	tests := map[string]func(t *testing.T, dir string){
		"removed": func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "key")); err != nil {
				t.Fatal(err)
			}
		},
		"another":        func(t *testing.T, dir string) { write(t, filepath.Join(dir, "key"), make([]byte, 32)) },
		"mark emptied":   func(t *testing.T, dir string) { write(t, filepath.Join(dir, "key.place"), nil) },
		"mark not known": func(t *testing.T, dir string) { write(t, filepath.Join(dir, "key.place"), []byte("cloud 12 34\n")) },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "s")
			put(t, open(t, dir), "a", "value")
			change(t, dir)
			if _, err := secret.Open(dir); !errors.Is(err, secret.ErrLost) {
				t.Errorf("%v, not ErrLost", err)
			}
		})
	}
}

// A folder of a version that knew no mark is taken as it is.
func TestKeyFileWithoutMark(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	put(t, open(t, dir), "a", "value")
	if err := os.Remove(filepath.Join(dir, "key.place")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if v, err := open(t, dir).Get("a"); err != nil || string(v) != "value" {
			t.Errorf("%q, %v", v, err)
		}
	}
}

func TestDelete(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	s := open(t, dir)
	put(t, s, "a", "value")
	put(t, s, "b", "other")
	for range 2 { // what is gone can be deleted again
		if err := s.Delete("a"); err != nil {
			t.Fatal(err)
		}
	}
	if v, err := s.Get("a"); !errors.Is(err, secret.ErrNone) {
		t.Errorf("%q, %v; not ErrNone", v, err)
	}
	if v, err := s.Get("b"); err != nil || string(v) != "other" {
		t.Errorf("%q, %v", v, err)
	}
}

// Programs that start together for the first time agree on one key.
func TestFirstStartTogether(t *testing.T) {
	for range 50 {
		dir := filepath.Join(t.TempDir(), "s")
		keys := make([][]byte, 8)
		errs := make([]error, len(keys))
		var group sync.WaitGroup
		for i := range keys {
			group.Go(func() {
				s, err := secret.Open(dir)
				if errs[i] = err; err == nil {
					keys[i] = s.Key()
				}
			})
		}
		group.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			if !bytes.Equal(k, keys[0]) || len(k) != 32 {
				t.Fatalf("keys %x and %x", keys[0], k)
			}
		}
		if bytes.Equal(keys[0], make([]byte, 32)) {
			t.Fatal("the key is not random")
		}
	}
}

// Writers of one name do not mix.
func TestPutTogether(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "s"))
	values := []string{strings.Repeat("a", 5000), strings.Repeat("b", 9000)}
	var group sync.WaitGroup
	for _, v := range values {
		group.Go(func() {
			for range 50 {
				if err := s.Put("x", []byte(v)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if got, err := s.Get("x"); err != nil || !slices.Contains(values, string(got)) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func write(t *testing.T, file string, body []byte) {
	t.Helper()
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
}
