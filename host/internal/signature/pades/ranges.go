package pades

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/signature"
)

// read takes the signature's dictionary, and checks that what it leaves out is its
// own /Contents and nothing else (ISO 32000-1, section 12.8.1).
func (m *mark) read() error {
	ref, own := m.field.value.(pdf.Ref)
	if !own {
		ref = m.field.ref
	}
	o, err := m.file.Unambiguous(ref)
	if err != nil {
		return err
	}
	dict, _ := o.(pdf.Dict)
	if !own {
		dict, _ = dict["V"].(pdf.Dict)
	}
	m.dict = dict
	m.filter, _ = dict["SubFilter"].(pdf.Name)
	m.stamp = m.filter == "ETSI.RFC3161"
	contents, ok := dict["Contents"].(pdf.String)
	if !ok || !contents.Hex || len(contents.Bytes) == 0 {
		return fmt.Errorf("%w: no /Contents", ErrRange)
	}
	m.contents = contents.Bytes
	m.gap = [2]int64{contents.Start, contents.End}
	list, _ := dict["ByteRange"].(pdf.Array)
	if len(list) != 4 {
		return fmt.Errorf("%w: /ByteRange", ErrRange)
	}
	var numbers [4]int64
	for i, item := range list {
		n, ok := item.(pdf.Integer)
		if !ok || n < 0 || int64(n) > m.src.Size() {
			return fmt.Errorf("%w: /ByteRange", ErrRange)
		}
		numbers[i] = int64(n)
	}
	m.end = numbers[2] + numbers[3]
	if numbers[0] != 0 || numbers[1] != m.gap[0] || numbers[2] != m.gap[1] || m.end > m.src.Size() {
		return fmt.Errorf("%w: /ByteRange", ErrRange)
	}
	return nil
}

// revision opens the document as it was signed: up to a whole revision, in which
// the same signature is the value of the same field.
func (m *mark) revision() (*pdf.File, error) {
	old, err := pdf.Open(io.NewSectionReader(m.src, 0, m.end), m.end)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRange, err)
	}
	if old.Repaired() {
		return nil, fmt.Errorf("%w: no end of a revision", ErrRange)
	}
	tail := make([]byte, min(m.end, 32))
	if _, err := m.src.ReadAt(tail, m.end-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if !bytes.HasSuffix(bytes.TrimRight(tail, "\r\n\x00\t\f "), []byte("%%EOF")) {
		return nil, fmt.Errorf("%w: no end of a revision", ErrRange)
	}
	form, err := readFields(old)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRange, err)
	}
	for _, f := range form.signatures {
		if !pdf.Equal(f.value, m.field.value) || f.name != m.field.name {
			continue
		}
		if ref, ok := f.value.(pdf.Ref); ok {
			then, _ := old.Offset(ref)
			now, _ := m.file.Offset(ref)
			if then != now {
				continue
			}
		}
		return old, nil
	}
	return nil, fmt.Errorf("%w: the signature is not in it", ErrRange)
}

// ranges is the document without the gap.
type ranges struct {
	src signature.Source
	gap [2]int64
	end int64
}

func (r ranges) Size() int64 { return r.end - (r.gap[1] - r.gap[0]) }

func (r ranges) ReadAt(p []byte, at int64) (n int, err error) {
	if at < r.gap[0] {
		first := p[:min(int64(len(p)), r.gap[0]-at)]
		if n, err = r.src.ReadAt(first, at); n < len(first) {
			return n, err
		}
	}
	if n == len(p) {
		return n, nil
	}
	rest := p[n:]
	from := at + int64(n) + r.gap[1] - r.gap[0]
	if from >= r.end {
		return n, io.EOF
	}
	short := int64(len(rest)) > r.end-from
	if short {
		rest = rest[:r.end-from]
	}
	more, err := r.src.ReadAt(rest, from)
	if err == nil && short {
		err = io.EOF
	}
	return n + more, err
}
