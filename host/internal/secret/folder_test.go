package secret_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"raccordo/host/internal/secret"
)

// at opens a folder beside the key's.
func at(t *testing.T, s *secret.Store, dir string) *secret.Store {
	t.Helper()
	other, err := s.At(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	return other
}

// Another folder has values of its own, under the same key.
func TestAt(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "printing")
	first := open(t, filepath.Join(root, "s"))
	put(t, first, "a", "of the first")
	other := at(t, first, dir)
	put(t, other, "a", "of the other")
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, filepath.Join(root, "s")) // as after a restart
	for name, row := range map[string]struct {
		store *secret.Store
		want  string
	}{"the key's folder": {again, "of the first"}, "the other": {at(t, again, dir), "of the other"}} {
		if v, err := row.store.Get("a"); err != nil || string(v) != row.want {
			t.Errorf("%s: %q, %v", name, v, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "key")); !os.IsNotExist(err) {
		t.Errorf("a key lies in the other folder: %v", err)
	}
}

func TestNames(t *testing.T) {
	root := t.TempDir()
	s := at(t, open(t, filepath.Join(root, "s")), filepath.Join(root, "p"))
	names := func() []string {
		t.Helper()
		names, err := s.Names()
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	if n := names(); len(n) != 0 {
		t.Errorf("%q in an empty folder", n)
	}
	for _, name := range []string{"c", "a", "b"} {
		put(t, s, name, name)
	}
	if err := s.Delete("b"); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "p", "something.else"), nil)
	if n := names(); !slices.Equal(n, []string{"a", "c"}) {
		t.Errorf("%q", n)
	}
	key, err := open(t, filepath.Join(root, "s")).Names()
	if err != nil || len(key) != 0 {
		t.Errorf("the key is among the names: %q, %v", key, err)
	}
}

// A file opens only in its folder: somebody who exchanges files changes nothing
// unseen.
func TestAtBinds(t *testing.T) {
	root := t.TempDir()
	key := open(t, filepath.Join(root, "s"))
	here, there := at(t, key, filepath.Join(root, "here")), at(t, key, filepath.Join(root, "there"))
	put(t, here, "a", "value")
	sealed, err := os.ReadFile(filepath.Join(root, "here", "a.sealed"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("value")) {
		t.Error("it is not sealed")
	}
	for folder, s := range map[string]*secret.Store{"there": there, "s": key} {
		write(t, filepath.Join(root, folder, "a.sealed"), sealed)
		if v, err := s.Get("a"); err == nil || errors.Is(err, secret.ErrNone) {
			t.Errorf("%s: %q, %v", folder, v, err)
		}
	}
}

// What a killed writer left half written is removed; what is torn is told from what
// is not there, and is in nobody's way.
func TestAtTorn(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "p")
	key := open(t, filepath.Join(root, "s"))
	s := at(t, key, dir)
	put(t, s, "whole", "value")
	put(t, s, "torn", "value")
	if err := os.Truncate(filepath.Join(dir, "torn.sealed"), 9); err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(dir, "whole.sealed.new123")
	write(t, half, []byte("half"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = at(t, key, dir)
	if _, err := os.Stat(half); !os.IsNotExist(err) {
		t.Errorf("half a file stays: %v", err)
	}
	names, err := s.Names()
	if err != nil || !slices.Equal(names, []string{"torn", "whole"}) {
		t.Errorf("%q, %v", names, err)
	}
	if v, err := s.Get("torn"); err == nil || errors.Is(err, secret.ErrNone) {
		t.Errorf("torn: %q, %v", v, err)
	}
	if v, err := s.Get("whole"); err != nil || string(v) != "value" {
		t.Errorf("%q, %v", v, err)
	}
	put(t, s, "torn", "new")
	if v, err := s.Get("torn"); err != nil || string(v) != "new" {
		t.Errorf("%q, %v", v, err)
	}
}

// One program has the folder; the next one waits until that is closed.
func TestAtAlone(t *testing.T) {
	root := t.TempDir()
	key := open(t, filepath.Join(root, "s"))
	dir := filepath.Join(root, "p")
	first := at(t, key, dir)
	got := make(chan error, 1)
	go func() {
		second, err := key.At(dir)
		if err == nil {
			err = second.Close()
		}
		got <- err
	}()
	select {
	case err := <-got:
		t.Fatalf("two at once: %v", err)
	case <-time.After(200 * time.Millisecond):
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Error(err)
	}
}
