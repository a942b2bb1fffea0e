package ber

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

const (
	// apart is how far marks stand from each other in a string of segments,
	// so that it is read at any place without a list of its segments in memory.
	apart = 256 << 10
	// maxSegments is far above what signing programs write, and ends the
	// walk through segments of nothing.
	maxSegments = 1 << 20
)

// Octets is an OCTET STRING in place, in one piece or in segments. It may be
// read from many goroutines.
type Octets struct {
	size  int64
	depth int
	plain *io.SectionReader // in one piece
	marks []mark

	mu     sync.Mutex
	cursor cursor // where the last reading ended
}

// mark is a walker that stands before a segment, and how much comes before.
type mark struct {
	offset int64
	walker *Walker
}

// cursor is a segment, its place in the string, and a walker behind it.
type cursor struct {
	mark
	segment Element
}

// ReadOctets goes past an OCTET STRING. Its octets stay where they are.
func (w *Walker) ReadOctets() (*Octets, error) {
	e, err := w.Peek()
	if err != nil {
		return nil, err
	}
	if e.Tag == 0x04 {
		w.pos = e.End
		return &Octets{size: e.End - e.Body, plain: io.NewSectionReader(w.src.src, e.Body, e.End-e.Body)}, nil
	}
	if _, err := w.Enter(0x24); err != nil {
		return nil, err
	}
	o := &Octets{depth: len(w.ends)}
	for count := 0; ; count++ {
		if n := len(o.marks); n == 0 || o.size-o.marks[n-1].offset >= apart {
			o.marks = append(o.marks, mark{o.size, w.Clone()})
		}
		e, err := w.segment(o.depth)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && count == maxSegments {
			err = fmt.Errorf("at %d: %w: too many segments", e.Start, ErrMalformed)
		}
		if err != nil {
			return nil, err
		}
		o.size += e.End - e.Body
	}
	o.seek(0)
	return o, w.Leave()
}

// segment goes past the next piece of a string, which may be in pieces itself;
// io.EOF at the end of the string that stands at depth.
func (w *Walker) segment(depth int) (Element, error) {
	for {
		e, err := w.Peek()
		switch {
		case errors.Is(err, io.EOF):
			if len(w.ends) == depth {
				return e, io.EOF
			}
			if err := w.Leave(); err != nil {
				return e, err
			}
		case err != nil:
			return e, err
		case e.Tag == 0x24:
			if _, err := w.Enter(0x24); err != nil {
				return e, err
			}
		case e.Tag == 0x04:
			w.pos = e.End
			return e, nil
		default:
			return e, fmt.Errorf("at %d: %w: tag %#x in a string", e.Start, ErrMalformed, e.Tag)
		}
	}
}

// Size is how many octets the string has.
func (o *Octets) Size() int64 { return o.size }

// ReadAt reads the string's octets.
func (o *Octets) ReadAt(p []byte, off int64) (int, error) {
	if o.plain != nil {
		return o.plain.ReadAt(p, off)
	}
	if off < 0 || off >= o.size {
		return 0, io.EOF
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if off < o.cursor.offset || off >= o.cursor.offset+apart {
		o.seek(off)
	}
	n, err := o.read(p, off)
	if err != nil {
		o.seek(0)
	}
	return n, err
}

// seek puts the cursor on the mark before a place.
func (o *Octets) seek(off int64) {
	i := 0
	for i+1 < len(o.marks) && o.marks[i+1].offset <= off {
		i++
	}
	o.cursor = cursor{mark: mark{o.marks[i].offset, o.marks[i].walker.Clone()}}
}

// read copies segments from the cursor on.
func (o *Octets) read(p []byte, off int64) (int, error) {
	c := &o.cursor
	n := 0
	for n < len(p) {
		length := c.segment.End - c.segment.Body
		skip := off + int64(n) - c.offset
		if skip >= length {
			next, err := c.walker.segment(o.depth)
			if err != nil {
				return n, err
			}
			c.offset += length
			c.segment = next
			continue
		}
		take := min(length-skip, int64(len(p)-n))
		if err := c.walker.src.full(p[n:n+int(take)], c.segment.Body+skip); err != nil {
			return n, err
		}
		n += int(take)
	}
	return n, nil
}
