package pdf

import (
	"bytes"
	"encoding/ascii85"
	"io"
)

// armoured decodes text, which is small where it occurs at all.
func armoured(r io.Reader, decode func([]byte) ([]byte, error)) (io.Reader, error) {
	text, err := slurp(r, maxText)
	if err != nil {
		return nil, err
	}
	data, err := decode(text)
	return bytes.NewReader(data), err
}

// unhex undoes ASCIIHexDecode (section 7.4.2).
func unhex(text []byte) ([]byte, error) {
	p := newParser(bytes.NewReader(text), 0, int64(len(text)))
	if !bytes.Contains(text, []byte(">")) {
		p = newParser(bytes.NewReader(append(text, '>')), 0, int64(len(text))+1)
	}
	o, err := p.hex(0)
	if err != nil {
		return nil, err
	}
	return o.(String).Bytes, nil
}

// un85 undoes ASCII85Decode (section 7.4.3).
func un85(text []byte) ([]byte, error) {
	if end := bytes.Index(text, []byte("~>")); end >= 0 {
		text = text[:end]
	}
	text = bytes.ReplaceAll(text, []byte{0}, nil)
	data := make([]byte, 4*len(text))
	n, _, err := ascii85.Decode(data, text, true)
	if err != nil {
		return nil, broken("ASCII85 stream")
	}
	return data[:n], nil
}

// unpredict undoes a PNG predictor (section 7.4.4.4).
func unpredict(r io.Reader, param Dict) (io.Reader, error) {
	setting := func(key Name, otherwise int64) int64 {
		if n, ok := param[key].(Integer); ok {
			return int64(n)
		}
		return otherwise
	}
	predictor := setting("Predictor", 1)
	if predictor == 1 {
		return r, nil
	}
	columns, colors, bits := setting("Columns", 1), setting("Colors", 1), setting("BitsPerComponent", 8)
	if predictor < 10 || columns < 1 || columns > 1<<16 || colors < 1 || colors > 32 || bits < 1 || bits > 16 {
		return nil, broken("predictor of a stream")
	}
	width := int((columns*colors*bits + 7) / 8)
	return &png{
		r: r, pixel: max(int(colors*bits/8), 1),
		row: make([]byte, width+1), above: make([]byte, width),
	}, nil
}

// png undoes the row filters of PNG (W3C PNG, section 9).
type png struct {
	r          io.Reader
	pixel      int
	row, above []byte // row has the kind of filter before it
	left       []byte // of the row, not read yet
}

func (d *png) Read(p []byte) (int, error) {
	if len(d.left) == 0 {
		n, err := io.ReadFull(d.r, d.row)
		if n == 0 && err != nil {
			return 0, err
		}
		if err != nil && err != io.ErrUnexpectedEOF {
			return 0, err
		}
		clear(d.row[n:])
		if err := d.undo(d.row[0], d.row[1:]); err != nil {
			return 0, err
		}
		copy(d.above, d.row[1:])
		d.left = d.row[1:max(n, 1)]
		if len(d.left) == 0 {
			return 0, io.EOF
		}
	}
	n := copy(p, d.left)
	d.left = d.left[n:]
	return n, nil
}

func (d *png) undo(kind byte, row []byte) error {
	if kind > 4 {
		return broken("predictor of a stream")
	}
	for i := range row {
		var left, corner byte
		if i >= d.pixel {
			left, corner = row[i-d.pixel], d.above[i-d.pixel]
		}
		up := d.above[i]
		switch kind {
		case 1:
			row[i] += left
		case 2:
			row[i] += up
		case 3:
			row[i] += byte((int(left) + int(up)) / 2)
		case 4:
			row[i] += paeth(left, up, corner)
		}
	}
	return nil
}

func paeth(a, b, c byte) byte {
	distance := func(x byte) int {
		d := int(a) + int(b) - int(c) - int(x)
		return max(d, -d)
	}
	switch pa, pb, pc := distance(a), distance(b), distance(c); {
	case pa <= pb && pa <= pc:
		return a
	case pb <= pc:
		return b
	}
	return c
}
