package pdf

import (
	"bufio"
	"io"
)

// Codes of LZW (section 7.4.4.2).
const (
	lzwClear = 256
	lzwEnd   = 257
	lzwFirst = 258
	lzwTable = 4096
)

// lzw undoes LZWDecode. Package compress/lzw knows the codes of GIF only, which become
// longer one code later.
type lzw struct {
	r      *bufio.Reader
	early  int
	bits   uint32 // read and not used yet
	n      int    // of them
	next   int    // the next code to be defined
	last   int    // the code before; -1 after a clear
	prefix [lzwTable]uint16
	suffix [lzwTable]byte
	left   []byte // decoded, not read yet
	buffer [lzwTable]byte
	ended  bool
}

func newLZW(r io.Reader, early bool) *lzw {
	d := &lzw{r: bufio.NewReader(r), next: lzwFirst, last: -1}
	if early {
		d.early = 1
	}
	return d
}

func (d *lzw) Read(p []byte) (int, error) {
	for len(d.left) == 0 {
		if d.ended {
			return 0, io.EOF
		}
		if err := d.step(); err != nil {
			return 0, err
		}
	}
	n := copy(p, d.left)
	d.left = d.left[n:]
	return n, nil
}

// code reads one; the end of the data ends them as well as their end code.
func (d *lzw) code() (int, error) {
	width := 9
	for d.next+d.early >= 1<<width && width < 12 {
		width++
	}
	for d.n < width {
		c, err := d.r.ReadByte()
		if err == io.EOF {
			return lzwEnd, nil
		}
		if err != nil {
			return 0, err
		}
		d.bits = d.bits<<8 | uint32(c)
		d.n += 8
	}
	d.n -= width
	return int(d.bits >> d.n & (1<<width - 1)), nil
}

func (d *lzw) step() error {
	code, err := d.code()
	switch {
	case err != nil:
		return err
	case code == lzwEnd:
		d.ended = true
		return nil
	case code == lzwClear:
		d.next, d.last = lzwFirst, -1
		return nil
	case code > d.next || code == d.next && d.last < 0 || code > lzwEnd && d.last < 0:
		return broken("compressed stream")
	}
	at := len(d.buffer)
	put := func(c byte) {
		at--
		d.buffer[at] = c
	}
	c := code
	if code == d.next { // defined by itself: the code before, and its first byte
		c = d.last
		at--
	}
	for ; c >= lzwFirst; c = int(d.prefix[c]) {
		put(d.suffix[c])
	}
	put(byte(c))
	if code == d.next {
		d.buffer[len(d.buffer)-1] = byte(c)
	}
	if d.last >= 0 && d.next < lzwTable {
		d.prefix[d.next], d.suffix[d.next] = uint16(d.last), byte(c)
		d.next++
	}
	d.last, d.left = code, d.buffer[at:]
	return nil
}

// runLength undoes RunLengthDecode (section 7.4.5). What is cut off ends.
type runLength struct {
	r     *bufio.Reader
	n     int // bytes to come, of a run or as they are
	run   bool
	value byte
}

func (d *runLength) Read(p []byte) (int, error) {
	for d.n == 0 {
		c, err := d.r.ReadByte()
		if err != nil || c == 128 {
			return 0, io.EOF
		}
		if d.n, d.run = int(c)+1, c > 128; d.run {
			d.n = 257 - int(c)
			if d.value, err = d.r.ReadByte(); err != nil {
				return 0, err
			}
		}
	}
	p = p[:min(len(p), d.n)]
	if d.run {
		for i := range p {
			p[i] = d.value
		}
		d.n -= len(p)
		return len(p), nil
	}
	n, err := d.r.Read(p)
	d.n -= n
	return n, err
}
