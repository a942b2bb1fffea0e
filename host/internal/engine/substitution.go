package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"raccordo/host/internal/prompt"
	"raccordo/host/internal/wire"
)

// declare tells Sistema TS who stands in for the session's doctor. A page gets
// the doctor's word for each declaration in a window that names it.
func (e *Engine) declare(ctx context.Context, c Call, p wire.SubstitutionParams) (r wire.SubstitutionResult, err error) {
	from, err := time.Parse(time.DateOnly, p.From)
	if err != nil {
		return r, wire.NewError(wire.ErrParams, "/from")
	}
	to, err := time.Parse(time.DateOnly, p.To)
	if err != nil || to.Before(from) {
		return r, wire.NewError(wire.ErrParams, "/to")
	}
	l, err := e.current()
	if err != nil {
		return r, err
	}
	s := e.sessionOf(l)
	if l.substituteOf != "" { // only the titolare declares
		return r, wire.NewError(wire.ErrTitolare, "")
	}
	if p.Sostituto == s.CF {
		return r, wire.NewError(wire.ErrParams, "/sostituto")
	}
	if err := e.confirmSubstitute(ctx, c, doctorOf(s).Name, p.Sostituto, from, to); err != nil {
		return r, err
	}
	doctor, err := e.doctor(ctx, c, l)
	if err != nil {
		return r, err
	}
	return answered(ctx, e, func(l *link) (wire.SubstitutionResult, error) { return l.client.DeclareSubstitution(ctx, doctor, p) })
}

func (e *Engine) confirmSubstitute(ctx context.Context, c Call, doctor, substitute string, from, to time.Time) error {
	if c.Caller.Kind != "browser" {
		return nil // typed by the user himself
	}
	const day = "02/01/2006"
	who := "La pagina " + c.Origin
	if ownPage(c.Origin, c.Caller) {
		who = "Raccordo"
	}
	err := e.prompts.Confirm(ctx, prompt.Request{
		Title: "Raccordo – Sostituto",
		Description: fmt.Sprintf("%s chiede di dichiarare a Sistema TS, a nome di %s, il sostituto\n\n%s\ndal %s al %s.\n\nConsentire?",
			who, doctor, substitute, from.Format(day), to.Format(day)),
		OK: "Dichiara",
	})
	if errors.Is(err, prompt.ErrCancelled) {
		return wire.NewError(wire.ErrConsent, "")
	}
	return err
}

// fetchTable fetches a table of Sistema TS.
func (e *Engine) fetchTable(ctx context.Context, c Call, p wire.TableParams) (wire.TableResult, error) {
	l, err := e.current()
	if err != nil {
		return wire.TableResult{}, err
	}
	doctor, err := e.doctor(ctx, c, l)
	if err != nil {
		return wire.TableResult{}, err
	}
	r, err := answered(ctx, e, func(l *link) (wire.TableResult, error) { return l.client.Table(ctx, doctor, p) })
	if len(r.CSV) > answerRoom {
		return wire.TableResult{}, wire.NewError(wire.ErrFrameTooBig, "table")
	}
	return r, err
}
