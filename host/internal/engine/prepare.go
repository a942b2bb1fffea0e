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

// fit brings pages onto the sheet that lies in the tray.
func (e *Engine) fit(kind string, pdf []byte, set wire.PrinterSettings) (place.Placed, []byte, error) {
	w := place.Wish{Sheet: sheetOf(set), Orientation: set.Orientation, Scale: set.Scale, OffsetX: set.OffsetX, OffsetY: set.OffsetY}
	if set.Kind == wire.SheetRossa && w.Orientation == "auto" {
		l, err := e.layout(set)
		if err != nil {
			return place.Placed{}, nil, err
		}
		w.Orientation = readAs(l.Lying())
	}
	if kind == kindTest { // it is drawn for this sheet, with the offset
		i, err := place.Inspect(bytes.NewReader(pdf))
		if err != nil {
			return place.Placed{}, nil, err
		}
		w.Orientation, w.Scale, w.OffsetX, w.OffsetY = readAs(i.Pages[0].Width > i.Pages[0].Height), 100, 0, 0
	}
	var out bytes.Buffer
	placed, err := place.Onto(bytes.NewReader(pdf), w, &out)
	return placed, out.Bytes(), err
}

func readAs(lying bool) string {
	if lying {
		return "landscape"
	}
	return "portrait"
}
