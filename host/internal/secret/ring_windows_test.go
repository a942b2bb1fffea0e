package secret_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"raccordo/host/internal/secret"
)

func auto(t *testing.T, dir string) *secret.Store {
	t.Helper()
	k := secret.New(dir, secret.Options{Keyring: secret.Auto})
	defer k.Close()
	s, err := k.Open()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// folder is removed as far as the system does it: wine does not know how Go's
// own TempDir removes.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "secret")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

// sealed are the files that CryptProtectData made.
func sealed(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.dpapi"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestDataProtection(t *testing.T) {
	dir := folder(t)
	before := open(t, dir) // key in the clear, as an older version left it
	put(t, before, "a", "value")
	for range 2 {
		s := auto(t, dir)
		if v, err := s.Get("a"); err != nil || string(v) != "value" || s.Warning() != nil {
			t.Fatalf("%q, %v, warning %v", v, err, s.Warning())
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "key")); err == nil || len(sealed(t, dir)) != 1 {
		t.Errorf("the key file is there, or %v", sealed(t, dir))
	}
	body, err := os.ReadFile(sealed(t, dir)[0])
	if err != nil || bytes.Contains(body, before.Key()) || len(body) <= 32 {
		t.Errorf("%d bytes, %v", len(body), err)
	}
	// The administrator wants a file.
	if v, err := open(t, dir).Get("a"); err != nil || string(v) != "value" || len(sealed(t, dir)) != 0 {
		t.Errorf("%q, %v, %v", v, err, sealed(t, dir))
	}
}

// Windows refuses to replace a file that another is just replacing.
func TestPutOfTwo(t *testing.T) {
	s := auto(t, folder(t))
	var group sync.WaitGroup
	for _, v := range []string{"one", "two"} {
		group.Go(func() {
			for range 50 {
				if err := s.Put("x", []byte(v)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if v, err := s.Get("x"); err != nil || string(v) != "one" && string(v) != "two" {
		t.Errorf("%q, %v", v, err)
	}
}

func TestDataProtectionLost(t *testing.T) {
	for name, change := range map[string]func(file string) error{
		"removed":  os.Remove,
		"emptied":  func(file string) error { return os.WriteFile(file, nil, 0o600) },
		"of other": func(file string) error { return os.WriteFile(file, make([]byte, 200), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t)
			put(t, auto(t, dir), "a", "value")
			if err := change(sealed(t, dir)[0]); err != nil {
				t.Fatal(err)
			}
			k := secret.New(dir, secret.Options{Keyring: secret.Auto})
			defer k.Close()
			if _, err := k.Open(); !errors.Is(err, secret.ErrLost) {
				t.Errorf("%v, not ErrLost", err)
			}
		})
	}
}
