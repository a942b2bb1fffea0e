package pdf

import (
	"bytes"
	"errors"
	"maps"
)

// maxParts is how many streams a page's contents may consist of.
const maxParts = 10_000

// Contents are the streams that draw a page (section 7.7.3.3), in order; there may be none.
func (f *File) Contents(p Page) ([]*Stream, error) {
	o, err := f.Resolve(p.Dict["Contents"])
	if err != nil {
		return nil, err
	}
	list, ok := o.(Array)
	if !ok {
		list = Array{o}
	}
	if len(list) > maxParts {
		return nil, broken("contents of a page")
	}
	var streams []*Stream
	for _, item := range list {
		if item, err = f.Resolve(item); err != nil {
			return nil, err
		}
		switch s := item.(type) {
		case nil:
		case *Stream:
			if s, err = f.Mended(s); err != nil {
				return nil, err
			}
			streams = append(streams, s)
		default:
			return nil, broken("contents of a page")
		}
	}
	return streams, nil
}

// Mended gives a stream the length that it has when it says a wrong one: readers do, and up
// to the first endstream there is one way only.
func (f *File) Mended(s *Stream) (*Stream, error) {
	_, err := f.length(s, nil)
	if err == nil || !errors.Is(err, ErrBroken) {
		return s, err
	}
	data, err := f.read(s.Start, maxDecoded)
	if err != nil {
		return nil, err
	}
	end := bytes.Index(data, []byte("endstream"))
	if end < 0 {
		return nil, broken("length of a stream")
	}
	// The end of the line before it does not belong to the data (section 7.3.8.1).
	data, _ = bytes.CutSuffix(data[:end], []byte("\n"))
	data, _ = bytes.CutSuffix(data, []byte("\r"))
	d := maps.Clone(s.Dict)
	d["Length"] = Integer(len(data))
	return &Stream{Dict: d, Start: s.Start}, nil
}

// Joined are the data of several streams, decoded. What is a word never goes on
// from one to the next.
func (f *File) Joined(streams []*Stream, limit int64) ([]byte, error) {
	var b bytes.Buffer
	for _, s := range streams {
		data, err := f.Decoded(s, limit-int64(b.Len()))
		if err != nil {
			return nil, err
		}
		b.Write(data)
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}
