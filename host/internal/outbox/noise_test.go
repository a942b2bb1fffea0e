package outbox

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"raccordo/host/internal/wire"
)

// TestNoise flips bytes anywhere behind the heads. The journal either says that
// it is damaged and is left as it is, or it opens, and works: a single value
// that cannot be read hides nothing else.
func TestNoise(t *testing.T) {
	s := ready(t, Options{})
	for i := range 100 {
		s.take(of(string(rune('A'+i)), i))
	}
	if err := s.box.Close(); err != nil {
		t.Fatal(err)
	}
	good, dir, opened := contentsOf(t, s.path), t.TempDir(), 0
	for seed := range uint64(60) {
		dice := rand.New(rand.NewPCG(seed, 2))
		bad := bytes.Clone(good)
		for range 1 + dice.IntN(12) {
			at := 2*os.Getpagesize() + dice.IntN(len(bad)-2*os.Getpagesize())
			if dice.IntN(2) == 0 { // where a page says what it holds
				at = at/os.Getpagesize()*os.Getpagesize() + dice.IntN(64)
			}
			bad[at] ^= byte(1 + dice.IntN(255))
		}
		path := filepath.Join(dir, "outbox.db")
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		o, err := Open(path, testKey, s.opt)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) || !bytes.Equal(bad, contentsOf(t, path)) {
				t.Errorf("seed %d: %v, or the file was changed", seed, err)
			}
			continue
		}
		opened++
		entries, err := o.List(Filter{})
		if c, countErr := o.Counts(); err != nil || countErr != nil || len(entries) != c.Pending+c.Failed+c.Drafts {
			t.Errorf("seed %d: %d entries of %+v, %v", seed, len(entries), c, err)
		}
		k, err := o.Take(Order{Doctor: giulia(), Origin: page}, []wire.Prescription{rx("new")})
		if err != nil && !errors.Is(err, ErrCorrupt) || err == nil && !k[0].Kept {
			t.Errorf("seed %d: %v", seed, err)
		}
		if err := o.Close(); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
	if opened == 0 || opened == 60 {
		t.Errorf("%d opened: the noise proves nothing", opened)
	}
	s.open()
}

// TestPageThatLeadsBack: a branch that is its own child would keep bbolt going
// round until the memory is full.
func TestPageThatLeadsBack(t *testing.T) {
	s := ready(t, Options{})
	for i := range 100 {
		s.take(of(string(rune('A'+i)), i))
	}
	if err := s.box.Close(); err != nil {
		t.Fatal(err)
	}
	bad, size, bent := contentsOf(t, s.path), os.Getpagesize(), 0
	for at := 2 * size; at < len(bad); at += size {
		if binary.NativeEndian.Uint64(bad[at:]) == uint64(at/size) && binary.NativeEndian.Uint16(bad[at+8:]) == branchPage {
			binary.NativeEndian.PutUint64(bad[at+pageHead+8:], uint64(at/size))
			bent++
		}
	}
	if bent == 0 {
		t.Fatal("no branch in the file")
	}
	if err := os.WriteFile(s.path, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(s.path, testKey, s.opt); !errors.Is(err, ErrCorrupt) {
		t.Errorf("%v", err)
	}
}
