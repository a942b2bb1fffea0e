package place

import (
	"errors"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/place/marks"
	"raccordo/host/internal/wire"
)

// document is one that may be printed.
type document struct {
	file  *pdf.File
	sides []side
}

// side is a page of it.
type side struct {
	page   pdf.Page
	view   pdf.View
	look   Page
	plain  bool // nothing but the media box says how large it is
	annots []annot
	// Operators of its contents that are left out, places in the joined streams.
	surplus []int
}

func read(src printing.Source) (document, error) {
	if src.Size() > wire.MaxPrintBytes {
		return document{}, printing.Fault(wire.ErrDocLarge, "", nil)
	}
	file, err := pdf.Open(src, src.Size())
	if err != nil {
		return document{}, fault(err)
	}
	doc := document{file: file}
	err = file.Pages(func(p pdf.Page) (bool, error) {
		if len(doc.sides) == wire.MaxPrintPages {
			return false, printing.Fault(wire.ErrPrintPages, "", nil)
		}
		doc.sides = append(doc.sides, side{page: p})
		return true, nil
	})
	if err == nil && len(doc.sides) == 0 {
		err = pdf.ErrBroken
	}
	if err == nil {
		err = inert(file)
	}
	reader := marks.NewReader(file)
	for i := 0; i < len(doc.sides) && err == nil; i++ {
		err = doc.sides[i].read(file, reader)
	}
	return doc, fault(err)
}

func (s *side) read(file *pdf.File, reader *marks.Reader) (err error) {
	if s.view, err = file.View(s.page); err != nil {
		return err
	}
	if s.view.Width < 1 || s.view.Height < 1 {
		return pdf.ErrBroken
	}
	if s.annots, err = annotations(file, s.page); err != nil {
		return err
	}
	if s.plain, err = s.isPlain(file); err != nil {
		return err
	}
	s.look.Width, s.look.Height = s.view.Size()
	painted, err := s.painted(file, reader)
	if err != nil {
		return err
	}
	area := painted.Area
	for _, a := range s.annots {
		area = area.With(a.area().Within(s.visible()))
	}
	s.surplus = painted.Surplus
	s.look.Certain, s.look.Marked = painted.Certain, looked(s.view, area)
	return nil
}

// painted reads the contents. A single stream may be damaged, it goes out as it is; several have
// to be joined.
func (s *side) painted(file *pdf.File, reader *marks.Reader) (marks.Painted, error) {
	streams, err := file.Contents(s.page)
	if err != nil {
		return marks.Painted{}, err
	}
	data, err := file.Joined(streams, maxContents)
	if err == nil {
		return reader.Page(s.page, s.view, data)
	}
	if len(streams) == 1 && errors.Is(err, pdf.ErrBroken) {
		_, err = file.Raw(streams[0])
	}
	return marks.Painted{Area: s.visible()}, err
}

func (s *side) visible() marks.Area {
	return marks.Area{Left: s.view.Left, Bottom: s.view.Bottom, Right: s.view.Left + s.view.Width, Top: s.view.Bottom + s.view.Height}
}

// isPlain tells that every reader takes the page for as large as its media box.
func (s *side) isPlain(file *pdf.File) (bool, error) {
	if s.view.Turned != 0 || s.view.Unit != 1 || !near(s.view.Left, 0) || !near(s.view.Bottom, 0) {
		return false, nil
	}
	for _, key := range []pdf.Name{"MediaBox", "CropBox", "BleedBox", "TrimBox", "ArtBox"} {
		r, ok, err := file.Rectangle(s.page.Value(key))
		if err != nil {
			return false, err
		}
		if key == "MediaBox" && !ok {
			return false, nil
		}
		if ok && !(near(r[0], s.view.Left) && near(r[1], s.view.Bottom) && near(r[2], s.view.Left+s.view.Width) && near(r[3], s.view.Bottom+s.view.Height)) {
			return false, nil
		}
	}
	return true, nil
}

// fault gives faults of the file their codes.
func fault(err error) error {
	var known *printing.Error
	var place *pdf.Fault
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, pdf.ErrEncrypted):
		return printing.Fault(wire.ErrPDFSealed, "", nil)
	case errors.As(err, &place):
		return printing.Fault(wire.ErrPDFBroken, place.Place, nil)
	case errors.Is(err, pdf.ErrBroken):
		return printing.Fault(wire.ErrPDFBroken, "", nil)
	}
	return err
}
