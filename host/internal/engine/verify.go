package engine

import (
	"context"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// fseUnknown says that the FSE could not be asked (wire.VerifyResult).
const fseUnknown = "unknown"

// fseTime is how long a verification waits for the region's word on the FSE.
const fseTime = 8 * time.Second

// verify says whether a prescription is good, and whether the patient sees it.
func (e *Engine) verify(ctx context.Context, c Call, nre string) (wire.VerifyResult, error) {
	v, err := e.view(ctx, c, nre)
	if err != nil {
		return wire.VerifyResult{}, err
	}
	r := ricetta.Verify(v, e.now())
	r.FSE, r.FSESince = e.inFSE(ctx, nre)
	return r, nil
}

// inFSE asks the region for the prescription in the patient's FSE. Whatever
// goes wrong, the verification stands.
func (e *Engine) inFSE(ctx context.Context, nre string) (state, since string) {
	ctx, cancel := atMost(ctx, fseTime)
	defer cancel()
	err := e.withRegion(ctx, func(l *link) (err error) {
		state, since, err = l.client.FSE(ctx, nre)
		return err
	})
	if err != nil {
		e.log.Info().Err(err).Msg("the FSE can not be asked")
		return fseUnknown, ""
	}
	return state, since
}
