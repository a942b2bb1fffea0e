package engine

import (
	"context"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// sync fetches what the region knows of a patient. The instant is the one of
// the user's click, which is when the request came in.
func (e *Engine) sync(ctx context.Context, p wire.SyncParams) (wire.SyncResult, error) {
	clicked := e.now()
	if !ricetta.ValidAssistito(p.CodiceFiscale) {
		return wire.SyncResult{}, wire.NewError(wire.ErrPatientID, "")
	}
	var result wire.SyncResult
	err := e.withRegion(ctx, func(l *link) (err error) {
		result, err = l.client.Patient(ctx, p.CodiceFiscale)
		return err
	})
	result.SyncedAt = clicked.In(ricetta.Rome()).Format(time.RFC3339)
	return result, err
}
