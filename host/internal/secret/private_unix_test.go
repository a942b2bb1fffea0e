//go:build unix

package secret_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"raccordo/host/internal/secret"
)

// On the disk there is neither the value nor a file that others may read, nor
// a remainder of the writing.
func TestSealedOnDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	s := open(t, dir)
	const value = "il pinCode del medico 1234567890"
	put(t, s, "pincode", value)
	first, err := os.ReadFile(filepath.Join(dir, "pincode.sealed"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "pincode", value)
	var names []string
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		if d.IsDir() {
			return nil
		}
		names = append(names, d.Name())
		body, err := os.ReadFile(path)
		if bytes.Contains(body, []byte("1234567890")) || bytes.Contains(body, []byte("medico")) {
			t.Errorf("%s shows the value", path)
		}
		if bytes.Equal(body, first) {
			t.Errorf("%s: the same value was sealed to the same bytes", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"key", "key.lock", "key.place", "pincode.sealed"}; !slices.Equal(names, want) {
		t.Errorf("files %v, not %v", names, want)
	}
}

func TestOpenRefuses(t *testing.T) {
	tests := map[string]func(t *testing.T, dir string){
		"a folder that others may enter": func(t *testing.T, dir string) { mkdir(t, dir, 0o750) },
		"a folder that all may write":    func(t *testing.T, dir string) { mkdir(t, dir, 0o777) },
		"a link to a folder": func(t *testing.T, dir string) {
			mkdir(t, dir+"-real", 0o700)
			if err := os.Symlink(dir+"-real", dir); err != nil {
				t.Fatal(err)
			}
		},
		"a file": func(t *testing.T, dir string) { write(t, dir, nil) },
		"a short key": func(t *testing.T, dir string) {
			mkdir(t, dir, 0o700)
			write(t, filepath.Join(dir, "key"), make([]byte, 31))
		},
		"an empty key": func(t *testing.T, dir string) { mkdir(t, dir, 0o700); write(t, filepath.Join(dir, "key"), nil) },
		"a long key": func(t *testing.T, dir string) {
			mkdir(t, dir, 0o700)
			write(t, filepath.Join(dir, "key"), make([]byte, 33))
		},
		"key is a folder": func(t *testing.T, dir string) { mkdir(t, filepath.Join(dir, "key"), 0o700) },
	}
	for name, prepare := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "s")
			prepare(t, dir)
			if _, err := secret.Open(dir); err == nil {
				t.Error("opened")
			}
		})
	}
}

func mkdir(t *testing.T, dir string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, mode); err != nil { // whatever the umask
		t.Fatal(err)
	}
}
