package winspool

import (
	"context"
	"strings"
	"sync"
	"time"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// patience is how long one printer may take to be listed: its server may be switched off.
const patience = 4 * time.Second

// Printers lists them. One that does not answer is listed as offline.
func (s *spooler) Printers(ctx context.Context) ([]wire.Printer, error) {
	names, err := await(ctx, s.system.names, nil)
	if err != nil {
		return nil, tell("EnumPrinters", err)
	}
	standard := s.system.standard()
	all := make([]wire.Printer, len(names))
	var group sync.WaitGroup
	for i, name := range names {
		group.Go(func() {
			ctx, stop := context.WithTimeout(ctx, patience)
			defer stop()
			p, err := await(ctx, func() (wire.Printer, error) { return s.describe(name) }, nil)
			if err != nil {
				s.log.Debug().Err(err).Msg("a printer can not be asked")
				p = wire.Printer{Name: name, State: "stopped", Problem: wire.ErrPrintOffline, Papers: []wire.Paper{}, Trays: []wire.Tray{}}
			}
			p.Default = strings.EqualFold(name, standard)
			all[i] = p
		})
	}
	group.Wait()
	return all, ctx.Err()
}

func (s *spooler) describe(name string) (wire.Printer, error) {
	p, err := s.system.printer(name)
	if err != nil {
		return wire.Printer{}, tell("GetPrinter", err)
	}
	c := s.system.capabilities(name, p.Port)
	out := wire.Printer{
		Name: name, Info: p.Comment, Location: p.Location, Accepting: true,
		Papers: sheets(c), AnyPaper: c.anySize(), Trays: trays(c),
	}
	out.State, out.Problem = state(p)
	if code, _ := refused(p); code != "" {
		out.Accepting, out.Problem = false, code
	}
	if len(c.Papers) == 0 { // a driver that does not tell has the standard's numbers
		for _, iso := range []printing.Sheet{printing.A4, printing.A5} {
			out.Papers = append(out.Papers, wire.Paper(iso))
		}
	}
	return out, nil
}
