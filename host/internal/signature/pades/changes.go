package pades

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/signature"
)

// growth is how a document was added to.
type growth int

const (
	same    growth = iota
	proven         // what proves signatures: DSS, document time-stamps, metadata
	signed         // further signatures
	written        // values of fields
	noted          // annotations
	other          // what is not looked at, and not shown
)

// allowed tells whether a certifying signature permits it (ISO 32000-2, table 257).
func (g growth) allowed(permitted int) bool {
	switch permitted {
	case permitNothing:
		return g <= proven
	case permitForms:
		return g <= written
	case permitNotes:
		return g <= noted
	}
	return true
}

// trailing is how much white space after the last revision says nothing.
const trailing = 64

// since looks at what was added to the document after the signature.
func (m *mark) since(ctx context.Context, old *pdf.File) (signature.Covers, error) {
	size := m.src.Size()
	if m.end == size {
		return signature.Whole, nil
	}
	then, now := old.Revisions(), m.file.Revisions()
	newer := slices.Index(now, then[0])
	if newer < 0 {
		return signature.Part, fmt.Errorf("%w: the signed revision is no longer part of it", ErrModified)
	}
	if newer == 0 {
		blank, err := isBlank(m.src, m.end, size)
		if blank {
			return signature.Whole, err
		}
		return signature.Part, err
	}
	g, err := m.compare(ctx, old, newer)
	if err != nil {
		return signature.Part, err
	}
	if !g.allowed(m.permitted) {
		return signature.Part, fmt.Errorf("%w: the signature does not permit it", ErrModified)
	}
	switch {
	case g <= proven:
		return signature.Whole, nil
	case g == signed:
		return signature.Revision, nil
	}
	return signature.Part, nil
}

func isBlank(src io.ReaderAt, from, to int64) (bool, error) {
	if to-from > trailing {
		return false, nil
	}
	rest := make([]byte, to-from)
	if _, err := src.ReadAt(rest, from); err != nil && err != io.EOF {
		return false, err
	}
	return len(bytes.Trim(rest, "\r\n\t\f\x00 ")) == 0, nil
}

// compare judges every object that a newer revision speaks of, and that was there before.
func (m *mark) compare(ctx context.Context, old *pdf.File, newer int) (growth, error) {
	if !pdf.Equal(old.Trailer()["Root"], m.file.Trailer()["Root"]) {
		return other, fmt.Errorf("%w: another catalog", ErrModified)
	}
	r, err := readRoles(ctx, old)
	if err != nil {
		return other, err
	}
	j := &judge{old: old, now: m.file, roles: r, locks: m.locks, permitted: m.permitted}
	total := same
	for _, number := range m.file.Touched(newer) {
		if err := ctx.Err(); err != nil {
			return other, err
		}
		before, err := old.Lookup(number)
		if err != nil {
			return other, err
		}
		if before == nil {
			continue // new: it counts where something old refers to it
		}
		after, err := m.file.Lookup(number)
		if err != nil {
			return other, err
		}
		if equal, err := j.equal(before, after); err != nil {
			return other, err
		} else if equal {
			continue
		}
		g, err := j.object(number, before, after)
		if err != nil {
			return other, err
		}
		total = max(total, g)
	}
	return total, nil
}

// equal compares streams by their bytes as well.
func (j *judge) equal(a, b pdf.Object) (bool, error) {
	x, ok := a.(*pdf.Stream)
	y, also := b.(*pdf.Stream)
	if !ok || !also {
		return pdf.Equal(a, b), nil
	}
	if !pdf.Equal(x.Dict, y.Dict) {
		return false, nil
	}
	one, err := j.old.Raw(x)
	if err != nil {
		return false, err
	}
	two, err := j.now.Raw(y)
	if err != nil {
		return false, err
	}
	return sameBytes(one, two)
}

func sameBytes(a, b *io.SectionReader) (bool, error) {
	if a.Size() != b.Size() {
		return false, nil
	}
	p, q := make([]byte, 32<<10), make([]byte, 32<<10)
	for {
		n, err := io.ReadFull(a, p)
		if _, err := io.ReadFull(b, q[:n]); err != nil && n > 0 {
			return false, err
		}
		if !bytes.Equal(p[:n], q[:n]) {
			return false, nil
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return true, nil
		} else if err != nil {
			return false, err
		}
	}
}
