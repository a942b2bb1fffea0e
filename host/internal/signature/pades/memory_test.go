package pades_test

import (
	"bytes"
	"crypto"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/pades"
	"raccordo/host/internal/sim/pdftest"
)

const large = 100 << 20

// document is a file as a Source.
type document struct {
	*os.File
	size int64
}

func (d document) Size() int64 { return d.size }

// big is a document with an attachment of 100 MB, which takes no room on the disk.
func big(t testing.TB) document {
	t.Helper()
	b := pdftest.New()
	b.Pages("", "")
	head := b.String()
	at := int64(b.Len())
	attached := fmt.Sprintf("11 0 obj\n<</Length %d>>\nstream\n", large)
	b.Offsets[11] = b.Len()
	f, err := os.Create(filepath.Join(t.TempDir(), "large.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	table := at + int64(len(attached)) + large + int64(len("\nendstream\nendobj\n"))
	tail := fmt.Sprintf("\nendstream\nendobj\n%strailer\n<</Root 1 0 R /Size 12>>\nstartxref\n%d\n%%%%EOF\n", b.Rows(), table)
	if _, err := f.WriteString(head + attached); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte(tail), at+int64(len(attached))+large); err != nil {
		t.Fatal(err)
	}
	return document{f, table + int64(len(tail)) - int64(len("\nendstream\nendobj\n"))}
}

// allocated is how much a function asks for in all: it can not have held more at once.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A large document is signed and verified without being held in memory.
func TestMemory(t *testing.T) {
	h := newHouse(t)
	doc := big(t)
	out, err := os.Create(filepath.Join(t.TempDir(), "signed.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	const most = 8 << 20
	used := allocated(func() {
		p, err := pades.Prepare(t.Context(), doc, signature.Options{Identity: h.doctor.Identity, Now: summer})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Complete(t.Context(), h.doctor.Value(t, p.Digest()), out); err != nil {
			t.Fatal(err)
		}
	})
	if used > most {
		t.Errorf("%d KiB to sign", used>>10)
	}
	size, err := out.Seek(0, io.SeekEnd)
	if err != nil {
		t.Fatal(err)
	}
	used = allocated(func() {
		found, err := pades.Verify(t.Context(), document{out, size}, nil)
		if err != nil || len(found) != 1 || found[0].Broken != nil || found[0].Covers != signature.Whole {
			t.Errorf("%+v %v", found, err)
		}
	})
	if used > most {
		t.Errorf("%d KiB to verify", used>>10)
	}
}

// Two hundred prepared documents wait for one OTP: they are not in memory.
func TestMemoryOfBatch(t *testing.T) {
	h := newHouse(t)
	doc := bytes.NewReader(pdftest.Simple("", ""))
	waiting := make([]signature.Prepared, 10)
	field := &signature.Field{Page: 1, X: 10, Y: 10, Width: 200, Height: 60}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range waiting {
		p, err := pades.Prepare(t.Context(), doc, signature.Options{Identity: h.doctor.Identity, Now: summer, Field: field, Stamper: failing{}})
		if err != nil {
			t.Fatal(err)
		}
		waiting[i] = p
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if each := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / int64(len(waiting)); each > 64<<10 {
		t.Errorf("%d bytes each", each)
	}
	runtime.KeepAlive(waiting)
}

// A signature costs a hash of the document, one copy of it, and the key.
func BenchmarkSign(b *testing.B) {
	h := newHouse(b)
	doc := big(b)
	b.Run("hash and key alone", func(b *testing.B) {
		for b.Loop() {
			hash := crypto.SHA256.New()
			if _, err := io.Copy(hash, io.NewSectionReader(doc, 0, doc.size)); err != nil {
				b.Fatal(err)
			}
			h.doctor.Value(b, hash.Sum(nil))
		}
	})
	b.Run("signature", func(b *testing.B) {
		for b.Loop() {
			p, err := pades.Prepare(b.Context(), doc, signature.Options{Identity: h.doctor.Identity, Now: summer})
			if err != nil {
				b.Fatal(err)
			}
			if err := p.Complete(b.Context(), h.doctor.Value(b, p.Digest()), io.Discard); err != nil {
				b.Fatal(err)
			}
		}
	})
}
