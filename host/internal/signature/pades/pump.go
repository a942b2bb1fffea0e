package pades

import (
	"context"
	"errors"
	"fmt"
	"io"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
)

// A piece is small enough to stay in a core's cache. A document of few pieces is
// done before a second core would help.
const (
	pieceSize = 128 << 10
	fewPieces = 64 * pieceSize
)

// piece is a part of a document, or why there is none.
type piece struct {
	data []byte
	err  error
}

// pump copies a document while its next piece is being read: a large one takes
// no longer than its hash.
func pump(ctx context.Context, w io.Writer, src signature.Source) error {
	if src.Size() <= fewPieces {
		return cms.Copy(ctx, w, src)
	}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	pieces, spent := make(chan piece), make(chan []byte, 2)
	for range cap(spent) {
		spent <- make([]byte, pieceSize)
	}
	go readAhead(reading, src, pieces, spent)
	var err error
	for p := range pieces { // until the reader has ended
		if err != nil {
			continue
		}
		if err = p.err; err == nil {
			_, err = w.Write(p.data)
		}
		if err != nil {
			stop()
		}
		spent <- p.data[:cap(p.data)]
	}
	if err == nil {
		err = ctx.Err()
	}
	return err
}

func readAhead(ctx context.Context, src signature.Source, pieces chan<- piece, spent <-chan []byte) {
	defer close(pieces)
	for at := int64(0); at < src.Size(); {
		var buffer []byte
		select {
		case buffer = <-spent:
		case <-ctx.Done():
			return
		}
		n, err := src.ReadAt(buffer[:min(pieceSize, src.Size()-at)], at)
		p := piece{data: buffer[:n]}
		if n == 0 {
			if err == nil || errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			p.err = fmt.Errorf("read the document at %d: %w", at, err)
		}
		select {
		case pieces <- p:
		case <-ctx.Done():
			return
		}
		at += int64(n)
	}
}
