package engine

import (
	"bytes"
	"context"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/place"
	"raccordo/host/internal/printing/queue"
	"raccordo/host/internal/wire"
)

// prepare fits a sheet to the settings of now, which may be others than when it was
// asked for.
func (e *Engine) prepare(_ context.Context, j queue.Job) (queue.Prepared, error) {
	set, _, err := e.settings.of(j.Profile)
	if err != nil || set.Printer == "" {
		return queue.Prepared{}, printing.Fault(wire.ErrPrintNone, string(j.Profile), err)
	}
	if err := e.stillGood(j.Title); err != nil {
		return queue.Prepared{}, printing.Fault(codeOf(err), "", err)
	}
	pdf := j.PDF
	if j.Kind == kindTest { // it says the settings of now
		if pdf, err = e.testSheet(set); err != nil {
			return queue.Prepared{}, err
		}
	}
	placed, sheet, err := e.fit(j.Kind, pdf, set)
	if err != nil {
		return queue.Prepared{}, err
	}
	return queue.Prepared{
		Ticket: printing.Ticket{Printer: set.Printer, Sheet: sheetOf(set), Tray: set.Tray, Copies: j.Copies, Pages: placed.Pages},
		PDF:    bytes.NewReader(sheet), Notices: placed.Notices,
	}, nil
}

// fit brings pages onto the sheet that lies in the tray. A test page is never made to fit.
func (e *Engine) fit(kind string, pdf []byte, set wire.PrinterSettings) (place.Placed, []byte, error) {
	w := place.Wish{Sheet: sheetOf(set), Orientation: set.Orientation, Scale: set.Scale, OffsetX: set.OffsetX, OffsetY: set.OffsetY}
	if kind == kindTest {
		w.Scale = 100
	}
	if set.Kind == wire.SheetRossa && w.Orientation == "auto" {
		w.Orientation = "portrait"
		if l, err := e.layout(wire.SheetRossa); err == nil && l.Lying() {
			w.Orientation = "landscape"
		}
	}
	var out bytes.Buffer
	placed, err := place.Onto(bytes.NewReader(pdf), w, &out)
	return placed, out.Bytes(), err
}
