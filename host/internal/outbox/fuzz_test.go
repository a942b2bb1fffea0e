package outbox

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzHead: whatever a file begins with, it is judged without a fault.
func FuzzHead(f *testing.F) {
	path := filepath.Join(f.TempDir(), "outbox.db")
	if err := create(path); err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{nil, good, good[:100], good[:len(good)/2], []byte("not a database")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		path := filepath.Join(t.TempDir(), "outbox.db")
		if err := os.WriteFile(path, head, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := whole(path); err != nil && !errors.Is(err, ErrCorrupt) {
			t.Error(err)
		}
	})
}

// FuzzEntry: an index entry that is read is the one that was written.
func FuzzEntry(f *testing.F) {
	f.Add(entry{state: Queued, doctor: 1, patient: 2, seq: 3, due: noon, next: Send, numbered: true}.encode())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, plain []byte) {
		e, err := decodeEntry(key{}, plain)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Error(err)
			}
			return
		}
		again, err := decodeEntry(key{}, e.encode())
		if d := cmp.Diff(e, again, cmp.AllowUnexported(entry{})); d != "" || err != nil {
			t.Error(d, err)
		}
	})
}
