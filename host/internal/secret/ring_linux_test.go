package secret_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/secret"
)

// place is what the mark says, without fingerprint and account.
func place(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "key.place"))
	if err != nil {
		t.Fatal(err)
	}
	kind, _, _ := strings.Cut(string(text), " ")
	return kind
}

func hasFile(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, "key"))
	return err == nil
}

func TestKeyInKeyring(t *testing.T) {
	desktop(t)
	dir := filepath.Join(t.TempDir(), "s")
	s := auto(t, dir)
	put(t, s, "pincode", "1234567890")
	if hasFile(dir) || place(t, dir) != "keyring" || len(items(t)) != 1 || s.Warning() != nil {
		t.Errorf("key file %v, mark %q, %d entries, warning %v", hasFile(dir), place(t, dir), len(items(t)), s.Warning())
	}
	again := auto(t, dir)
	if v, err := again.Get("pincode"); err != nil || string(v) != "1234567890" || !bytes.Equal(s.Key(), again.Key()) {
		t.Errorf("%q, %v", v, err)
	}
	// Another folder has a key of its own.
	if other := auto(t, filepath.Join(t.TempDir(), "s")); bytes.Equal(other.Key(), s.Key()) || len(items(t)) != 2 {
		t.Errorf("%d entries", len(items(t)))
	}
}

// Nothing on the disk shows the key.
func TestKeyNotOnDisk(t *testing.T) {
	desktop(t)
	dir := filepath.Join(t.TempDir(), "s")
	key := auto(t, dir).Key()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 { // key.lock, key.place
		t.Fatalf("%v, %v", entries, err)
	}
	for _, e := range entries {
		body, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil || bytes.Contains(body, key) {
			t.Errorf("%s: %v, %q", e.Name(), err, body)
		}
	}
}

func TestMigration(t *testing.T) {
	desktop(t)
	dir := filepath.Join(t.TempDir(), "s")
	before := open(t, dir)
	put(t, before, "a", "value")
	after := auto(t, dir)
	if v, err := after.Get("a"); err != nil || string(v) != "value" || hasFile(dir) || place(t, dir) != "keyring" || after.Warning() != nil {
		t.Fatalf("into the keyring: %q, %v, key file %v, mark %q, warning %v", v, err, hasFile(dir), place(t, dir), after.Warning())
	}
	// As left by a program that was killed before it removed the file.
	write(t, filepath.Join(dir, "key"), before.Key())
	if v, err := auto(t, dir).Get("a"); err != nil || string(v) != "value" || hasFile(dir) || len(items(t)) != 1 {
		t.Fatalf("once more: %q, %v, key file %v, %d entries", v, err, hasFile(dir), len(items(t)))
	}
	// The administrator wants a file.
	if v, err := open(t, dir).Get("a"); err != nil || string(v) != "value" || !hasFile(dir) || place(t, dir) != "file" || len(items(t)) != 0 {
		t.Fatalf("back: %q, %v, key file %v, mark %q, %d entries", v, err, hasFile(dir), place(t, dir), len(items(t)))
	}
}

// A key file that is not the one of the mark is no way in.
func TestForeignFileBesideKeyring(t *testing.T) {
	desktop(t)
	dir := filepath.Join(t.TempDir(), "s")
	key := auto(t, dir).Key()
	write(t, filepath.Join(dir, "key"), make([]byte, 32))
	if got := auto(t, dir).Key(); !bytes.Equal(got, key) {
		t.Error("another key was taken")
	}
}

