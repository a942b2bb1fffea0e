package outbox

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"raccordo/host/internal/wire"
)

// asNobody does something without the right to write: root's own files are
// anybody's to read then.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	const nobody = 65534
	if os.Getuid() == 0 {
		if err := syscall.Setfsuid(nobody); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = syscall.Setfsuid(0) }()
	}
	do()
}

func TestReadOnlyDisk(t *testing.T) {
	s := ready(t, Options{})
	s.take(of("a", 1))
	if err := s.box.Close(); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(s.path)
	for path, mode := range map[string]os.FileMode{s.path: 0o444, dir: 0o555, filepath.Dir(dir): 0o755} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	before := contentsOf(t, s.path)
	asNobody(t, func() {
		if os.Getuid() == 0 {
			if _, err := Open(s.path, testKey, s.opt); !errors.Is(err, ErrReadOnly) || Code(err) != wire.ErrOutboxRO {
				t.Errorf("a file that cannot be written: %v", err)
			}
		}
		if _, err := Open(filepath.Join(dir, "new.db"), testKey, s.opt); !errors.Is(err, ErrReadOnly) {
			t.Errorf("a folder that cannot be written: %v", err)
		}
	})
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 || string(before) != string(contentsOf(t, s.path)) {
		t.Errorf("%v %v, or the file was touched", left, err)
	}
	s.open()
	s.want(map[string]State{"a": Queued})
}
