package pdf

import (
	"bytes"
	"slices"
)

// Limits of object streams.
const (
	maxPacked   = 1<<22 - 1 // objects in one
	maxUnpacked = 8 << 20   // bytes that are kept of those read last
	maxWork     = 4 << 30   // bytes that are decoded of a file, again and again
)

// unpacked is an object stream that was decoded.
type unpacked struct {
	number  int64
	data    []byte
	numbers []int64
	offsets []int64 // in data
}

// unpack reads an object of an object stream (section 7.5.7).
func (f *File) unpack(e entry, number int64, g *guard) (Object, error) {
	u, err := f.objectStream(e.first(), g)
	if err != nil {
		return nil, err
	}
	i := e.second()
	if i >= len(u.numbers) || u.numbers[i] != number {
		return nil, broken("object not where the cross-reference says")
	}
	p := newParser(bytes.NewReader(u.data), u.offsets[i], int64(len(u.data)))
	p.placed = false
	o, err := p.object(0)
	if err != nil {
		return nil, err
	}
	if _, ok := o.(keyword); ok {
		return nil, broken("unexpected keyword in an object")
	}
	return o, nil
}

func (f *File) objectStream(number int64, g *guard) (*unpacked, error) {
	for i, u := range f.unpacked {
		if u.number == number {
			f.unpacked = append(slices.Delete(f.unpacked, i, i+1), u)
			return u, nil
		}
	}
	if e, ok := f.find(number); !ok || e.place() != direct {
		return nil, broken("object stream in an object stream")
	}
	o, err := f.get(Ref{Number: number}, g)
	if err != nil {
		return nil, err
	}
	stream, ok := o.(*Stream)
	if !ok || stream.Dict["Type"] != Name("ObjStm") {
		return nil, broken("no object stream where one should be")
	}
	r, err := f.decode(stream, g)
	if err != nil {
		return nil, err
	}
	u := &unpacked{number: number}
	if u.data, err = slurp(r, maxDecoded-1); err != nil {
		return nil, err
	}
	if f.work += int64(len(u.data)); f.work > maxWork {
		return nil, broken("object streams")
	}
	if err := u.index(stream.Dict); err != nil {
		return nil, err
	}
	f.keep(u)
	return u, nil
}

// index reads the pairs of number and offset.
func (u *unpacked) index(d Dict) error {
	count, ok := d["N"].(Integer)
	first, also := d["First"].(Integer)
	if !ok || !also || count < 0 || count > maxPacked || first < 0 || int64(first) > int64(len(u.data)) {
		return broken("head of an object stream")
	}
	p := newParser(bytes.NewReader(u.data), 0, int64(first))
	for range count {
		number, ok := p.integer()
		offset, also := p.integer()
		if !ok || !also || offset > int64(len(u.data))-int64(first) {
			return broken("head of an object stream")
		}
		u.numbers = append(u.numbers, number)
		u.offsets = append(u.offsets, int64(first)+offset)
	}
	return nil
}

// keep remembers an object stream, and forgets those that were not used longest.
func (f *File) keep(u *unpacked) {
	f.unpacked = append(f.unpacked, u)
	sum := 0
	for i := len(f.unpacked) - 1; i >= 0; i-- {
		sum += len(f.unpacked[i].data) + 16*len(f.unpacked[i].numbers)
		if sum > maxUnpacked && i < len(f.unpacked)-1 {
			f.unpacked = slices.Delete(f.unpacked, 0, i+1)
			return
		}
	}
}