func TestNoKeyring(t *testing.T) {
	tests := map[string]func(t *testing.T){
		"no bus":                   func(t *testing.T) { t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/none") },
		"an address that is none":  func(t *testing.T) { t.Setenv("DBUS_SESSION_BUS_ADDRESS", "nothing") },
		"a bus without a keyring":  bus,
		"a bus that went away":     func(t *testing.T) { t.Run("", bus); t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent") },
		"a bus that says nothing":  mute,
		"a keyring that was never": func(t *testing.T) { bus(t); neverSetUp(t) },
	}
	for name, prepare := range tests {
		t.Run(name, func(t *testing.T) {
			prepare(t)
			dir := filepath.Join(t.TempDir(), "s")
			s := auto(t, dir)
			put(t, s, "a", "value")
			if !errors.Is(s.Warning(), secret.ErrNoKeyring) || !hasFile(dir) || place(t, dir) != "file" {
				t.Errorf("warning %v, key file %v, mark %q", s.Warning(), hasFile(dir), place(t, dir))
			}
			if v, err := auto(t, dir).Get("a"); err != nil || string(v) != "value" {
				t.Errorf("%q, %v", v, err)
			}
			// Who chose the file is not warned.
			if s := open(t, dir); s.Warning() != nil {
				t.Errorf("warning %v", s.Warning())
			}
		})
	}
}

// The keyring goes away, or loses the key: an error, and nothing is replaced.
func TestKeyringGone(t *testing.T) {
	tests := map[string]struct {
		change func(t *testing.T, dir string)
		want   error
	}{
		"no bus any more": {func(t *testing.T, _ string) { t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent") }, secret.ErrUnreachable},
		"a bus without":   {func(t *testing.T, _ string) { bus(t) }, secret.ErrUnreachable},
		"a new keyring":   {func(t *testing.T, _ string) { desktop(t) }, secret.ErrLost},
		"entry deleted": {func(t *testing.T, _ string) {
			for _, item := range items(t) {
				if err := connect(t).Object("org.freedesktop.secrets", item).Call("org.freedesktop.Secret.Item.Delete", 0).Err; err != nil {
					t.Fatal(err)
				}
			}
		}, secret.ErrLost},
	}
	for name, tt := range tests {
		for _, mode := range []string{secret.Auto, secret.File} {
			t.Run(name+", "+mode, func(t *testing.T) {
				desktop(t)
				dir := filepath.Join(t.TempDir(), "s")
				put(t, auto(t, dir), "a", "value")
				tt.change(t, dir)
				k := secret.New(dir, secret.Options{Keyring: mode, Wait: long})
				defer k.Close()
				for range 2 {
					if s, err := k.Open(); !errors.Is(err, tt.want) || errors.Is(err, secret.ErrNoKeyring) {
						t.Errorf("%v, %v; not %v", s, err, tt.want)
					}
				}
				if hasFile(dir) || place(t, dir) != "keyring" {
					t.Errorf("key file %v, mark %q", hasFile(dir), place(t, dir))
				}
			})
		}
	}
}

func TestLocked(t *testing.T) {
	desktop(t)
	dir := filepath.Join(t.TempDir(), "s")
	put(t, auto(t, dir), "a", "value")
	lock(t)
	t.Run("nobody can show a window", func(t *testing.T) {
		if _, err := keeper(t, dir, long).Open(); !errors.Is(err, secret.ErrLocked) {
			t.Errorf("%v, not ErrLocked", err)
		}
	})
	p := window(t)
	t.Run("the user closes the window", func(t *testing.T) {
		p.closes.Store(true)
		if _, err := keeper(t, dir, long).Open(); !errors.Is(err, secret.ErrLocked) || p.shown.Load() != 1 {
			t.Errorf("%v, not ErrLocked; shown %d times", err, p.shown.Load())
		}
	})
	t.Run("the user lets it wait, then opens the keyring", func(t *testing.T) {
		p.closes.Store(false)
		p.shown.Store(0)
		k := keeper(t, dir, 200*time.Millisecond)
		for p.shown.Load() == 0 {
			if _, err := k.Open(); !errors.Is(err, secret.ErrLocked) {
				t.Fatalf("%v, not ErrLocked", err)
			}
		}
		if _, err := k.Open(); !errors.Is(err, secret.ErrLocked) || p.shown.Load() != 1 {
			t.Errorf("%v, not ErrLocked; %d windows", err, p.shown.Load())
		}
		unlock(t)
		for {
			s, err := k.Open()
			if errors.Is(err, secret.ErrLocked) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if v, err := s.Get("a"); err != nil || string(v) != "value" {
				t.Errorf("%q, %v", v, err)
			}
			break
		}
	})
	if hasFile(dir) || len(items(t)) != 1 {
		t.Errorf("key file %v, %d entries", hasFile(dir), len(items(t)))
	}
}

// Who gives up while the window is open leaves a keyring that works: it once
// died of it.
func TestCloseWhileWindow(t *testing.T) {
	desktop(t)
	dir := filepath.Join(t.TempDir(), "s")
	key := auto(t, dir).Key()
	lock(t)
	p := window(t)
	k := keeper(t, dir, 50*time.Millisecond)
	for p.shown.Load() == 0 {
		if _, err := k.Open(); !errors.Is(err, secret.ErrLocked) {
			t.Fatal(err)
		}
	}
	k.Close()
	for err := secret.ErrLocked; err != nil && strings.Contains(err.Error(), "no answer"); {
		_, err = k.Open()
	}
	unlock(t)
	if s := auto(t, dir); !bytes.Equal(s.Key(), key) || len(items(t)) != 1 {
		t.Errorf("another key, or %d entries", len(items(t)))
	}
}

// While no key is in it, a locked keyring asks nobody: the key is in a file
// until the keyring is open.
func TestLockedAtFirst(t *testing.T) {
	desktop(t)
	lock(t)
	p := window(t)
	dir := filepath.Join(t.TempDir(), "s")
	s := auto(t, dir)
	put(t, s, "a", "value")
	if !errors.Is(s.Warning(), secret.ErrLocked) || !hasFile(dir) || p.shown.Load() != 0 {
		t.Errorf("warning %v, key file %v, %d windows", s.Warning(), hasFile(dir), p.shown.Load())
	}
	unlock(t)
	s = auto(t, dir)
	if v, err := s.Get("a"); err != nil || string(v) != "value" || s.Warning() != nil || hasFile(dir) {
		t.Errorf("%q, %v, warning %v, key file %v", v, err, s.Warning(), hasFile(dir))
	}
}
