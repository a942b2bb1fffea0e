// Package marks tells where a page is painted: it reads the operators of its
// contents and adds up the areas that they may touch, rather too large than too
// small. It draws nothing. White on the bare paper is no mark. Where it does not
// understand a page to its end it says so, and nobody may cut anything off that page.
//
// Contents come from strangers: depth, operators and bytes have limits, for all
// pages of a file together.
//
// Standard: ISO 32000-1, sections 8 and 9, annex A.
package marks

import (
	"errors"

	"raccordo/host/internal/pdf"
)

// Limits.
const (
	maxOperators = 1_000_000 // a second's work
	maxDecoded   = 256 << 20 // bytes of forms
	maxKept      = 16 << 20  // bytes of forms that are drawn more than once
	maxForms     = 24        // within one another
	maxSaved     = 4096      // graphics states
)

// errUnclear ends the reading of a page that is not understood.
var errUnclear = errors.New("not understood")

// Reader reads the pages of one file.
type Reader struct {
	file             *pdf.File
	operators, bytes int // so far
	kept             map[pdf.Ref][]byte
	room             int
	fonts            map[pdf.Ref]*font
}

// NewReader starts.
func NewReader(file *pdf.File) *Reader {
	return &Reader{file: file, kept: map[pdf.Ref][]byte{}, room: maxKept, fonts: map[pdf.Ref]*font{}}
}

// Painted is what is painted of a page.
type Painted struct {
	Area    Area  // in units of the page
	Certain bool  // the page was understood to its end
	Surplus []int // where, in the joined contents, Q restores what was never saved: poppler draws nothing after that
}

// Page reads one, whose contents are these. An error is only one of reading.
func (r *Reader) Page(p pdf.Page, v pdf.View, contents []byte) (Painted, error) {
	visible := Area{v.Left, v.Bottom, v.Left + v.Width, v.Bottom + v.Height}
	resources, err := r.file.Dict(p.Value("Resources"))
	painter := &painter{reader: r, resources: resources, state: start(visible)}
	if err == nil {
		err = painter.run(contents)
	}
	if errors.Is(err, errUnclear) || errors.Is(err, pdf.ErrBroken) {
		return Painted{Area: visible, Surplus: painter.surplus}, nil
	}
	return Painted{Area: painter.marked, Certain: true, Surplus: painter.surplus}, err
}
