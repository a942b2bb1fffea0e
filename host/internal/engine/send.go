package engine

import (
	"context"
	"errors"
	"sync"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// send takes prescriptions in charge and sends them, or keeps them for later.
// Where only the user can mend the session it waits for the login and goes on.
func (e *Engine) send(ctx context.Context, c Call, p wire.SendParams) (wire.SendResult, error) {
	l, err := e.current()
	if err != nil {
		return wire.SendResult{}, err
	}
	box, sender, err := e.journal.use()
	if err == nil {
		err = e.titolareFits(l, p.Titolare)
	}
	if err == nil {
		err = e.leave(ctx, c, l)
	}
	if err != nil {
		return wire.SendResult{}, err
	}
	order := outbox.Order{Doctor: e.identity(l), Origin: c.Origin, Draft: p.Mode == "later"}
	if !order.Draft {
		if order.Doctor, err = e.doctor(ctx, c, l); err != nil {
			return wire.SendResult{}, err
		}
	}
	order.Doctor.Titolare = p.Titolare
	if notices := ricetta.ValidateDoctor(order.Doctor); !order.Draft && len(notices) > 0 {
		wrong := wire.NewError(wire.ErrRxInvalid, notices[0].Field)
		wrong.Data.Notices = notices
		return wire.SendResult{}, wrong
	}
	e.attend()
	defer during(&e.attention.asked)()
	defer e.outboxChanged()
	ctx, end := e.batches.begin(ctx, c)
	defer end()
	ear := &listener{total: len(p.Prescriptions), told: map[string]bool{}, notify: c.Notify}
	results := e.patiently(ctx, order.Doctor.CF, ear, func() []wire.PrescriptionResult {
		return sender.Send(ctx, order, p.Prescriptions, ear.progress)
	})
	if errors.Is(context.Cause(ctx), outbox.ErrStopped) {
		return wire.SendResult{Results: results}, trouble(hold(box, c.Origin, results))
	}
	return wire.SendResult{Results: results}, nil
}

// hold keeps for later what a batch that was stopped has left queued: stopped
// while it waited for a login, it must not go on by itself after it.
func hold(box *outbox.Outbox, origin string, results []wire.PrescriptionResult) error {
	place := map[string]int{}
	names := []string{}
	for i, r := range results {
		if r.State == wire.Queued {
			place[r.ClientID] = i
			names = append(names, r.ClientID)
		}
	}
	if len(names) == 0 {
		return nil
	}
	records, err := box.Select(outbox.Filter{Origin: origin, ClientIDs: names})
	if err != nil {
		return err
	}
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	records, err = box.Hold(ids)
	for _, r := range records {
		if i, ok := place[r.ClientID]; ok && r.State == outbox.Draft {
			results[i].State, results[i].Problem = wire.Draft, wire.NewError(wire.ErrCancelled, "")
		}
	}
	return err
}

// titolareFits refuses a titolare who is not the session's. In substitute mode
// region, ASL and specialisation of the request are the titolare's (SPEC24
// section 4.2.1, cfMedico2), and only the page knows them.
func (e *Engine) titolareFits(l *link, t *wire.Titolare) error {
	switch {
	case t == nil && l.substituteOf == "":
		return nil
	case t == nil:
		return wire.NewError(wire.ErrSubstitute, "")
	case t.CodiceFiscale != l.substituteOf:
		return wire.NewError(wire.ErrTitolare, "")
	}
	return nil
}

// listener tells a batch's caller how far it is, each prescription once.
type listener struct {
	total  int
	notify func(wire.Event)

	mu   sync.Mutex
	told map[string]bool
	last wire.BatchProgress
}

// progress leaves out what waits for a login: it may still be sent by this very
// batch, and is in the answer otherwise.
func (t *listener) progress(b wire.BatchProgress) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := b.Result
	if t.told[r.ClientID] || waitsForLogin(r) {
		return
	}
	t.told[r.ClientID] = true
	t.last = wire.BatchProgress{Done: len(t.told), Total: t.total, Result: r}
	t.tell(t.last)
}

func (t *listener) paused(why wire.ErrorCode) {
	t.mu.Lock()
	defer t.mu.Unlock()
	waiting := t.last
	waiting.Total, waiting.Paused = t.total, why
	t.tell(waiting)
}

func (t *listener) tell(b wire.BatchProgress) {
	if t.notify != nil {
		t.notify(event(wire.EventBatch, b))
	}
}

// waitsForLogin tells what did not go because there is no session.
func waitsForLogin(r wire.PrescriptionResult) bool {
	return (r.State == wire.Queued || r.State == wire.Unknown) && r.Problem != nil && r.Problem.Data.Hop == wire.HopSession
}
