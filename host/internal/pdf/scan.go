package pdf

import (
	"errors"
	"io"
)

// scanner walks over bytes of the file through a small window.
type scanner struct {
	src    io.ReaderAt
	end    int64 // nothing is read from here on
	pos    int64
	window []byte // what was read last, from start on
	start  int64
	err    error // the first fault of reading, other than the end
}

const windowSize = 2 << 10

// eof is what peek and next return at the end.
const eof = -1

func newScanner(src io.ReaderAt, pos, end int64) *scanner {
	return &scanner{src: src, pos: pos, end: end}
}

func (s *scanner) peek() int {
	if i := s.pos - s.start; i >= 0 && i < int64(len(s.window)) {
		return int(s.window[i])
	}
	return s.fill()
}

func (s *scanner) fill() int {
	if s.pos < 0 || s.pos >= s.end || s.err != nil {
		return eof
	}
	if s.window == nil {
		s.window = make([]byte, 0, windowSize)
	}
	n := min(int64(cap(s.window)), s.end-s.pos)
	s.window, s.start = s.window[:n], s.pos
	got, err := s.src.ReadAt(s.window, s.pos)
	s.window = s.window[:got]
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	if got == 0 {
		return eof
	}
	return int(s.window[0])
}

func (s *scanner) next() int {
	c := s.peek()
	if c != eof {
		s.pos++
	}
	return c
}

// skip passes over white space and comments (ISO 32000-1, section 7.2.3).
func (s *scanner) skip() {
	for {
		switch c := s.peek(); {
		case c == '%':
			for c != eof && c != '\r' && c != '\n' {
				c = s.next()
			}
		case isSpace(c):
			s.pos++
		default:
			return
		}
	}
}

// word reads regular characters, up to a limit: no keyword and no number is long.
func (s *scanner) word() string {
	var word [64]byte
	n := 0
	for isRegular(s.peek()) && n < len(word) {
		word[n] = byte(s.next())
		n++
	}
	return string(word[:n])
}

func isSpace(c int) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c int) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func isRegular(c int) bool { return c != eof && !isSpace(c) && !isDelimiter(c) }

func hexDigit(c int) int {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return -1
}
