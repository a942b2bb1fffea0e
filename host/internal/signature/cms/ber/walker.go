// Package ber walks through BER in place: definite and indefinite lengths,
// strings in one piece or in segments, without holding more than a window of
// it (ITU-T X.690, section 8). It knows tags and lengths, and no meaning.
//
// What it reads is foreign: every length is checked against what is around it,
// nesting and what is copied into memory are limited.
package ber

import (
	"errors"
	"fmt"
	"io"
)

// ErrMalformed tells that something is not BER, or is nested too deeply.
var ErrMalformed = errors.New("malformed BER")

// ErrLarge tells that an element is larger than it may be.
var ErrLarge = errors.New("element too large")

const (
	maxDepth = 64
	window   = 64 << 10
)

// Element is an element's identifier and length.
type Element struct {
	Tag        byte  // class, constructed bit, number; a number above 30 reads as 31
	Start      int64 // of the identifier
	Body       int64 // of the contents
	End        int64 // of the contents; -1: indefinite
	Indefinite bool

	identifier int // how many octets the tag takes
}

// Constructed tells whether the element is made of elements.
func (e Element) Constructed() bool { return e.Tag&0x20 != 0 }

// Walker is a place in an encoding.
type Walker struct {
	src  *reader
	pos  int64
	ends []int64 // of the elements around pos, -1: indefinite
	size int64
}

// NewWalker starts at the first octet.
func NewWalker(src io.ReaderAt, size int64) *Walker {
	return &Walker{src: &reader{src: src, size: size}, size: size}
}

// At is where the walker stands.
func (w *Walker) At() int64 { return w.pos }

// Clone is a second walker at the same place.
func (w *Walker) Clone() *Walker {
	c := *w
	c.ends = append([]int64(nil), w.ends...)
	c.src = &reader{src: w.src.src, size: w.size}
	return &c
}

// limit is the end of the innermost definite element around pos.
func (w *Walker) limit() int64 {
	for i := len(w.ends) - 1; i >= 0; i-- {
		if w.ends[i] >= 0 {
			return w.ends[i]
		}
	}
	return w.size
}

// Peek reads the next element's header, and stays before it. At the end of the
// element around it, it is io.EOF.
func (w *Walker) Peek() (Element, error) {
	limit := w.limit()
	indefinite := len(w.ends) > 0 && w.ends[len(w.ends)-1] < 0
	if !indefinite && w.pos == limit {
		return Element{}, io.EOF
	}
	head, err := w.src.peek(w.pos, int(min(16, limit-w.pos)))
	if err != nil {
		return Element{}, err
	}
	if indefinite && len(head) >= 2 && head[0] == 0 && head[1] == 0 {
		return Element{}, io.EOF
	}
	e, err := parseHeader(head, w.pos)
	if err != nil {
		return Element{}, fmt.Errorf("at %d: %w", w.pos, err)
	}
	if e.End > limit || e.Tag == 0 {
		return Element{}, fmt.Errorf("at %d: %w", w.pos, ErrMalformed)
	}
	return e, nil
}

// parseHeader reads identifier and length octets (X.690, sections 8.1.2 and
// 8.1.3).
func parseHeader(head []byte, at int64) (Element, error) {
	if len(head) < 2 {
		return Element{}, ErrMalformed
	}
	e := Element{Tag: head[0], Start: at}
	i := 1
	if head[0]&0x1f == 0x1f { // the number goes on
		for i < len(head) && head[i]&0x80 != 0 {
			i++
		}
		i++
	}
	if i >= len(head) || i > 6 {
		return Element{}, ErrMalformed
	}
	e.identifier = i
	first := head[i]
	i++
	switch {
	case first < 0x80:
		e.Body = at + int64(i)
		e.End = e.Body + int64(first)
	case first == 0x80:
		if !e.Constructed() {
			return Element{}, ErrMalformed
		}
		e.Body, e.End, e.Indefinite = at+int64(i), -1, true
	default:
		n := int(first & 0x7f)
		if n > 8 || i+n > len(head) {
			return Element{}, ErrMalformed
		}
		var length uint64
		for _, b := range head[i : i+n] {
			length = length<<8 | uint64(b)
		}
		e.Body = at + int64(i+n)
		if length > uint64(1)<<62 {
			return Element{}, ErrMalformed
		}
		e.End = e.Body + int64(length)
	}
	return e, nil
}

// Enter goes into the next element, which must have this tag.
func (w *Walker) Enter(tag byte) (Element, error) {
	e, err := w.Expect(tag)
	if err != nil {
		return e, err
	}
	if !e.Constructed() || len(w.ends) >= maxDepth {
		return e, fmt.Errorf("at %d: %w", w.pos, ErrMalformed)
	}
	w.pos = e.Body
	w.ends = append(w.ends, e.End)
	return e, nil
}

// Expect peeks at an element that must be there with this tag.
func (w *Walker) Expect(tag byte) (Element, error) {
	e, err := w.Peek()
	if errors.Is(err, io.EOF) {
		return e, fmt.Errorf("at %d: %w: tag %#x is missing", w.pos, ErrMalformed, tag)
	}
	if err == nil && e.Tag != tag {
		return e, fmt.Errorf("at %d: %w: tag %#x instead of %#x", w.pos, ErrMalformed, e.Tag, tag)
	}
	return e, err
}

// Leave goes out of the element around, of which nothing may be left.
func (w *Walker) Leave() error {
	if _, err := w.Peek(); !errors.Is(err, io.EOF) {
		if err != nil {
			return err
		}
		return fmt.Errorf("at %d: %w: more than expected", w.pos, ErrMalformed)
	}
	if w.ends[len(w.ends)-1] < 0 {
		w.pos += 2 // end-of-contents octets
	}
	w.ends = w.ends[:len(w.ends)-1]
	return nil
}

// Skip goes past the next element.
func (w *Walker) Skip() error {
	e, err := w.Peek()
	if err != nil {
		return err
	}
	if !e.Indefinite {
		w.pos = e.End
		return nil
	}
	if _, err := w.Enter(e.Tag); err != nil {
		return err
	}
	for {
		switch err := w.Skip(); {
		case errors.Is(err, io.EOF):
			return w.Leave()
		case err != nil:
			return err
		}
	}
}

// Raw goes past the next element and returns it as it is encoded, of at most
// limit octets.
func (w *Walker) Raw(limit int64) ([]byte, error) {
	start := w.pos
	if err := w.Skip(); err != nil {
		return nil, err
	}
	if w.pos-start > limit {
		return nil, fmt.Errorf("at %d: %w", start, ErrLarge)
	}
	raw := make([]byte, w.pos-start)
	return raw, w.src.full(raw, start)
}
