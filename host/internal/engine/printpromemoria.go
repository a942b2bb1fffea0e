package engine

import (
	"context"
	"errors"
	"strings"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/printing/sheet"
	"raccordo/host/internal/region"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// promemoriaTitle is before the number in the title of such a job.
const promemoriaTitle = "Promemoria "

// promemoriaSheet is the PDF that the region gave, byte for byte. Only where the region
// gives none by its profile is it drawn, from the very prescription that was sent. Without
// codAutenticazione there is nothing to print.
func (e *Engine) promemoriaSheet(ctx context.Context, c Call, item wire.PrintItem, set wire.PrinterSettings) ([]byte, error) {
	if item.NRE == "" {
		return nil, wire.NewError(wire.ErrParams, "/nre")
	}
	rec, known, err := e.sentUnder(c, item.NRE)
	switch {
	case err != nil:
		return nil, err
	case !known:
		return nil, e.whyNoPromemoria(ctx, c, item.NRE)
	case rec.State != outbox.Sent || rec.CodAutenticazione == "":
		return nil, wire.NewError(wire.ErrPrintEarly, "")
	}
	box, _, err := e.journal.use()
	if err != nil {
		return nil, err
	}
	pdf, err := box.Promemoria(item.NRE)
	switch {
	case err == nil:
		return pdf, nil
	case !errors.Is(err, outbox.ErrAbsent):
		return nil, trouble(err)
	case e.profile.Policies.Promemoria != region.PromemoriaDrawn:
		return nil, wire.NewError(wire.ErrRxNoPDF, "")
	}
	return e.drawnPromemoria(rec, item, set)
}

// sentUnder finds what the caller has sent under a number.
func (e *Engine) sentUnder(c Call, nre string) (rec outbox.Record, known bool, err error) {
	box, _, err := e.journal.use()
	if err != nil {
		return rec, false, err
	}
	if rec, known, err = box.ByNRE(nre); err != nil {
		return rec, false, trouble(err)
	}
	if !seesAll(c) {
		l, err := e.current()
		if err != nil {
			return rec, false, err
		}
		known = known && rec.Origin == c.Origin && rec.Doctor == e.sessionOf(l).CF
	}
	return rec, known, nil
}

// whyNoPromemoria tells a number that has no codAutenticazione yet from one whose PDF is
// not here. The region gives the PDF with its answer to the send and never again
// (InvioPrescrittoRicevuta has it, VisualizzaPrescrittoRicevuta has not).
func (e *Engine) whyNoPromemoria(ctx context.Context, c Call, nre string) error {
	box, _, err := e.journal.use()
	if err != nil {
		return err
	}
	open, err := box.Select(outbox.Filter{})
	if err != nil {
		return trouble(err)
	}
	for _, r := range open {
		if r.NRE == nre && (seesAll(c) || r.Origin == c.Origin) {
			return wire.NewError(wire.ErrPrintEarly, "")
		}
	}
	l, err := e.current()
	if err != nil {
		return wire.NewError(wire.ErrRxNoPDF, "")
	}
	doctor, err := e.doctor(ctx, c, l)
	if err != nil {
		return err
	}
	v, err := answered(ctx, e, func(l *link) (wire.ViewResult, error) { return l.client.View(ctx, doctor, nre) })
	switch {
	case err != nil:
		return err
	case v.CodAutenticazione == "":
		return wire.NewError(wire.ErrPrintEarly, "")
	}
	return wire.NewError(wire.ErrRxNoPDF, "")
}

// drawnPromemoria draws one. The prescription comes from the page, because the outbox
// forgets it once it is sent; its hash does not.
func (e *Engine) drawnPromemoria(rec outbox.Record, item wire.PrintItem, set wire.PrinterSettings) ([]byte, error) {
	if item.Prescription == nil {
		return nil, wire.NewError(wire.ErrParams, "/prescription")
	}
	if !rec.Holds(*item.Prescription) {
		return nil, wire.NewError(wire.ErrRxChanged, "")
	}
	doctor, err := e.onSheet(item.Doctor)
	switch {
	case err != nil:
		return nil, err
	case item.Doctor == nil && doctor.CodiceFiscale != rec.Doctor:
		return nil, wire.NewError(wire.ErrParams, "/doctor") // somebody else is connected by now
	}
	doctor.CodiceFiscale = rec.Doctor // who has sent it is no matter of the page
	l, err := e.layout(set)
	if err != nil {
		return nil, err
	}
	return sheet.Promemoria(l, *item.Prescription, doctor, sheet.Slip{
		NRE: rec.NRE, CodAutenticazione: rec.CodAutenticazione, RegionName: strings.TrimPrefix(e.profile.Name, "Regione "), CompiledAt: rec.CompiledAt.In(ricetta.Rome()),
	})
}

// stillGood refuses to print a promemoria once its prescription has been cancelled.
func (e *Engine) stillGood(title string) error {
	nre, ok := strings.CutPrefix(title, promemoriaTitle)
	if !ok {
		return nil
	}
	box, _, err := e.journal.use()
	if err != nil {
		return nil // nobody has cancelled anything without it
	}
	if _, known, err := box.ByNRE(nre); err == nil && !known {
		return wire.NewError(wire.ErrRxState, "")
	}
	return nil
}
