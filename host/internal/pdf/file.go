package pdf

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
)

// File is an open PDF: the revision that ends with its last byte. It is for
// one goroutine.
type File struct {
	src      io.ReaderAt
	size     int64
	base     int64 // what offsets count from
	sections []*section
	entries  int // read so far
	repaired bool
	unpacked []*unpacked
	work     int64 // bytes of object streams decoded so far
}

// Where a header and a startxref may be: within 1024 bytes of the ends (ISO
// 32000-1, annex H), and somewhat more after the last %%EOF.
const (
	headRoom = 1024
	tailRoom = 4096
)

// Open reads the cross-reference, and nothing else.
func Open(src io.ReaderAt, size int64) (*File, error) {
	f := &File{src: src, size: size}
	header, err := f.read(0, headRoom)
	if err != nil {
		return nil, err
	}
	at := bytes.Index(header, []byte("%PDF-"))
	if at < 0 {
		return nil, broken("no header")
	}
	bases := []int64{int64(at)}
	if at > 0 {
		bases = append(bases, 0) // some writers count what is before the header
	}
	start, told := f.startxref()
	for _, base := range bases {
		f.base = base
		if !told {
			break
		}
		if err = f.chain(start); err == nil || errors.Is(err, ErrEncrypted) {
			return f, err
		}
		if !errors.Is(err, ErrBroken) {
			return nil, err
		}
	}
	f.repaired = true
	return f, f.repair(bases)
}

// read returns up to n bytes.
func (f *File) read(at, n int64) ([]byte, error) {
	at = max(at, 0)
	data := make([]byte, max(min(n, f.size-at), 0))
	got, err := f.src.ReadAt(data, at)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return data[:got], nil
}

// startxref finds where the last cross-reference is said to be.
func (f *File) startxref() (int64, bool) {
	tail, err := f.read(f.size-tailRoom, tailRoom)
	if err != nil {
		return 0, false
	}
	i := bytes.LastIndex(tail, []byte("startxref"))
	if i < 0 {
		return 0, false
	}
	word := bytes.Fields(tail[i+len("startxref"):])
	if len(word) == 0 {
		return 0, false
	}
	at, err := strconv.ParseInt(string(word[0]), 10, 64)
	return at, err == nil && at > 0
}

// count takes note of one more row of a cross-reference. There can not be many more
// of them than bytes: a small file must not fill the memory.
func (f *File) count() error {
	if f.entries++; f.entries > maxEntries || int64(f.entries) > f.size+1<<16 {
		return broken("too many objects")
	}
	return nil
}

// chain reads all sections, the newest first.
func (f *File) chain(at int64) error {
	f.sections, f.entries = nil, 0
	seen := map[int64]bool{}
	for {
		if seen[at] || len(f.sections) >= maxRevisions {
			return broken("chain of revisions")
		}
		seen[at] = true
		s, err := f.section(at)
		if err != nil {
			return err
		}
		f.sections = append(f.sections, s)
		if _, sealed := s.trailer["Encrypt"]; sealed {
			return ErrEncrypted
		}
		prev, ok := s.trailer["Prev"]
		if !ok || prev == Integer(0) {
			break
		}
		offset, ok := prev.(Integer)
		if !ok {
			return broken("chain of revisions")
		}
		at = int64(offset)
	}
	if _, ok := f.Trailer()["Root"].(Ref); !ok {
		return broken("no catalog")
	}
	return nil
}

// Trailer is that of the newest revision.
func (f *File) Trailer() Dict { return f.sections[0].trailer }

// Revisions are where the cross-references are, the newest first.
func (f *File) Revisions() []int64 {
	list := make([]int64, len(f.sections))
	for i, s := range f.sections {
		list[i] = s.at
	}
	return list
}

// Repaired tells that startxref was wrong.
func (f *File) Repaired() bool { return f.repaired }

// Touched are the objects that the newest n revisions speak of, in order.
func (f *File) Touched(n int) []int64 {
	var numbers []int64
	for _, s := range f.sections[:n] {
		s.each(func(number int64, _ entry) bool {
			numbers = append(numbers, number)
			return true
		})
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// Highest is the highest object number in use.
func (f *File) Highest() int64 {
	high := int64(0)
	for _, s := range f.sections {
		high = max(high, s.highest())
		if size, ok := s.trailer["Size"].(Integer); ok && size <= maxNumber {
			high = max(high, int64(size)-1)
		}
	}
	return high
}

// Version is what the header says: "1.7".
func (f *File) Version() string {
	header, err := f.read(f.base+int64(len("%PDF-")), 3)
	if err != nil {
		return ""
	}
	return string(header)
}
