package pdf

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"errors"
	"io"
)

// maxDecoded is how much a stream may hold once it is decoded.
const maxDecoded = 32 << 20

// length is a stream's number of bytes, checked: what follows is endstream.
func (f *File) length(s *Stream, g *guard) (int64, error) {
	o, err := f.resolve(s.Dict["Length"], g)
	if err != nil {
		return 0, err
	}
	n, ok := o.(Integer)
	if !ok || n < 0 || int64(n) > f.size-s.Start {
		return 0, broken("length of a stream")
	}
	after := newScanner(f.src, s.Start+int64(n), f.size)
	for isSpace(after.peek()) {
		after.pos++
	}
	if word := after.word(); word != "endstream" && word != "endstreamendobj" {
		return 0, broken("length of a stream")
	}
	return int64(n), nil
}

// Decoded reads a stream, up to a limit; it fails with more.
func (f *File) Decoded(s *Stream, limit int64) ([]byte, error) {
	r, err := f.decode(s, nil)
	if err != nil {
		return nil, err
	}
	return slurp(r, limit)
}

func slurp(r io.Reader, limit int64) ([]byte, error) {
	var data bytes.Buffer
	n, err := io.Copy(&data, io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if n > limit {
		return nil, broken("stream too large")
	}
	return data.Bytes(), nil
}

// decode undoes a stream's filters (section 7.4), but not those of images.
func (f *File) decode(s *Stream, g *guard) (io.Reader, error) {
	n, err := f.length(s, g)
	if err != nil {
		return nil, err
	}
	filters, err := f.listed(s.Dict["Filter"], g)
	if err != nil {
		return nil, err
	}
	params, err := f.listed(s.Dict["DecodeParms"], g)
	if err != nil {
		return nil, err
	}
	if len(filters) > 4 {
		return nil, broken("filters of a stream")
	}
	var r io.Reader = io.NewSectionReader(f.src, s.Start, n)
	for i, filter := range filters {
		if filter, err = f.resolve(filter, g); err != nil {
			return nil, err
		}
		var param Dict
		if i < len(params) {
			o, err := f.resolve(params[i], g)
			if err != nil {
				return nil, err
			}
			param, _ = o.(Dict)
		}
		if r, err = undo(filter, param, r); err != nil {
			return nil, err
		}
	}
	return &strict{io.LimitReader(r, maxDecoded)}, nil
}

// listed makes a list of what is one or a list.
func (f *File) listed(o Object, g *guard) (Array, error) {
	o, err := f.resolve(o, g)
	if err != nil || o == nil {
		return nil, err
	}
	if list, ok := o.(Array); ok {
		return list, nil
	}
	return Array{o}, nil
}

func undo(filter Object, param Dict, r io.Reader) (io.Reader, error) {
	switch filter {
	case Name("FlateDecode"), Name("Fl"):
		b := bufio.NewReader(r)
		if _, err := b.Peek(1); errors.Is(err, io.EOF) { // so some writers pack nothing
			return b, nil
		}
		z, err := zlib.NewReader(b)
		if err != nil {
			return nil, broken("compressed stream")
		}
		return unpredict(z, param)
	case Name("ASCIIHexDecode"), Name("AHx"):
		return armoured(r, unhex)
	case Name("ASCII85Decode"), Name("A85"):
		return armoured(r, un85)
	case Name("LZWDecode"), Name("LZW"):
		early, ok := param["EarlyChange"].(Integer)
		return unpredict(newLZW(r, !ok || early != 0), param)
	case Name("RunLengthDecode"), Name("RL"):
		return &runLength{r: bufio.NewReader(r)}, nil
	}
	return nil, broken("filter of a stream")
}

// strict calls every fault of decoding damage.
type strict struct{ r io.Reader }

func (s *strict) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, ErrBroken) {
		return n, err
	}
	return n, broken("stream can not be decoded")
}

// Raw is a stream as it stands in the file.
func (f *File) Raw(s *Stream) (*io.SectionReader, error) {
	n, err := f.length(s, nil)
	return io.NewSectionReader(f.src, s.Start, n), err
}
