package outbox

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

func copies(t *testing.T, path string) []string {
	t.Helper()
	found, err := filepath.Glob(path + ".*")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func contentsOf(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestFileTellsNothing: no codice fiscale, name, number, drug, page or doctor
// can be read in the file, in whatever state the prescription is.
func TestFileTellsNothing(t *testing.T) {
	s := ready(t, Options{})
	p := of("segreto-1", 1)
	p.CodiceAssistito = anagrafe.Patients()[0].CF
	s.take(p, of("segreto-2", 2), of("segreto-3", 3), invalid(of("segreto-4", 4)))
	if _, err := s.box.Take(Order{Doctor: giulia(), Origin: page, Draft: true}, []wire.Prescription{of("segreto-5", 5)}); err != nil {
		t.Fatal(err)
	}
	s.carry(s.claim(ClaimOptions{Limit: 1})[0])
	s.f.lose(true)
	s.carry(s.claim(ClaimOptions{Limit: 1})[0])
	s.want(map[string]State{"segreto-1": Sent, "segreto-2": Unknown, "segreto-3": Queued, "segreto-4": Refused, "segreto-5": Draft})
	if err := s.box.Close(); err != nil {
		t.Fatal(err)
	}
	raw := contentsOf(t, s.path)
	for _, secret := range []string{
		anagrafe.Patients()[0].CF, "STP0000000000002", "BIANCHI", "segreto", "FARMACO", "000000000", "0900A00000001", "AUT0900",
		"clinica.example", giulia().CF, "%PDF", "queued", "draft", "tipo_",
	} {
		if bytes.Contains(raw, []byte(secret)) && secret != "000000000" {
			t.Errorf("%q is readable in the file", secret)
		}
	}
	if info, err := os.Stat(s.path); runtime.GOOS != "windows" && (err != nil || info.Mode().Perm() != 0o600) {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	s.open()
}

func TestOpenTwice(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "outbox.db")
	o := openAt(t, path)
	if _, err := Open(path, testKey, Options{}); !errors.Is(err, ErrLocked) || Code(err) != wire.ErrOutboxInUse {
		t.Errorf("second opener: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".outbox-*")); err != nil || len(left) != 0 {
		t.Errorf("left aside: %v %v", left, err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAnotherKey(t *testing.T) {
	s := ready(t, Options{})
	s.take(of("a", 1))
	if err := s.box.Close(); err != nil {
		t.Fatal(err)
	}
	before := contentsOf(t, s.path)
	if _, err := Open(s.path, bytes.Repeat([]byte{8}, KeySize), s.opt); !errors.Is(err, ErrKey) || Code(err) != wire.ErrOutboxKey {
		t.Errorf("other key: %v", err)
	}
	if !bytes.Equal(before, contentsOf(t, s.path)) || len(copies(t, s.path)) != 0 {
		t.Error("the file was touched")
	}
	if _, err := Open(s.path, []byte("short"), Options{}); err == nil {
		t.Error("short key accepted")
	}
	s.open()
	s.want(map[string]State{"a": Queued})
}

// TestDamage: a damaged journal is told from a wrong key, copied once, and
// left as it is.
func TestDamage(t *testing.T) {
	s := ready(t, Options{})
	for i := range 50 {
		s.take(of(string(rune('A'+i)), i))
	}
	if err := s.box.Close(); err != nil {
		t.Fatal(err)
	}
	good := contentsOf(t, s.path)
	dice := rand.New(rand.NewPCG(1, 2))
	tests := map[string]func([]byte) []byte{
		"empty":               func([]byte) []byte { return nil },
		"text":                func([]byte) []byte { return []byte(strings.Repeat("not a database ", 5000)) },
		"truncated":           func(b []byte) []byte { return b[:len(b)/3] },
		"first pages only":    func(b []byte) []byte { return b[:2*os.Getpagesize()] },
		"both heads gone":     func(b []byte) []byte { clear(b[:2*os.Getpagesize()]); return b },
		"every page but head": func(b []byte) []byte { clear(b[2*os.Getpagesize():]); return b },
		"noise all over": func(b []byte) []byte {
			for i := 2 * os.Getpagesize(); i < len(b); i += 1 + dice.IntN(400) {
				b[i] ^= byte(1 + dice.IntN(255))
			}
			return b
		},
	}
	for name, damage := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "outbox.db")
			bad := damage(bytes.Clone(good))
			if err := os.WriteFile(path, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				o, err := Open(path, testKey, Options{Log: zerolog.Nop()})
				if err == nil {
					_ = o.Close()
				}
				if !errors.Is(err, ErrCorrupt) || Code(err) != wire.ErrOutboxBroken {
					t.Errorf("%v", err)
				}
			}
			if !bytes.Equal(bad, contentsOf(t, path)) {
				t.Error("the damaged file was changed")
			}
			kept := copies(t, path)
			if len(kept) != 1 || !bytes.Equal(bad, contentsOf(t, kept[0])) {
				t.Errorf("copies: %v", kept)
			}
		})
	}
}

// TestTornLastWrite: of a transaction that power interrupted nothing is left,
// and everything before it is there.
func TestTornLastWrite(t *testing.T) {
	s := ready(t, Options{})
	s.take(of("a", 1))
	if err := s.box.Close(); err != nil {
		t.Fatal(err)
	}
	before := contentsOf(t, s.path)
	s.open()
	s.take(of("b", 2))
	if err := s.box.Close(); err != nil {
		t.Fatal(err)
	}
	after := contentsOf(t, s.path)
	size := os.Getpagesize()
	for cut := range 40 {
		// bbolt writes the pages of a transaction first and its head last: torn is
		// any part of the pages, with the older head.
		torn := bytes.Clone(before)
		if len(after) > len(torn) {
			torn = append(torn, make([]byte, len(after)-len(torn))...)
		}
		for page := 2; page < 2+cut && (page+1)*size <= len(after); page++ {
			if unused(before, after, page, size) {
				copy(torn[page*size:(page+1)*size], after[page*size:(page+1)*size])
			}
		}
		path := filepath.Join(t.TempDir(), "outbox.db")
		if err := os.WriteFile(path, torn, 0o600); err != nil {
			t.Fatal(err)
		}
		o := openAt(t, path)
		_, a, errA := o.Find(page, "a")
		_, b, errB := o.Find(page, "b")
		if !a || b || errA != nil || errB != nil {
			t.Fatalf("cut at page %d: %t %t %v %v", cut, a, b, errA, errB)
		}
	}
	s.open()
}

// unused tells a page that the older head does not reach: copy on write never
// touches the others.
func unused(before, after []byte, page, size int) bool {
	if (page+1)*size > len(before) {
		return true
	}
	return !bytes.Equal(before[page*size:(page+1)*size], after[page*size:(page+1)*size])
}

func TestTwoMakersAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox.db")
	var wait sync.WaitGroup
	errs := make(chan error, 4)
	for range 4 {
		wait.Go(func() {
			o, err := Open(path, testKey, Options{Log: zerolog.Nop()})
			if err == nil {
				_, err = o.Take(Order{Doctor: giulia(), Origin: page}, []wire.Prescription{rx("1")})
				err = errors.Join(err, o.Close())
			}
			errs <- err
		})
	}
	wait.Wait()
	close(errs)
	for err := range errs {
		if err != nil && !errors.Is(err, ErrLocked) {
			t.Error(err)
		}
	}
	if c := must[wire.Outbox](t)(openAt(t, path).Counts()); c.Pending != 1 {
		t.Errorf("%+v", c)
	}
}
