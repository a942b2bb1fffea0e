package worker

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// kept is a folder in which one program was compiled, and its file.
func kept(t *testing.T) (store, string) {
	t.Helper()
	s := store{t.TempDir()}
	file := compiledFile(t, s, "wazero-v1-amd64-linux", "program")
	if !s.keep(nil) {
		t.Fatal("what is new was not seen")
	}
	return s, file
}

func compiledFile(t *testing.T, s store, version, name string) string {
	t.Helper()
	file := filepath.Join(s.dir, version, name)
	must(t, os.MkdirAll(filepath.Dir(file), 0o700))
	must(t, os.WriteFile(file, []byte(strings.Repeat("machine code ", 50000)), 0o600))
	return file
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestDamage(t *testing.T) {
	change := func(file string, at int) {
		body, err := os.ReadFile(file)
		must(t, err)
		body[(at+len(body))%len(body)] ^= 1
		must(t, os.WriteFile(file, body, 0o600))
	}
	for _, row := range []struct {
		name   string
		damage func(t *testing.T, file string)
		good   bool
	}{
		{"none", func(*testing.T, string) {}, true},
		{"first byte", func(_ *testing.T, file string) { change(file, 0) }, false},
		{"last byte", func(_ *testing.T, file string) { change(file, -1) }, false},
		{"its sum", func(_ *testing.T, file string) { change(file+sumEnding, 2) }, false},
		{"no sum", func(t *testing.T, file string) { must(t, os.Remove(file+sumEnding)) }, false},
		{"empty sum", func(t *testing.T, file string) { must(t, os.Truncate(file+sumEnding, 0)) }, false},
		{"cut", func(t *testing.T, file string) { must(t, os.Truncate(file, 1000)) }, false},
		{"longer", func(t *testing.T, file string) { must(t, os.Truncate(file, 1<<20)) }, false},
		{"half written, beside it", func(t *testing.T, file string) { must(t, os.WriteFile(file+".1.tmp", []byte("x"), 0o600)) }, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, file := kept(t)
			row.damage(t, file)
			want := []string(nil)
			if row.good {
				want = []string{file}
			}
			if got := s.check(); !slices.Equal(got, want) {
				t.Errorf("%q is good, not %q", got, want)
			}
			if got := s.files(); !slices.Equal(got, want) {
				t.Errorf("%q are left, not %q", got, want)
			}
		})
	}
}

// What an older version compiled goes when the new one has its own, and not before.
func TestKeep(t *testing.T) {
	s, old := kept(t)
	if s.keep(s.check()) || len(s.files()) != 1 {
		t.Error("nothing was new, and something changed")
	}
	before := s.check()
	now := compiledFile(t, s, "wazero-v2-amd64-linux", "program")
	if !s.keep(before) {
		t.Error("what is new was not seen")
	}
	if got := s.check(); !slices.Equal(got, []string{now}) {
		t.Errorf("%q are left", got)
	}
	if _, err := os.Stat(filepath.Dir(old)); err == nil {
		t.Error("the old folder is still there")
	}
	s.clear()
	if got := s.files(); len(got) != 0 {
		t.Errorf("%q are left", got)
	}
}
