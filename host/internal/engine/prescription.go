package engine

import (
	"context"
	"encoding/base64"
	"errors"
	"time"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/region"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

func (e *Engine) view(ctx context.Context, c Call, nre string) (wire.ViewResult, error) {
	l, err := e.current()
	if err != nil {
		return wire.ViewResult{}, err
	}
	doctor, err := e.doctor(ctx, c, l)
	if err != nil {
		return wire.ViewResult{}, err
	}
	return answered(ctx, e, func(l *link) (wire.ViewResult, error) { return l.client.View(ctx, doctor, nre) })
}

// listedRoom is what a listed prescription takes of a frame, at most.
const listedRoom = 300

// list asks which numbers the doctor has used between two days.
func (e *Engine) list(ctx context.Context, c Call, p wire.ListParams) (wire.ListResult, error) {
	from, err := time.ParseInLocation(time.DateOnly, p.From, ricetta.Rome())
	if err != nil {
		return wire.ListResult{}, wire.NewError(wire.ErrParams, "/from")
	}
	to, err := time.ParseInLocation(time.DateOnly, p.To, ricetta.Rome())
	if err != nil || to.Before(from) {
		return wire.ListResult{}, wire.NewError(wire.ErrParams, "/to")
	}
	l, err := e.current()
	if err != nil {
		return wire.ListResult{}, err
	}
	doctor, err := e.doctor(ctx, c, l)
	if err != nil {
		return wire.ListResult{}, err
	}
	to = to.AddDate(0, 0, 1).Add(-time.Second) // the last day too
	found, err := e.used(ctx, doctor, ricetta.Query{Patient: p.CodiceAssistito, Type: p.TipoPrescrizione, From: from, To: to})
	if len(found) > answerRoom/listedRoom {
		return wire.ListResult{}, wire.NewError(wire.ErrFrameTooBig, "fewer days")
	}
	return wire.ListResult{Prescriptions: found}, err
}

// used are the doctor's prescriptions at the region, newest first; a substitute's
// are those for the titolare.
func (e *Engine) used(ctx context.Context, doctor ricetta.Doctor, q ricetta.Query) ([]wire.ListedPrescription, error) {
	found, err := answered(ctx, e, func(l *link) ([]wire.ListedPrescription, error) {
		asked := doctor
		if l.substituteOf != "" {
			asked.Titolare = &wire.Titolare{CodiceFiscale: l.substituteOf, Regione: doctor.Region}
		}
		return l.client.Used(ctx, asked, q)
	})
	return append([]wire.ListedPrescription{}, found...), err
}

// cancel cancels a prescription. One whose sending has no answer yet is given
// up by the outbox, which knows that the request can still arrive.
func (e *Engine) cancel(ctx context.Context, c Call, nre string) (wire.CancelResult, error) {
	l, err := e.current()
	if err != nil {
		return wire.CancelResult{}, err
	}
	if err := e.leave(ctx, c, l); err != nil {
		return wire.CancelResult{}, err
	}
	doctor, err := e.doctor(ctx, c, l)
	if err != nil {
		return wire.CancelResult{}, err
	}
	defer during(&e.attention.asked)()
	box, sender, none := e.journal.use()
	if none == nil {
		id, err := unsettled(box, doctor.CF, nre)
		if err != nil {
			return wire.CancelResult{}, trouble(err)
		}
		if id != "" {
			return e.giveUp(ctx, sender, id, nre)
		}
	}
	r, err := e.cancelAtRegion(ctx, doctor, nre)
	if err == nil && none == nil {
		if err := box.Annulled(nre); err != nil {
			e.log.Error().Err(err).Msg("a cancellation is not in the outbox")
		}
		e.outboxChanged()
	}
	return r, err
}

// unsettled is the entry of a number whose sending has no answer yet, empty if
// none.
func unsettled(box *outbox.Outbox, doctor, nre string) (string, error) {
	records, err := box.Select(outbox.Filter{Doctor: doctor})
	for _, r := range records {
		if r.NRE == nre && (r.State == outbox.Unknown || r.State == outbox.Sending) {
			return r.ID, nil
		}
	}
	return "", err
}

// giveUp has the outbox make sure that a prescription does not live.
func (e *Engine) giveUp(ctx context.Context, sender *outbox.Sender, id, nre string) (wire.CancelResult, error) {
	defer e.outboxChanged()
	e.attend()
	list, err := sender.Discard(ctx, outbox.Filter{IDs: []string{id}})
	switch {
	case err != nil:
		return wire.CancelResult{}, trouble(err)
	case len(list) == 0 || list[0].State == wire.Cancelled:
		return wire.CancelResult{NRE: nre, Warnings: []wire.Notice{}}, nil
	case list[0].Problem != nil:
		return wire.CancelResult{}, list[0].Problem
	}
	return wire.CancelResult{}, wire.NewError(wire.ErrRxUnknown, "")
}

// cancelAtRegion cancels. Where the answer was lost, or the region does not
// cancel in the state that the prescription is in, the state says whether it
// was done already.
func (e *Engine) cancelAtRegion(ctx context.Context, doctor ricetta.Doctor, nre string) (wire.CancelResult, error) {
	for again := true; ; again = false {
		r, err := answered(ctx, e, func(l *link) (wire.CancelResult, error) { return l.client.Cancel(ctx, doctor, nre) })
		open := mayHaveArrived(err)
		if err == nil || !open && codeOf(err) != wire.ErrRxState {
			return r, err
		}
		v, unseen := answered(ctx, e, func(l *link) (wire.ViewResult, error) { return l.client.View(ctx, doctor, nre) })
		switch {
		case unseen != nil:
			return r, err
		case v.State == ricetta.StateCancelled:
			return wire.CancelResult{NRE: nre, Warnings: []wire.Notice{}}, nil
		case !open || !again:
			return r, err
		}
	}
}

// mayHaveArrived tells a request whose answer was lost.
func mayHaveArrived(err error) bool {
	var r *region.Error
	return errors.As(err, &r) && r.MayHaveArrived()
}

// promemoria is the PDF that the region gave, for whom the prescription is.
func (e *Engine) promemoria(c Call, nre string) (wire.PromemoriaResult, error) {
	box, _, err := e.journal.use()
	if err != nil {
		return wire.PromemoriaResult{}, err
	}
	rec, known, err := box.ByNRE(nre)
	if err != nil {
		return wire.PromemoriaResult{}, trouble(err)
	}
	if !seesAll(c) {
		l, err := e.current()
		if err != nil {
			return wire.PromemoriaResult{}, err
		}
		known = known && rec.Origin == c.Origin && rec.Doctor == e.sessionOf(l).CF
	}
	if !known {
		return wire.PromemoriaResult{}, wire.NewError(wire.ErrRxNoPDF, "")
	}
	pdf, err := box.Promemoria(nre)
	switch {
	case errors.Is(err, outbox.ErrAbsent):
		return wire.PromemoriaResult{}, wire.NewError(wire.ErrRxNoPDF, "")
	case err != nil:
		return wire.PromemoriaResult{}, trouble(err)
	}
	return wire.PromemoriaResult{NRE: nre, PDF: base64.StdEncoding.EncodeToString(pdf)}, nil
}
