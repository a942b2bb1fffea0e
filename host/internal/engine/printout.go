package engine

import (
	"bytes"
	"context"
	"io"
	"io/fs"

	"raccordo/host/internal/printing/place"
	"raccordo/host/internal/printing/sheet"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
	"raccordo/manifests"
)

// printout is something to print, as pages of their own size.
type printout struct {
	pdf     []byte
	notices []wire.Notice
}

// The kinds of wire.PrintItem.
const (
	kindPromemoria = "promemoria"
	kindRossa      = "rossa"
	kindBianca     = "bianca"
	kindDocument   = "document"
	kindTest       = "test"
)

// profileOf is how an item is printed.
func profileOf(item wire.PrintItem) wire.SheetKind {
	switch {
	case item.Kind != kindDocument && item.Kind != kindTest:
		return wire.SheetKind(item.Kind)
	case item.Profile == "":
		return wire.SheetBianca
	}
	return item.Profile
}

// titleOf names an item for people, and no patient.
func titleOf(item wire.PrintItem) string {
	switch item.Kind {
	case kindPromemoria:
		return promemoriaTitle + item.NRE
	case kindRossa:
		return "Ricetta rossa"
	case kindBianca:
		return "Ricetta bianca"
	case kindTest:
		return "Pagina di prova"
	}
	if item.Name != "" {
		return item.Name
	}
	return "Documento"
}

// printout makes what an item asks for.
func (e *Engine) printout(ctx context.Context, c Call, item wire.PrintItem, set wire.PrinterSettings) (out printout, err error) {
	switch item.Kind {
	case kindPromemoria:
		out.pdf, err = e.promemoriaSheet(ctx, c, item, set)
	case kindRossa:
		out.pdf, out.notices, err = e.rossaSheet(c, item, set)
	case kindBianca:
		out.pdf, err = e.biancaSheet(item, set)
	case kindDocument:
		out.pdf, err = e.documentSheet(c, item)
	case kindTest:
		out.pdf, err = e.testSheet(set)
	}
	return out, err
}

// documentSheet is a PDF of the page's.
func (e *Engine) documentSheet(c Call, item wire.PrintItem) ([]byte, error) {
	doc, err := e.documents.source(c, item.Document, item.Content, "/document")
	if err != nil {
		return nil, err
	}
	defer doc.Release()
	if doc.Size() > wire.MaxPrintBytes {
		return nil, wire.NewError(wire.ErrDocLarge, "")
	}
	return io.ReadAll(io.NewSectionReader(doc, 0, doc.Size()))
}

// inspect counts the pages of a PDF that may be printed.
func inspect(pdf []byte) (pages int, err error) {
	i, err := place.Inspect(bytes.NewReader(pdf))
	return len(i.Pages), err
}

// layout is how the region wants a kind of sheet to look, on the profile's paper.
func (e *Engine) layout(set wire.PrinterSettings) (sheet.Layout, error) {
	builtin, err := fs.Sub(manifests.Files, "sheets")
	if err != nil {
		return sheet.Layout{}, err
	}
	all, err := sheet.Load(builtin, e.opt.Paths.Files("sheets")...)
	if err != nil { // of one of them, which is not always this one
		e.log.Error().Err(err).Msg("layout of a sheet")
	}
	name := e.profile.Printing.Promemoria
	switch set.Kind {
	case wire.SheetRossa:
		name = e.profile.Printing.Rossa
	case wire.SheetBianca:
		name = e.profile.Printing.Bianca
	}
	return sheet.Choose(all, name, set)
}

// testSheet is the page from which the offset of a profile is read off.
func (e *Engine) testSheet(set wire.PrinterSettings) ([]byte, error) {
	l, err := e.layout(set)
	if err != nil {
		return nil, err
	}
	return sheet.Test(l, set)
}

// onSheet is who prescribes, as the page says or the session.
func (e *Engine) onSheet(d *wire.PrintDoctor) (wire.PrintDoctor, error) {
	if d != nil {
		return *d, nil
	}
	l, err := e.current()
	if err != nil {
		return wire.PrintDoctor{}, wire.NewError(wire.ErrParams, "/doctor")
	}
	p := doctorOf(e.sessionOf(l))
	return wire.PrintDoctor{Name: p.Name, CodiceFiscale: p.CodiceFiscale}, nil
}

func (e *Engine) biancaSheet(item wire.PrintItem, set wire.PrinterSettings) ([]byte, error) {
	if item.White == nil {
		return nil, wire.NewError(wire.ErrParams, "/white")
	}
	doctor, err := e.onSheet(item.Doctor)
	if err != nil {
		return nil, err
	}
	l, err := e.layout(set)
	if err != nil {
		return nil, err
	}
	return sheet.Bianca(l, *item.White, doctor, e.now().In(ricetta.Rome()))
}
