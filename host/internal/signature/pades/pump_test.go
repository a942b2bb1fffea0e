package pades

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"testing"

	"go.uber.org/goleak"
)

var errDisk = errors.New("disk")

// torn can be read up to a place.
type torn struct {
	*bytes.Reader
	at int64
}

func (r torn) ReadAt(p []byte, at int64) (int, error) {
	if at >= r.at {
		return 0, errDisk
	}
	return r.Reader.ReadAt(p, at)
}

// full takes so many bytes.
type full struct{ left int }

func (w *full) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errDisk
	}
	return len(p), nil
}

func TestPump(t *testing.T) {
	defer goleak.VerifyNone(t)
	doc := make([]byte, fewPieces+12345)
	rand.Read(doc)
	var out bytes.Buffer
	if err := pump(t.Context(), &out, bytes.NewReader(doc)); err != nil || !bytes.Equal(out.Bytes(), doc) {
		t.Errorf("%d bytes of %d, %v", out.Len(), len(doc), err)
	}
	if err := pump(t.Context(), io.Discard, torn{bytes.NewReader(doc), 3 * pieceSize}); !errors.Is(err, errDisk) {
		t.Error(err)
	}
	if err := pump(t.Context(), &full{3 * pieceSize}, bytes.NewReader(doc)); !errors.Is(err, errDisk) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := pump(ctx, io.Discard, bytes.NewReader(doc)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
