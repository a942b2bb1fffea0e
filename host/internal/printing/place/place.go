// Package place brings the pages of a PDF onto a sheet: it looks at what is to be
// printed, refuses what must not be, and makes a PDF of exactly the sheet, upright
// as it is fed, with orientation, scale and offset in it. Every driver does these in
// a way of its own, so none is asked to.
//
// A document whose pages are the sheet already goes out as it was received. Any
// other gets a new revision in which each page is the sheet and draws the old page
// as one form. Nothing that is painted on a page is ever cut off and nothing gets
// smaller than can be read: such a page is refused. Contents never turn against the
// way they are read.
//
// It must never run what a document brings along, and says in no error what is in it.
//
// Standard: ISO 32000-1, sections 7.7.3 (pages), 8.10 (forms), 12.5 (annotations)
// and 12.6 (actions).
package place

import (
	"crypto/sha256"
	"fmt"
	"io"
	"slices"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// Inspection is what there is to print.
type Inspection struct{ Pages []Page }

// Page is one as it is looked at: turned, cut to its visible part.
type Page struct {
	Width, Height float64 // points
	Marked        Box     // what is painted; the whole page when that can not be told
	Certain       bool    // it can be told
}

// Box is a part of a page, in points from its upper left corner.
type Box struct{ Left, Top, Right, Bottom float64 }

// Empty tells that there is nothing in it.
func (b Box) Empty() bool { return b.Left >= b.Right || b.Top >= b.Bottom }

// Inspect looks at every page. Its errors are *printing.Error where the document is
// at fault: encrypted, damaged, with scripts or commands in it, or too long.
func Inspect(src printing.Source) (Inspection, error) {
	doc, err := read(src)
	if err != nil {
		return Inspection{}, err
	}
	var found Inspection
	for _, s := range doc.sides {
		found.Pages = append(found.Pages, s.look)
	}
	return found, nil
}

// Wish is what a sheet is to look like.
type Wish struct {
	Sheet            printing.Sheet
	Orientation      string // of the sheet as it is read: portrait, landscape; auto: A4 upright, A5 lying, unless a page fits better otherwise
	Scale            int    // per cent; 0: full size, smaller only where it would not fit, and never below 70 %
	OffsetX, OffsetY int    // tenths of a millimetre to the right and down, of the sheet as it is read
}

// Placed is what came of it.
type Placed struct {
	Pages   int
	Same    bool    // the very bytes of the document
	Turned  bool    // the first page lies: it is turned by 90° against the clock, clockwise it can be read
	Lying   []bool  // the same of each page
	Scale   float64 // the smallest of all pages
	Notices []wire.Notice
}

// Onto writes the document as it goes to the spooler. A page that would lose
// something is a *printing.Error print.does_not_fit, a document that Inspect
// refuses is refused here too.
func Onto(src printing.Source, w Wish, out io.Writer) (Placed, error) {
	doc, err := read(src)
	if err != nil {
		return Placed{}, err
	}
	laid, err := w.lay(doc)
	if err != nil {
		return Placed{}, err
	}
	p := Placed{Pages: len(laid), Same: true, Scale: laid[0].scale, Turned: laid[0].lying, Notices: notices(w, doc, laid)}
	u := doc.file.Update()
	for i, l := range laid {
		p.Lying = append(p.Lying, l.lying)
		p.Scale = min(p.Scale, l.scale)
		if doc.sides[i].is(w, l) {
			continue
		}
		p.Same = false
		if err := doc.redraw(u, doc.sides[i], l.matrix(doc.sides[i].view), w.Sheet); err != nil {
			return Placed{}, fault(err)
		}
	}
	if _, err := io.Copy(out, io.NewSectionReader(src, 0, src.Size())); err != nil || p.Same {
		return p, err
	}
	if err := doc.still(u); err != nil {
		return Placed{}, fault(err)
	}
	id := sha256.Sum256(fmt.Appendf(nil, "%v %v", doc.file.Trailer()["ID"], w))
	written, err := u.Write(id[:16])
	if err != nil {
		return Placed{}, fault(err)
	}
	_, err = out.Write(written.Bytes)
	return p, err
}

// still takes the form out of the catalog: its fields are drawn.
func (d document) still(u *pdf.Update) error {
	r, catalog, err := d.file.Catalog()
	if err != nil || catalog["AcroForm"] == nil {
		return err
	}
	delete(catalog, "AcroForm")
	u.Put(r, catalog)
	return nil
}

// notices say what was done to the pages, each thing once.
func notices(w Wish, doc document, laid []laid) []wire.Notice {
	var list []wire.Notice
	say := func(text string) {
		if n := (wire.Notice{Text: text}); !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	for i, l := range laid {
		if l.cut && l.scale == 1 && sized(doc.sides[i].look, printing.A4) && named(w.Sheet, printing.A5) && l.lying {
			say("La metà inferiore vuota del foglio A4 non viene stampata.")
		} else if l.cut {
			say("La parte vuota della pagina che supera il foglio non viene stampata.")
		}
		if w.Scale == 0 && l.scale < 1 {
			say(fmt.Sprintf("Pagina ridotta al %.0f %% per stare nel foglio.", 100*l.scale))
		}
		if l.pushed {
			say("Con questo spostamento una parte della pagina può finire fuori dal foglio: controllare l'anteprima.")
		}
		if l.brink {
			say("Con questo spostamento una parte scritta arriva a meno di 4 mm dal bordo, dove molte stampanti non stampano: controllare il foglio.")
		}
	}
	return list
}
