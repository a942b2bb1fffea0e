package asic

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/sim/signtest"
)

// large is a document that nobody holds.
type large int64

func (l large) Size() int64 { return int64(l) }

func (l large) ReadAt(p []byte, at int64) (int, error) {
	n := int(min(int64(len(p)), int64(l)-at))
	clear(p[:n])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// What is allocated does not grow with the document, neither to write nor to read.
func TestFlat(t *testing.T) {
	s := signtest.New(t).One(t, "P-256 SHA-256")
	for _, form := range []Form{XAdES, CAdES} {
		small, big := allocated(t, s, form, 1<<20), allocated(t, s, form, 24<<20)
		if big > small+4<<20 {
			t.Errorf("form %d: %d bytes for 1 MiB, %d for 24", form, small, big)
		}
	}
}

func allocated(t *testing.T, s signtest.Signatory, form Form, size int64) uint64 {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "container"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p, err := Prepare(t.Context(), []File{{Name: "a.bin", Source: large(size)}}, signature.Options{Identity: s.Identity, Now: now}, form)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Complete(t.Context(), s.Value(t, p.Digest()), file); err != nil {
		t.Fatal(err)
	}
	end, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Verify(t.Context(), io.NewSectionReader(file, 0, end), nil)
	runtime.ReadMemStats(&after)
	if err != nil || len(all) != 1 || all[0].Broken != nil {
		t.Fatalf("%+v, %v", all, err)
	}
	return after.TotalAlloc - before.TotalAlloc
}
