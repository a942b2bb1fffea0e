package verify

import (
	"context"
	"crypto/rand"
	"os"
	"runtime"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cades"
)

// onDisk is a document of a size.
type onDisk struct {
	*os.File
	size int64
}

func (d onDisk) Size() int64 { return d.size }

// A document is read in place: what is held does not grow with it.
func TestLargeDocument(t *testing.T) {
	const size, most = 32 << 20, 6 << 20
	w := newWorld(t)
	p := w.signer(t)
	create := func() *os.File {
		f, err := os.CreateTemp(t.TempDir(), "")
		must(t, err)
		t.Cleanup(func() { f.Close() })
		return f
	}
	document, signed := create(), create()
	must(t, document.Truncate(size))
	prepared, err := cades.Prepare(context.Background(), onDisk{document, size}, w.signing(t, p, false))
	must(t, err)
	value, err := p.key.Sign(rand.Reader, prepared.Digest(), w.identity(p).Algorithm.Options())
	must(t, err)
	must(t, prepared.Complete(context.Background(), value, signed))
	info, err := signed.Stat()
	must(t, err)
	var src signature.Source = onDisk{signed, info.Size()}
	v := w.verifier(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	out, err := v.Verify(context.Background(), src, nil, "")
	runtime.ReadMemStats(&after)
	if err != nil || out.Verdict != valid || out.Size != info.Size() {
		t.Fatalf("%v %+v", err, out)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > most {
		t.Errorf("%d bytes for a document of %d", n, size)
	}
}
