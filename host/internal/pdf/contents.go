package pdf

import "bytes"

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
			streams = append(streams, s)
		default:
			return nil, broken("contents of a page")
		}
	}
	return streams, nil
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
