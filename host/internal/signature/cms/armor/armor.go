// Package armor reads signed files that were wrapped as text, PEM or bare
// base64, as mail and portals hand them out, without unwrapping them into
// memory: what is inside is read at any place, in blocks.
//
// Standards: RFC 7468 (PEM), RFC 4648 section 4 (base64).
package armor

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"sync"

	"raccordo/host/internal/signature"
)

// ErrMalformed tells that something begins as base64 and is none.
var ErrMalformed = errors.New("malformed base64")

const (
	symbols = 64 << 10        // of a block
	block   = symbols / 4 * 3 // octets of a block
	piece   = 64 << 10        // read at once
	head    = 64 << 10        // how far a PEM line may be from the beginning
	sniff   = 256             // is enough to see that a document is no text
)

// Open returns what is inside src, or src itself when it is not armoured.
func Open(src signature.Source) (signature.Source, error) {
	first, err := beginning(src, sniff)
	if err == nil && isText(first) {
		first, err = beginning(src, head)
	}
	if err != nil {
		return nil, err
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(first, []byte("\xef\xbb\xbf")), " \t\r\n")
	from, to := int64(len(first)-len(text)), src.Size()
	switch begin := bytes.Index(text, []byte("-----BEGIN ")); {
	case bytes.HasPrefix(text, []byte("M")): // 0x30, a SEQUENCE
	case begin >= 0 && isText(text[:begin]):
		line := bytes.IndexByte(text[begin:], '\n')
		if line < 0 {
			return src, nil
		}
		from += int64(begin + line + 1)
	default:
		return src, nil
	}
	return index(src, from, to)
}

func beginning(src signature.Source, n int64) ([]byte, error) {
	first := make([]byte, min(n, src.Size()))
	if n, err := src.ReadAt(first, 0); n < len(first) {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	return first, nil
}

// isText tells that nothing but text stands before a PEM line: a document
// may hold one anywhere.
func isText(b []byte) bool {
	return !bytes.ContainsFunc(b, func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' })
}

// text is base64 in place.
type text struct {
	src    signature.Source
	blocks []int64 // where each block of symbols begins
	end    int64   // of the symbols
	size   int64

	mu      sync.Mutex
	number  int // of the block in cache
	cache   []byte
	symbols []byte // of the block that is being decoded
	piece   []byte
}

// index looks through the text once.
func index(src signature.Source, from, to int64) (*text, error) {
	t := &text{src: src, number: -1, end: to, piece: make([]byte, min(piece, to-from))}
	count, padding := int64(0), int64(0)
	buffer := t.piece
	for at := from; at < t.end; {
		n, err := src.ReadAt(buffer[:min(int64(len(buffer)), t.end-at)], at)
		if n == 0 {
			return nil, fmt.Errorf("read the document: %w", err)
		}
		for i, c := range buffer[:n] {
			kind := kinds[c]
			if kind == symbol && padding == 0 {
				if count%symbols == 0 {
					t.blocks = append(t.blocks, at+int64(i))
				}
				count++
				continue
			}
			if kind == dash { // -----END
				t.end = at + int64(i)
				break
			}
			if kind == filler {
				padding++
			} else if kind != space {
				return nil, fmt.Errorf("at %d: %w", at+int64(i), ErrMalformed)
			}
		}
		at += int64(n)
	}
	if (count+padding)%4 != 0 || padding > 2 {
		return nil, fmt.Errorf("at %d: %w: it is cut", t.end, ErrMalformed)
	}
	t.size = (count+padding)/4*3 - padding
	return t, nil
}

// What an octet of the text is.
const (
	foreign = iota
	symbol
	filler
	space
	dash
)

// kinds tells what an octet is, without a branch: there are many of them.
var kinds = func() (table [256]byte) {
	for class, octets := range map[byte]string{
		symbol: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
		filler: "=", space: " \t\r\n", dash: "-",
	} {
		for _, c := range []byte(octets) {
			table[c] = class
		}
	}
	return table
}()

// Size is how many octets are inside.
func (t *text) Size() int64 { return t.size }

// ReadAt reads octets that are inside.
func (t *text) ReadAt(p []byte, off int64) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for n < len(p) {
		at := off + int64(n)
		if at < 0 || at >= t.size {
			return n, io.EOF
		}
		if err := t.load(int(at / block)); err != nil {
			return n, err
		}
		from := at % block
		if from >= int64(len(t.cache)) {
			return n, io.ErrUnexpectedEOF
		}
		n += copy(p[n:], t.cache[from:])
	}
	return n, nil
}

// load decodes a block into the cache.
func (t *text) load(number int) error {
	if number == t.number {
		return nil
	}
	from, to := t.blocks[number], t.end
	if number+1 < len(t.blocks) {
		to = t.blocks[number+1]
	}
	if t.cache == nil {
		room := min(symbols, t.end-t.blocks[0]+4)
		t.cache, t.symbols = make([]byte, room/4*3+3), make([]byte, 0, room)
	}
	raw := t.symbols[:0]
	for at := from; at < to; {
		n, err := t.src.ReadAt(t.piece[:min(int64(len(t.piece)), to-at)], at)
		if n == 0 {
			return fmt.Errorf("read the document: %w", err)
		}
		for _, c := range t.piece[:n] {
			if kinds[c] != space {
				raw = append(raw, c)
			}
		}
		at += int64(n)
	}
	t.cache = t.cache[:cap(t.cache)]
	n, err := base64.StdEncoding.Decode(t.cache, raw)
	if err != nil {
		t.number = -1
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	t.cache, t.number = t.cache[:n], number
	return nil
}
