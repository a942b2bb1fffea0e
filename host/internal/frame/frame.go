// Package frame reads and writes the frames of browser native messaging: a
// 32-bit length in native byte order (little-endian on every system Raccordo
// runs on) and that many bytes of UTF-8 JSON (Chrome "Native messaging
// protocol", MDN "Native messaging"). The same frames travel on the local
// socket and on the card worker's pipe.
//
// It never allocates what a header merely claims: the limit is checked first.
// An empty frame is legal here; on the local socket it means "no more
// requests from me".
package frame

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ErrTruncated tells that the stream ended inside a frame.
var ErrTruncated = errors.New("frame truncated")

// TooLargeError tells that a header announced more than the limit. The stream
// can not be read on.
type TooLargeError struct{ Length, Max uint32 }

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("frame of %d bytes, at most %d", e.Length, e.Max)
}

// Read returns the next frame's body. It answers io.EOF at a clean end,
// ErrTruncated at an end inside a frame, *TooLargeError above max bytes.
func Read(r io.Reader, max uint32) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, ErrTruncated
		}
		return nil, err
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n > max {
		return nil, &TooLargeError{n, max}
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, ErrTruncated
		}
		return nil, err
	}
	return body, nil
}

// Write sends one frame in a single call of w.Write, so that concurrent
// writers behind one lock never interleave and the peer needs one read.
func Write(w io.Writer, body []byte) error {
	buf := make([]byte, 4+len(body))
	binary.LittleEndian.PutUint32(buf, uint32(len(body)))
	copy(buf[4:], body)
	_, err := w.Write(buf)
	return err
}
