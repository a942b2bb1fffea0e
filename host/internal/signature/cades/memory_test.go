package cades_test

import (
	"bufio"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cades"
	"raccordo/host/internal/sim/signtest"
)

// endless is a document of any size, made while it is read.
type endless int64

func (e endless) Size() int64 { return int64(e) }

func (e endless) ReadAt(p []byte, off int64) (int, error) {
	clear(p)
	const page = 4096
	for i := (page - off%page) % page; i < int64(len(p)); i += page {
		p[i] = byte((off + i) / page)
	}
	return len(p), nil
}

// file is a document on disk.
func file(t testing.TB, path string) signature.Source {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return io.NewSectionReader(f, 0, info.Size())
}

// allocated is how many octets a function takes from the heap in all.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A document of 4 MiB takes no more memory than windows over it, however it is
// wrapped.
func TestFlatMemory(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "P-256 SHA-256")
	const room = 2 << 20
	sizes := []endless{1 << 20, 4 << 20}
	write := func(t *testing.T, name string, make func(w io.Writer)) string {
		path := filepath.Join(t.TempDir(), name)
		out, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		make(out)
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		return path
	}
	complete := func(t *testing.T, src signature.Source, w io.Writer) {
		p, err := cades.Prepare(t.Context(), src, signature.Options{Identity: s.Identity, Now: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Complete(t.Context(), s.Value(t, p.Digest()), w); err != nil {
			t.Fatal(err)
		}
	}
	for _, size := range sizes {
		var signed string
		if used := allocated(func() {
			signed = write(t, "signed", func(w io.Writer) { complete(t, size, w) })
		}); used > room {
			t.Errorf("%d octets signed with %d of memory", size, used)
		}
		content := write(t, "content", func(w io.Writer) { io.Copy(w, io.NewSectionReader(size, 0, int64(size))) })
		certificate, key := h.Files(t, s)
		segments := filepath.Join(t.TempDir(), "segments")
		signtest.Holds(t, "openssl", "cms", "-sign", "-binary", "-cades", "-nodetach", "-stream", "-outform", "DER",
			"-signer", certificate, "-inkey", key, "-in", content, "-out", segments)
		text := write(t, "text", func(w io.Writer) {
			b := bufio.NewWriterSize(w, 1<<16)
			e := base64.NewEncoder(base64.StdEncoding, b)
			io.Copy(e, io.NewSectionReader(file(t, segments), 0, 1<<40))
			e.Close()
			b.Flush()
		})
		for name, path := range map[string]string{"DER": signed, "segments": segments, "base64 of segments": text} {
			src := file(t, path)
			if used := allocated(func() {
				f, err := cades.Verify(t.Context(), src, size)
				if err != nil || len(f) != 1 || f[0].Broken != nil {
					t.Errorf("%s: %v, %v", name, f, err)
				}
			}); used > room {
				t.Errorf("%s of %d octets verified with %d of memory", name, size, used)
			}
			if used := allocated(func() { complete(t, src, io.Discard) }); used > room {
				t.Errorf("%s of %d octets signed again with %d of memory", name, size, used)
			}
		}
	}
}
