package engine

import (
	"context"
	"slices"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// printers lists what can be printed on, and the three profiles. That the print service
// does not answer is told and is no fault: the settings are there all the same.
func (e *Engine) printers(ctx context.Context, c Call) (wire.PrinterList, error) {
	if c.Caller.Kind == "browser" { // a page that shows settings will show a preview
		e.press.warm(e.undrawn)
	}
	list := wire.PrinterList{Spooler: e.press.spooler.Kind(), Printers: []wire.Printer{}}
	found, err := e.press.spooler.Printers(ctx)
	if err != nil {
		list.Problem = e.fault("printer.list", err)
	}
	list.Printers = append(list.Printers, found...)
	for _, kind := range wire.SheetKinds {
		set, locked, err := e.settings.of(kind)
		if err != nil {
			return wire.PrinterList{}, err
		}
		p := wire.PrinterProfile{PrinterSettings: set, Locked: locked}
		if kind == wire.SheetRossa {
			auto := set
			auto.Orientation = "auto" // the layout's own
			l, err := e.layout(auto)
			if err != nil {
				p.Problem = e.fault("printer.list", err)
			}
			p.Lying = l.Lying()
		}
		switch {
		case p.Problem != nil:
		case set.Printer == "":
			p.Problem = wire.NewError(wire.ErrPrintNone, "")
		case list.Problem != nil:
			p.Problem = list.Problem
		default:
			p.Problem = unfit(set, found)
		}
		p.Ready = p.Problem == nil
		list.Profiles = append(list.Profiles, p)
	}
	return list, nil
}

// undrawn tells that the renderer could not be made ready: who needs it tries again.
func (e *Engine) undrawn(err error) { e.log.Warn().Err(err).Msg("pages can not be drawn yet") }

// configure keeps settings for this user. Jobs that wait are printed with them.
func (e *Engine) configure(ctx context.Context, c Call, p wire.ConfigureParams) (wire.PrinterList, error) {
	if err := e.settings.keep(p.Settings); err != nil {
		return wire.PrinterList{}, err
	}
	if q := e.press.opened(); q != nil {
		q.Retry()
	}
	return e.printers(ctx, c)
}

// unfit is why nothing can be printed with settings now, nil if it can.
func unfit(set wire.PrinterSettings, printers []wire.Printer) *wire.Error {
	at := slices.IndexFunc(printers, func(p wire.Printer) bool { return p.Name == set.Printer })
	if at < 0 {
		return wire.NewError(wire.ErrPrintMissing, "")
	}
	p := printers[at]
	switch {
	case p.Problem != "":
		return wire.NewError(p.Problem, "")
	case p.State == "stopped":
		return wire.NewError(wire.ErrPrintStopped, "")
	case !p.Accepting:
		return wire.NewError(wire.ErrPrintReject, "")
	case !takes(p, sheetOf(set)):
		return wire.NewError(wire.ErrPrintMedia, set.Paper)
	case set.Tray != "" && !slices.ContainsFunc(p.Trays, func(t wire.Tray) bool { return t.ID == set.Tray }):
		return wire.NewError(wire.ErrPrintMedia, set.Tray)
	}
	return nil
}

// sameSize is how far papers of the same size differ in the lists of drivers, in tenths
// of a millimetre.
const sameSize = 20

// takes tells whether a printer knows a paper. One that tells no papers may take any.
func takes(p wire.Printer, s printing.Sheet) bool {
	near := func(a, b int) bool { return a-b <= sameSize && b-a <= sameSize }
	return p.AnyPaper || len(p.Papers) == 0 || slices.ContainsFunc(p.Papers, func(x wire.Paper) bool {
		return near(x.Width, s.Width) && near(x.Height, s.Height)
	})
}
