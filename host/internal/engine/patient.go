package engine

import (
	"context"
	"time"

	"raccordo/host/internal/region"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// sync fetches what the region knows of a patient, and remembers how that went.
// The instant is the one of the user's click, which is when the request came in.
func (e *Engine) sync(ctx context.Context, p wire.SyncParams) (wire.SyncResult, error) {
	clicked := e.now()
	if !ricetta.ValidAssistito(p.CodiceFiscale) {
		return wire.SyncResult{}, wire.NewError(wire.ErrPatientID, "")
	}
	result, err := answered(ctx, e, func(l *link) (wire.SyncResult, error) {
		here := region.Presence{Card: insertedCard(e.cards.State(), p.CodiceFiscale), LastFive: p.TSLast5}
		return l.client.Patient(ctx, p.CodiceFiscale, here)
	})
	e.remember(p.CodiceFiscale, clicked, err)
	if err != nil {
		return wire.SyncResult{}, err
	}
	result.SyncedAt = clicked.In(ricetta.Rome()).Format(time.RFC3339)
	result.Changes = differences(p.Known, result.Demographics, result.Exemptions)
	result.Prescriptions, err = e.recent(ctx, p.CodiceFiscale, clicked)
	if err != nil {
		result.Problem = e.fault("patient.sync", err)
	}
	return result, nil
}

// remember records how a synchronisation went. One that was given up went no
// way at all.
func (e *Engine) remember(codiceFiscale string, at time.Time, err error) {
	if err == nil {
		e.history.record(codiceFiscale, at, nil)
		return
	}
	w, known := toWire(err)
	switch {
	case !known:
		w = wire.NewError(wire.ErrInternal, "")
	case w.Data.Code == wire.ErrCancelled:
		return
	}
	e.history.record(codiceFiscale, at, w)
}

// insertedCard is the number of the patient's own health card, when it is in a
// reader. It is read from the card without a PIN.
func insertedCard(list wire.CardList, codiceFiscale string) string {
	for _, r := range list.Readers {
		if r.Card != nil && r.Card.Holder != nil && r.Card.Holder.CodiceFiscale == codiceFiscale {
			return r.Card.Serial
		}
	}
	return ""
}
