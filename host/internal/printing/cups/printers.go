package cups

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/ipp"
	"raccordo/host/internal/wire"
)

// States of printers (RFC 8011 §5.4.11).
const (
	printerProcessing = 4
	printerStopped    = 5
)

// isDefault is the bit of printer-type that marks the service's default printer
// (cups/cups.h, CUPS_PRINTER_DEFAULT).
const isDefault = 0x20000

var wanted = []string{
	"printer-name", "printer-info", "printer-location", "printer-type", "printer-state", "printer-state-reasons",
	"printer-state-change-time", "printer-up-time", "printer-is-accepting-jobs", "media-size-supported", "media-source-supported",
	"printer-state-message", "printer-config-change-time",
}

// Printers are all queues that the service shows this user, classes too.
func (s *Spooler) Printers(ctx context.Context) ([]wire.Printer, error) {
	m, err := s.ask(ctx, ipp.Request{Op: ipp.GetPrinters, Path: "/", Groups: []ipp.Group{
		s.operation(ipp.Attribute{}, ipp.Strings(ipp.TagKeyword, "requested-attributes", wanted...)),
	}})
	var said *ipp.Error
	if errors.As(err, &said) && said.Status == ipp.NotFound { // there are none
		return []wire.Printer{}, nil
	}
	if err != nil {
		return nil, fault(err)
	}
	all := []wire.Printer{}
	for _, g := range m.Groups {
		if g.Tag == ipp.TagPrinter && g.Get("printer-name").Text() != "" {
			all = append(all, describe(g, s.driver(ctx, g)))
		}
	}
	return all, nil
}

// describe puts what the service says of a queue into our words.
func describe(g ipp.Group, driver []choice) wire.Printer {
	kind, _ := g.Get("printer-type").Int()
	accepting, said := g.Get("printer-is-accepting-jobs").Int()
	p := wire.Printer{
		Name: g.Get("printer-name").Text(), Info: g.Get("printer-info").Text(), Location: g.Get("printer-location").Text(),
		Default: kind&isDefault != 0, Accepting: accepting != 0 || !said, Trays: trays(g.Get("media-source-supported").Texts(), driver),
	}
	if p.Info == p.Name {
		p.Info = ""
	}
	p.State, p.Problem = condition(g)
	if !p.Accepting && p.Problem == "" {
		p.Problem = wire.ErrPrintReject
	}
	p.Papers, p.AnyPaper = papers(g.Get("media-size-supported"))
	return p
}

// condition is the state of a printer, and what is wrong with it.
func condition(g ipp.Group) (state string, problem wire.ErrorCode) {
	words := g.Get("printer-state-reasons").Texts()
	problem, _ = trouble(words)
	since, _ := g.Get("printer-state-change-time").Int()
	now, _ := g.Get("printer-up-time").Int()
	switch n, _ := g.Get("printer-state").Int(); n {
	case printerProcessing:
		if problem == "" && (away(words, since, now) || !answers(g.Get("printer-state-message").Text())) {
			problem = wire.ErrPrintOffline
		}
		return "printing", problem
	case printerStopped:
		return "stopped", cmp.Or(problem, wire.ErrPrintStopped)
	default:
		return "idle", problem
	}
}

// suits refuses what this printer would print otherwise than asked, which drivers do
// without a word: a sheet that it does not know, a tray that it has not. It returns what
// has to be said to this printer besides.
func (s *Spooler) suits(ctx context.Context, t printing.Ticket) ([]ipp.Attribute, error) {
	m, err := s.ask(ctx, ipp.Request{Op: ipp.GetPrinterAttributes, Path: printerPath(t.Printer), Groups: []ipp.Group{
		s.operation(uri("printer-uri", printerPath(t.Printer)),
			ipp.Strings(ipp.TagKeyword, "requested-attributes", "printer-is-accepting-jobs", "media-size-supported", "media-source-supported",
				"printer-resolution-supported", "printer-resolution-default")),
	}})
	if err != nil {
		return nil, printerFault(err)
	}
	g := m.Group(ipp.TagPrinter)
	if n, said := g.Get("printer-is-accepting-jobs").Int(); said && n == 0 {
		return nil, printing.Fault(wire.ErrPrintReject, "printer-is-accepting-jobs", nil)
	}
	if size := g.Get("media-size-supported"); !fits(size, t.Sheet) {
		return nil, printing.Fault(wire.ErrPrintMedia, fmt.Sprintf("media-size %dx%d", t.Sheet.Width, t.Sheet.Height), nil)
	}
	if t.Tray != "" && !slices.Contains(g.Get("media-source-supported").Texts(), t.Tray) {
		return nil, printing.Fault(wire.ErrPrintMedia, "media-source "+t.Tray, nil)
	}
	return fine(g.Get("printer-resolution-supported"), g.Get("printer-resolution-default")), nil
}
