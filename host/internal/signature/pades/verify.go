package pades

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/signature/pades/pdf"
	"raccordo/host/internal/wire"
)

// Why a signature of a PDF is broken, besides what package cms knows.
var (
	ErrRange    = errors.New("the signature does not cover a whole revision of the document")
	ErrModified = errors.New("the document was changed after it was signed")
)

// Verify reads every signature of the document, the oldest first. A PDF holds
// what it signs: there is no original.
//
// Covers is Whole when nothing comes after the signature, Revision when only
// further signatures and what proves them do, and Part when more was added: notes,
// values of fields, another structure. What was changed, and not added, breaks
// the signature, and so does what its author did not permit.
//
// A time-stamp of the document counts for the signatures before it. It is a row of
// its own when there are none, or when it is broken.
func Verify(ctx context.Context, src signature.Source, _ signature.Source) ([]signature.Found, error) {
	file, err := pdf.Open(src, src.Size())
	if err != nil {
		return nil, fault(err)
	}
	form, err := readFields(file)
	if err != nil {
		return nil, fault(err)
	}
	var marks []*mark
	for _, f := range form.signatures {
		if f.value == nil {
			continue
		}
		m := &mark{file: file, src: src, field: f}
		if err := m.check(ctx); err != nil {
			return nil, err
		}
		marks = append(marks, m)
	}
	if len(marks) == 0 {
		return nil, &signature.Error{Code: wire.ErrNotSigned}
	}
	slices.SortStableFunc(marks, func(a, b *mark) int { return cmp.Compare(a.end, b.end) })
	return gather(file, marks)
}

// gather lets document time-stamps and what the document brings to prove its
// signatures count for them.
func gather(file *pdf.File, marks []*mark) ([]signature.Found, error) {
	proof, err := readStore(file)
	if err != nil {
		return nil, fault(err)
	}
	var list []signature.Found
	for i, m := range marks {
		if m.stamp {
			continue
		}
		for _, later := range marks[i+1:] {
			if later.stamp && later.found.Broken == nil {
				m.found.Stamps = append(m.found.Stamps, later.token)
			}
		}
		proof.join(&m.found)
		m.name(proof)
		list = append(list, m.found)
	}
	for _, m := range marks {
		if m.stamp && (len(list) == 0 || m.found.Broken != nil) {
			list = append(list, m.found)
		}
	}
	return list, nil
}

// mark is a signature of the document.
type mark struct {
	file  *pdf.File
	src   signature.Source
	field *field

	dict      pdf.Dict
	filter    pdf.Name // SubFilter
	gap       [2]int64 // of /Contents, brackets included
	end       int64    // of the signed revision
	contents  []byte
	found     signature.Found
	stamp     bool // of the document
	token     signature.Stamp
	permitted int
	locks     []lock
}

// check fills found. Only what keeps the file from being read is an error.
func (m *mark) check(ctx context.Context) error {
	m.found = signature.Found{Format: "PDF", Covers: signature.Part}
	if err := m.read(); err != nil {
		m.found.Broken = err
		return m.reading(err)
	}
	old, err := m.revision()
	if err == nil {
		err = m.value(ctx)
	}
	if err != nil {
		m.found.Broken = cmp.Or(m.found.Broken, err)
		return m.reading(err)
	}
	covers, err := m.since(old)
	m.found.Covers = covers
	m.found.Broken = cmp.Or(m.found.Broken, err)
	return m.reading(err)
}

// reading tells faults of reading from those of the signature.
func (m *mark) reading(err error) error {
	var file interface{ Timeout() bool }
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &file) {
		return err
	}
	return nil
}

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
	if err != nil || old.Repaired() {
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

// value verifies what is in /Contents.
func (m *mark) value(ctx context.Context) error {
	covered := ranges{m.src, m.gap, m.end}
	switch m.filter {
	case "ETSI.CAdES.detached", "adbe.pkcs7.detached":
	case "ETSI.RFC3161":
		return m.timeStamp(ctx, covered)
	case "adbe.pkcs7.sha1", "adbe.x509.rsa_sha1":
		return cms.ErrWeak
	default:
		return &signature.Error{Code: wire.ErrSignFormat, Detail: "SubFilter"}
	}
	data, err := cms.Parse(bytes.NewReader(m.contents))
	if err != nil {
		return err
	}
	found := data.Verify(ctx, covered)
	if len(found) != 1 { // EN 319 142-1, section 4.1: a single SignerInfo
		return fmt.Errorf("%w: %d signers", cms.ErrMalformed, len(found))
	}
	m.found = found[0]
	m.found.Covers = signature.Part
	if s, ok := m.dict["M"].(pdf.String); ok {
		if at, ok := parseDate(string(s.Bytes)); ok {
			m.found.ClaimedAt = at
		}
	}
	m.permitted, m.locks, err = m.restrictions()
	return err
}

// restrictions are what this signature permits to be changed afterwards.
func (m *mark) restrictions() (int, []lock, error) {
	permitted, locks, err := restrictions(m.file, m.dict)
	if err != nil {
		return 0, nil, err
	}
	l, err := m.file.Dict(m.field.dict["Lock"])
	return min(permitted, permission(l, permitAll)), locks, err
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
