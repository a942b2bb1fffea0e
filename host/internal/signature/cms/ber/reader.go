package ber

import (
	"errors"
	"fmt"
	"io"
)

// reader reads small pieces through a window.
type reader struct {
	src    io.ReaderAt
	size   int64
	buffer []byte
	at     int64 // of buffer
}

// peek returns up to n octets at a place; fewer only at the end.
func (r *reader) peek(at int64, n int) ([]byte, error) {
	if n <= 0 || at < 0 || at >= r.size {
		return nil, nil
	}
	n = int(min(int64(n), r.size-at))
	if at < r.at || at+int64(n) > r.at+int64(len(r.buffer)) {
		if r.buffer == nil {
			r.buffer = make([]byte, 0, min(window, r.size))
		}
		r.buffer = r.buffer[:min(int64(cap(r.buffer)), r.size-at)]
		r.at = at
		if err := r.fetch(r.buffer, at); err != nil {
			r.buffer = r.buffer[:0]
			return nil, err
		}
	}
	from := at - r.at
	return r.buffer[from : from+int64(n)], nil
}

// full reads all of p, from the window when it is there.
func (r *reader) full(p []byte, at int64) error {
	if at >= r.at && at+int64(len(p)) <= r.at+int64(len(r.buffer)) {
		copy(p, r.buffer[at-r.at:])
		return nil
	}
	return r.fetch(p, at)
}

// fetch reads all of p from the source.
func (r *reader) fetch(p []byte, at int64) error {
	n, err := r.src.ReadAt(p, at)
	if n == len(p) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("read %d octets at %d: %w", len(p), at, err)
}
