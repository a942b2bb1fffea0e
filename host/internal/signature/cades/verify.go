package cades

import (
	"bytes"
	"context"
	"errors"
	"io"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/wire"
)

// Verify checks all signatures of a .p7m, or of a detached signature over
// original. An original that comes with a .p7m must be what is inside.
func Verify(ctx context.Context, src, original signature.Source) ([]signature.Found, error) {
	d, err := cms.Parse(src)
	if err != nil {
		return nil, err
	}
	if d.Content == nil && original == nil {
		return nil, &signature.Error{Code: wire.ErrNoOriginal}
	}
	found := d.Verify(ctx, original)
	for _, f := range found {
		var coded *signature.Error
		if f.Broken != nil && !errors.As(f.Broken, &coded) { // not the signature's fault: the content could not be read
			return nil, f.Broken
		}
	}
	if d.Content != nil && original != nil {
		same, err := equal(ctx, d.Content, original)
		if err != nil {
			return nil, err
		}
		for i := range found {
			if !same && found[i].Broken == nil {
				found[i].Broken = &signature.Error{Code: wire.ErrSigBroken, Err: cms.ErrChanged}
			}
		}
	}
	more, err := d.Trailing()
	if err != nil {
		return nil, err
	}
	for i := range found {
		if more {
			found[i].Covers = signature.Part
		}
	}
	return found, nil
}

// equal compares two documents.
func equal(ctx context.Context, a, b signature.Source) (bool, error) {
	if a.Size() != b.Size() {
		return false, nil
	}
	err := cms.Copy(ctx, &comparer{with: b}, a)
	if errors.Is(err, errDiffers) {
		return false, nil
	}
	return err == nil, err
}

var errDiffers = errors.New("the documents differ")

// comparer fails at the first octet that is not the other document's.
type comparer struct {
	with   signature.Source
	at     int64
	buffer []byte
}

func (c *comparer) Write(p []byte) (int, error) {
	c.buffer = append(c.buffer[:0], p...)
	if n, err := c.with.ReadAt(c.buffer, c.at); n < len(p) {
		return 0, errors.Join(io.ErrUnexpectedEOF, err)
	}
	c.at += int64(len(p))
	if !bytes.Equal(c.buffer, p) {
		return 0, errDiffers
	}
	return len(p), nil
}
