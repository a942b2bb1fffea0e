package engine

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"

	"raccordo/host/internal/card"
	"raccordo/host/internal/outbox"
	"raccordo/host/internal/printing"
	"raccordo/host/internal/prompt"
	"raccordo/host/internal/region"
	"raccordo/host/internal/secret"
	"raccordo/host/internal/session"
	"raccordo/host/internal/wire"
)

// sentinels maps the leaves' sentinels to the wire.
var sentinels = []struct {
	err  error
	code wire.ErrorCode
}{
	{secret.ErrInUse, wire.ErrOutboxInUse},
	{prompt.ErrCancelled, wire.ErrPromptCancel},
	{prompt.ErrTimeout, wire.ErrPromptTime},
	{prompt.ErrUnavailable, wire.ErrPromptNone},
	{session.ErrBusy, wire.ErrSessionBusy},
	{outbox.ErrChanged, wire.ErrRxChanged},
	{context.Canceled, wire.ErrCancelled},
	{context.DeadlineExceeded, wire.ErrDeadline},
}

// toWire is the one place where a Go error becomes the wire's.
func toWire(err error) (*wire.Error, bool) {
	var beside *alternative
	if errors.As(err, &beside) {
		w, known := toWire(beside.error)
		if known {
			copied := *w
			copied.Data.Alternative = beside.way
			w = &copied
		}
		return w, known
	}
	var already *wire.Error
	if errors.As(err, &already) {
		return already, true
	}
	var fromCard *card.Error
	if errors.As(err, &fromCard) {
		// A prompt's end comes back through the card, which only passes it on.
		if fromCard.Err == nil || !isSentinel(fromCard.Err) {
			w := wire.NewError(fromCard.Code, fromCard.Detail)
			w.Data.AttemptsLeft, w.Data.FinalTry = fromCard.AttemptsLeft, fromCard.FinalTry
			return w, true
		}
	}
	var fromPrinter *printing.Error
	if errors.As(err, &fromPrinter) {
		return wire.NewError(fromPrinter.Code, fromPrinter.Detail), true
	}
	var fromRegion *region.Error
	if errors.As(err, &fromRegion) {
		w := wire.NewError(fromRegion.Code, fromRegion.Detail)
		w.Data.Notices = fromRegion.Notices
		return w, true
	}
	if w := documentFault(err); w != nil {
		return w, true
	}
	for _, s := range sentinels {
		if errors.Is(err, s.err) {
			return wire.NewError(s.code, ""), true
		}
	}
	var fromOutbox *boxError
	if errors.As(err, &fromOutbox) {
		return wire.NewError(outbox.Code(fromOutbox.error), ""), true
	}
	return nil, false
}

func isSentinel(err error) bool {
	for _, s := range sentinels {
		if errors.Is(err, s.err) {
			return true
		}
	}
	return false
}

// fault maps and logs. What nobody expected gets a reference that is in the
// log as well.
func (e *Engine) fault(method string, err error) *wire.Error {
	w, known := toWire(err)
	if !known {
		w = wire.NewError(wire.ErrInternal, "")
		var ref [4]byte
		rand.Read(ref[:])
		w.Data.Reference = hex.EncodeToString(ref[:])
	}
	e.log.Warn().Err(err).Str("method", method).Str("code", string(w.Data.Code)).Str("reference", w.Data.Reference).Msg("request failed")
	return w
}

// codeOf is the reason to show for err.
func codeOf(err error) wire.ErrorCode {
	if w, ok := toWire(err); ok {
		return w.Data.Code
	}
	return wire.ErrInternal
}
