package winspool

import (
	"bytes"
	"strconv"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// Tolerances, in tenths of a millimetre.
const (
	sameSheet   = 10 // a driver's list and ISO 216
	sameSurface = 20 // the page that a device context has, and the sheet
)

// adapt makes a job's settings from the user's own: the ticket's sheet, tray and copies,
// upright, one page on one side, at full size. What else the user or the driver has set stays.
// It returns how often the pages are to be drawn: a driver that makes no copies gets them all.
func adapt(user devmode, t printing.Ticket, c capabilities) (devmode, int, error) {
	if err := user.check(); err != nil {
		return nil, 0, printing.Fault(wire.ErrPrintRefused, "DEVMODE", err)
	}
	d := devmode(bytes.Clone(user))
	can := d.fields() | c.Fields
	if err := setPaper(d, t.Sheet, c); err != nil {
		return nil, 0, err
	}
	if err := setTray(d, t.Tray, c); err != nil {
		return nil, 0, err
	}
	d.set(dmOrientation, atOrientation, portrait)
	for _, f := range []struct {
		bit   uint32
		at    int
		value int16
	}{
		{dmScale, atScale, 100},
		{dmColor, atColor, monochrome}, // pages are grey: no black mixed from colours
		{dmDuplex, atDuplex, simplex},
	} {
		if can&f.bit != 0 {
			d.set(f.bit, f.at, f.value)
		}
	}
	if can&dmNup != 0 && d.has(atNup+2) {
		d.set(dmNup, atNup, oneUp)
		d[atNup+2], d[atNup+3] = 0, 0 // it is a DWORD
	}
	byDriver, drawn := copies(t, c)
	d.set(dmCopies, atCopies, int16(byDriver))
	if byDriver > 1 && can&dmCollate != 0 {
		d.set(dmCollate, atCollate, collated)
	}
	return d, drawn, nil
}

// copies divides them between the driver and us: several pages must come sorted.
func copies(t printing.Ticket, c capabilities) (byDriver, drawn int) {
	n := max(t.Copies, 1)
	if c.Copies >= n && (t.Pages == 1 || c.Collate) {
		return n, 1
	}
	return 1, n
}

func setPaper(d devmode, sheet printing.Sheet, c capabilities) error {
	d.without(dmPaperSize | ownSize | dmFormName) // each of them names a paper
	if id, ok := choose(sheet, c); ok {
		d.set(dmPaperSize, atPaperSize, id)
		return nil
	}
	if !c.anySize() || sheet.Width > 1<<15-1 || sheet.Height > 1<<15-1 {
		return printing.Fault(wire.ErrPrintMedia, sheet.Name, nil)
	}
	d.set(dmPaperSize, atPaperSize, paperUser)
	d.set(dmPaperWidth, atPaperWidth, int16(sheet.Width))
	d.set(dmPaperLength, atPaperLength, int16(sheet.Height))
	return nil
}

// choose finds the driver's number of a sheet. Several papers may have the size of A4 (small,
// with another margin): the standard's own number wins, then the nearest.
func choose(sheet printing.Sheet, c capabilities) (int16, bool) {
	standard := map[string]int16{printing.A4.Name: paperA4, printing.A5.Name: paperA5}[isoName(sheet.Width, sheet.Height)]
	if len(c.Papers) == 0 { // a driver that does not tell
		return standard, standard != 0
	}
	best, far := int16(0), sameSheet+1
	for _, p := range c.Papers {
		away := max(abs(p.Width-sheet.Width), abs(p.Height-sheet.Height))
		switch {
		case away > sameSheet:
		case p.ID == standard:
			return p.ID, true
		case away < far:
			best, far = p.ID, away
		}
	}
	return best, far <= sameSheet
}

func setTray(d devmode, tray string, c capabilities) error {
	if tray == "" {
		return nil
	}
	for _, b := range c.Bins {
		if trayID(b) == tray {
			d.set(dmSource, atSource, b.ID)
			return nil
		}
	}
	return printing.Fault(wire.ErrPrintMedia, "dmDefaultSource "+tray, nil)
}

// kept refuses what the driver made of the settings when the tray is not the asked one. The
// paper is compared where it counts: on the surface that comes of it.
func kept(d devmode, t printing.Ticket) error {
	if err := d.check(); err != nil {
		return printing.Fault(wire.ErrPrintRefused, "DEVMODE", err)
	}
	if got := strconv.Itoa(int(d.get(atSource))); t.Tray != "" && got != t.Tray {
		return printing.Fault(wire.ErrPrintMedia, "dmDefaultSource "+t.Tray+" became "+got, nil)
	}
	return nil
}

func abs(n int) int { return max(n, -n) }
