package pdf

import (
	"bufio"
	"errors"
	"io"
)

// xrefStream reads a cross-reference stream (section 7.5.8).
func (f *File) xrefStream(p *parser, at int64) (*section, error) {
	if _, err := p.header(); err != nil {
		return nil, err
	}
	o, err := f.body(p, nil)
	if err != nil {
		return nil, err
	}
	stream, ok := o.(*Stream)
	if !ok || stream.Dict["Type"] != Name("XRef") || p.twice {
		return nil, broken("no cross-reference where one should be")
	}
	widths, err := fieldWidths(stream.Dict)
	if err != nil {
		return nil, err
	}
	index, ok := stream.Dict["Index"].(Array)
	if !ok {
		index = Array{Integer(0), stream.Dict["Size"]}
	}
	data, err := f.decode(stream, nil)
	if err != nil {
		return nil, err
	}
	s := &section{at: at, stream: true, trailer: stream.Dict}
	rows := bufio.NewReader(data)
	for ; len(index) >= 2; index = index[2:] {
		first, ok := index[0].(Integer)
		count, also := index[1].(Integer)
		if !ok || !also || first < 0 || first > maxNumber || count < 0 {
			return nil, broken("index of a cross-reference stream")
		}
		r := run{first: int64(first)}
		for range count {
			e, err := f.packedRow(rows, widths)
			if err != nil {
				return nil, err
			}
			r.entries = append(r.entries, e)
		}
		s.add(r)
	}
	return s, s.order()
}

func fieldWidths(d Dict) (widths [3]int, err error) {
	list, ok := d["W"].(Array)
	if !ok || len(list) < 3 {
		return widths, broken("widths of a cross-reference stream")
	}
	sum := 0
	for i := range widths {
		n, ok := list[i].(Integer)
		if !ok || n < 0 || n > 8 {
			return widths, broken("widths of a cross-reference stream")
		}
		widths[i] = int(n)
		sum += int(n)
	}
	if sum == 0 {
		return widths, broken("widths of a cross-reference stream")
	}
	return widths, nil
}

func (f *File) packedRow(rows *bufio.Reader, widths [3]int) (entry, error) {
	if err := f.count(); err != nil {
		return 0, err
	}
	fields := [3]uint64{1, 0, 0} // an absent type is 1
	for i, width := range widths {
		for n := range width {
			c, err := rows.ReadByte()
			if errors.Is(err, io.EOF) {
				return 0, broken("short cross-reference stream")
			} else if err != nil {
				return 0, err
			}
			if n == 0 {
				fields[i] = 0
			}
			fields[i] = fields[i]<<8 | uint64(c)
		}
	}
	switch fields[0] {
	case 1:
		if fields[1] > uint64(f.size) || fields[2] > 65535 {
			return 0, broken("offset in a cross-reference stream")
		}
		return newEntry(direct, int64(fields[1]), int64(fields[2])), nil
	case 2:
		if fields[1] > maxNumber || fields[2] > maxPacked {
			return 0, broken("place in an object stream")
		}
		return newEntry(packed, int64(fields[1]), int64(fields[2])), nil
	}
	return newEntry(free, 0, 0), nil // unknown types are null (table 18)
}
