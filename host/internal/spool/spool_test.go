package spool

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"raccordo/host/internal/wire"
)

// shelf is a store with a clock of the test's.
type shelf struct {
	*Store
	t   *testing.T
	dir string
	now time.Time
}

func open(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{t: t, dir: filepath.Join(t.TempDir(), "documents"), now: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	store, err := Open(s.dir, func() time.Time { return s.now })
	if err != nil {
		t.Fatal(err)
	}
	s.Store = store
	t.Cleanup(store.Shut)
	return s
}

func (s *shelf) create(owner Owner, size int64) string {
	s.t.Helper()
	id, err := s.Create(owner, size)
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// put is a complete document.
func (s *shelf) put(owner Owner, content []byte) string {
	s.t.Helper()
	id := s.create(owner, int64(len(content)))
	for at := 0; at < len(content); {
		n := min(wire.MaxPiece, len(content)-at)
		if _, err := s.Write(owner, id, int64(at), content[at:at+n]); err != nil {
			s.t.Fatal(err)
		}
		at += n
	}
	return id
}

func code(err error) wire.ErrorCode {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

const me, you = "me", "you"

func TestRoundTrip(t *testing.T) {
	for _, size := range []int{0, 1, wire.MaxPiece - 1, wire.MaxPiece, wire.MaxPiece + 1, 3*wire.MaxPiece + 17} {
		s := open(t)
		content := make([]byte, size)
		for i := range content {
			content[i] = byte(rand.Uint32())
		}
		id := s.put(me, content)
		var got []byte
		for {
			piece, whole, err := s.Read(me, id, int64(len(got)))
			if err != nil || whole != int64(size) || len(piece) > wire.MaxPiece {
				t.Fatalf("%d bytes of %d: %v", len(piece), whole, err)
			}
			if got = append(got, piece...); len(got) == size {
				break
			}
		}
		if !bytes.Equal(got, content) {
			t.Errorf("%d bytes came back otherwise", size)
		}
		d, err := s.Get(me, id)
		if err != nil {
			t.Fatal(err)
		}
		if sum := sumOf(content); d.SHA256() != sum || d.Size() != int64(size) || d.ID() != id {
			t.Errorf("%d bytes: digest %s, want %s", size, d.SHA256(), sum)
		}
		d.Release()
	}
}

// What is refused changes nothing: the document can still be completed.
func TestRefusedPieces(t *testing.T) {
	s := open(t)
	id := s.create(me, 10)
	for _, row := range []struct {
		name   string
		owner  Owner
		id     string
		offset int64
		piece  string
		want   wire.ErrorCode
	}{
		{"a gap", me, id, 4, "abc", wire.ErrParams},
		{"too much", me, id, 0, "0123456789x", wire.ErrParams},
		{"somebody else's", you, id, 0, "abc", wire.ErrDocNone},
		{"none", me, strings.Repeat("0", 32), 0, "abc", wire.ErrDocNone},
		{"the first", me, id, 0, "01234", ""},
		{"the first again", me, id, 0, "01234", wire.ErrParams},
		{"beyond the end", me, id, 5, "567890", wire.ErrParams},
		{"the last", me, id, 5, "56789", ""},
		{"after the last", me, id, 10, "x", wire.ErrParams},
		{"nothing after the last", me, id, 10, "", ""},
	} {
		if _, err := s.Write(row.owner, row.id, row.offset, []byte(row.piece)); code(err) != row.want {
			t.Errorf("%s: %v, want %q", row.name, err, row.want)
		}
	}
	if _, err := s.Write(me, s.create(me, wire.MaxDocument), 0, make([]byte, wire.MaxPiece+1)); code(err) != wire.ErrParams {
		t.Errorf("a piece that is too large: %v", err)
	}
	d, err := s.Get(me, id)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	if d.SHA256() != sumOf([]byte("0123456789")) {
		t.Error("a refused piece is in the digest")
	}
}

func TestIncomplete(t *testing.T) {
	s := open(t)
	id := s.create(me, 10)
	if _, err := s.Get(me, id); code(err) != wire.ErrDocShort {
		t.Errorf("taken: %v", err)
	}
	if _, _, err := s.Read(me, id, 0); code(err) != wire.ErrDocShort {
		t.Errorf("read: %v", err)
	}
	if err := s.Close(me, id); err != nil {
		t.Error(err)
	}
	if err := s.Close(me, id); code(err) != wire.ErrDocNone {
		t.Errorf("twice: %v", err)
	}
}

func TestOwners(t *testing.T) {
	s := open(t)
	id := s.put(me, []byte("x"))
	if _, _, err := s.Read(you, id, 0); code(err) != wire.ErrDocNone {
		t.Errorf("read: %v", err)
	}
	if err := s.Close(you, id); code(err) != wire.ErrDocNone {
		t.Errorf("closed: %v", err)
	}
	s.Leave(you)
	if _, _, err := s.Read(me, id, 0); err != nil {
		t.Errorf("gone with somebody else: %v", err)
	}
	s.Leave(me)
	if _, _, err := s.Read(me, id, 0); code(err) != wire.ErrDocNone {
		t.Errorf("kept after the owner's end: %v", err)
	}
}

func TestQuotas(t *testing.T) {
	s := open(t)
	if _, err := s.Create(me, wire.MaxDocument+1); code(err) != wire.ErrDocLarge {
		t.Errorf("one too large: %v", err)
	}
	for range MaxOwner / wire.MaxDocument {
		s.create(me, wire.MaxDocument)
	}
	if _, err := s.Create(me, 1); code(err) != wire.ErrDocLarge {
		t.Errorf("all too large: %v", err)
	}
	r, err := s.Result(me)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Write([]byte("x")); code(err) != wire.ErrDocLarge {
		t.Errorf("a result beyond the quota: %v", err)
	}
	r.Cancel()
	s.create(you, wire.MaxDocument)
	s.Leave(me)
	for range MaxDocuments {
		s.create(me, 0)
	}
	if _, err := s.Create(me, 0); code(err) != wire.ErrDocLarge {
		t.Errorf("too many: %v", err)
	}
}

// A result is nobody's to read before it is done, and goes when it is given up or
// its owner leaves.
func TestResult(t *testing.T) {
	s := open(t)
	r, err := s.Result(me)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"firm", "", "ato"} {
		if _, err := io.WriteString(r, part); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Get(me, r.d.id); code(err) != wire.ErrDocShort {
		t.Errorf("before its end: %v", err)
	}
	if _, err := s.Write(me, r.d.id, 7, []byte("x")); code(err) != wire.ErrParams {
		t.Errorf("written to by its owner: %v", err)
	}
	d := r.Done()
	r.Cancel()
	piece, size, err := s.Read(me, d.ID(), 0)
	if err != nil || string(piece) != "firmato" || size != 7 || d.SHA256() != sumOf([]byte("firmato")) {
		t.Errorf("%q %d %v", piece, size, err)
	}
	gone, err := s.Result(me)
	if err != nil {
		t.Fatal(err)
	}
	s.Leave(me)
	if _, err := io.WriteString(gone, "x"); code(err) != wire.ErrDocNone {
		t.Errorf("written after its owner had left: %v", err)
	}
	gone.Cancel()
	if len(s.all) != 0 {
		t.Errorf("%d documents left", len(s.all))
	}
}

// A document that is being read survives its closing until then.
func TestHold(t *testing.T) {
	s := open(t)
	id := s.put(me, []byte("contenuto"))
	d, err := s.Get(me, id)
	if err != nil {
		t.Fatal(err)
	}
	s.Leave(me)
	b := make([]byte, 9)
	if _, err := d.ReadAt(b, 0); err != nil || string(b) != "contenuto" {
		t.Errorf("%q %v", b, err)
	}
	d.Release()
	if _, err := d.ReadAt(b, 0); !errors.Is(err, os.ErrClosed) {
		t.Errorf("still open: %v", err)
	}
}

func TestSweep(t *testing.T) {
	s := open(t)
	old, used, held := s.put(me, []byte("a")), s.put(me, []byte("b")), s.put(me, []byte("c"))
	d, err := s.Get(me, held)
	if err != nil {
		t.Fatal(err)
	}
	s.now = s.now.Add(Idle - time.Minute)
	if _, _, err := s.Read(me, used, 0); err != nil {
		t.Fatal(err)
	}
	s.now = s.now.Add(2 * time.Minute)
	s.Sweep()
	for id, want := range map[string]wire.ErrorCode{old: wire.ErrDocNone, used: "", held: ""} {
		if _, _, err := s.Read(me, id, 0); code(err) != want {
			t.Errorf("%v, want %q", err, want)
		}
	}
	d.Release()
}

// Nothing of a document has a name, and what a killed agent has left goes.
func TestNothingIsLeft(t *testing.T) {
	s := open(t)
	s.put(me, []byte("segreto"))
	r, err := s.Result(me)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Cancel()
	if left, err := os.ReadDir(s.dir); err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
	if info, err := os.Stat(s.dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	copies := filepath.Join(s.dir, "copie")
	if err := os.MkdirAll(copies, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{filepath.Join(s.dir, "1234"), filepath.Join(copies, "a.pdf")} {
		if err := os.WriteFile(f, []byte("x"), 0o400); err != nil {
			t.Fatal(err)
		}
	}
	again, err := Open(s.dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Shut()
	if left, err := os.ReadDir(s.dir); err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// Many callers at once.
func TestAtOnce(t *testing.T) {
	s := open(t)
	var group sync.WaitGroup
	for who := range 8 {
		group.Go(func() {
			for n := range 20 {
				content := bytes.Repeat([]byte{byte(who)}, n*1000+1)
				id := s.put(who, content)
				d, err := s.Get(who, id)
				if err != nil || d.SHA256() != sumOf(content) {
					t.Errorf("%d: %v", who, err)
					continue
				}
				if n%3 == 0 {
					s.Sweep()
				}
				d.Release()
				if n%2 == 0 {
					_ = s.Close(who, id)
				}
			}
			s.Leave(who)
		})
	}
	group.Wait()
	if len(s.all) != 0 {
		t.Errorf("%d documents left", len(s.all))
	}
}
