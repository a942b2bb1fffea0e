package pdf

import (
	"bytes"
	"errors"
)

// repairRoom is how far from the end the last cross-reference is looked for.
const repairRoom = 4 << 20

// repair looks for the last cross-reference of a file whose startxref is wrong.
// It takes one only if every object that it speaks of is where it says:
// otherwise the file would have to be guessed at.
func (f *File) repair(bases []int64) error {
	tail, err := f.read(f.size-repairRoom, repairRoom)
	if err != nil {
		return err
	}
	start := max(f.size-repairRoom, 0)
	for _, at := range candidates(tail) {
		for _, base := range bases {
			f.base = base
			switch err := f.chain(start + int64(at) - base); {
			case errors.Is(err, ErrEncrypted):
				return err
			case err == nil && f.certain():
				return nil
			}
		}
	}
	return broken("no usable cross-reference")
}

// candidates are the places of the last table and the last stream, the later
// one first. One that lies before the other is not the newest, unless the later
// is none at all.
func candidates(tail []byte) []int {
	table := bytes.LastIndex(tail, []byte("xref"))
	for table >= 5 && bytes.HasSuffix(tail[:table], []byte("start")) {
		table = bytes.LastIndex(tail[:table], []byte("xref"))
	}
	stream := -1
	if i := bytes.LastIndex(tail, []byte("/XRef")); i >= 0 {
		if obj := bytes.LastIndex(tail[:i], []byte(" obj")); obj > 0 {
			stream = beforeWords(tail, obj)
		}
	}
	list := []int{max(table, stream)}
	if list[0] < 0 {
		return nil
	}
	return list
}

// beforeWords steps back over "12 0", which ends at i.
func beforeWords(text []byte, i int) int {
	digits := func() bool {
		end := i
		for i > 0 && text[i-1] >= '0' && text[i-1] <= '9' {
			i--
		}
		return i < end
	}
	if !digits() || i == 0 || text[i-1] != ' ' {
		return -1
	}
	i--
	if !digits() {
		return -1
	}
	return i
}

// certain tells whether all objects are where the cross-reference says.
func (f *File) certain() bool {
	for _, s := range f.sections {
		if !s.each(f.there) {
			return false
		}
	}
	return true
}

func (f *File) there(number int64, e entry) bool {
	if e.place() != direct {
		return true
	}
	r, err := newParser(f.src, f.base+e.first(), f.size).header()
	return err == nil && r == Ref{number, e.second()}
}
