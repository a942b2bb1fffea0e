package engine

import (
	"context"
	"encoding/json"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/wire"
)

// seesAll tells the command line and the extension's own popup, which are the
// user's, from a page.
func seesAll(c Call) bool {
	return c.Caller.Kind == "cli" || c.Caller.Kind == "browser" && ownPage(c.Origin, c.Caller)
}

// sight is what a caller may see of the outbox: a page what it handed over
// itself in the name of the session's doctor. As long as there is no session it
// learns what becomes of its prescriptions, and nothing of patients.
func (e *Engine) sight(c Call, p wire.OutboxParams) (f outbox.Filter, blind bool) {
	f = outbox.Filter{ClientIDs: p.ClientIDs, IDs: p.IDs}
	if seesAll(c) {
		return f, false
	}
	f.Origin = c.Origin
	l, err := e.current()
	if err != nil {
		return f, true
	}
	f.Doctor = e.sessionOf(l).CF
	return f, false
}

func (e *Engine) listOutbox(c Call, p wire.OutboxParams) (wire.OutboxResult, error) {
	box, _, err := e.journal.use()
	if err != nil {
		return wire.OutboxResult{}, err
	}
	filter, blind := e.sight(c, p)
	list, err := box.List(filter)
	if err != nil {
		return wire.OutboxResult{}, trouble(err)
	}
	if blind {
		for i, x := range list {
			list[i] = withoutPatient(x)
		}
	}
	return shown(list), nil
}

// withoutPatient leaves what is no patient's: the page's own name of the entry
// and how it stands.
func withoutPatient(x wire.OutboxEntry) wire.OutboxEntry {
	out := wire.OutboxEntry{ID: x.ID, Origin: x.Origin, TipoPrescrizione: x.TipoPrescrizione, Since: x.Since, UpdatedAt: x.UpdatedAt, Decide: x.Decide}
	out.PrescriptionResult = wire.PrescriptionResult{
		ClientID: x.ClientID, State: x.State, Warnings: []wire.Notice{}, Errors: []wire.Notice{}, Attempts: x.Attempts, NextAttempt: x.NextAttempt,
	}
	if x.Problem != nil {
		out.Problem = wire.NewError(x.Problem.Data.Code, "")
	}
	return out
}

// answerRoom is what a list may take of a frame.
const answerRoom = wire.MaxFrame * 9 / 10

// shown is a list as it fits into one answer, oldest first: thousands of entries
// do not, and the counts of the status tell that there are more.
func shown(list []wire.OutboxEntry) wire.OutboxResult {
	out := wire.OutboxResult{Entries: []wire.OutboxEntry{}}
	size := 0
	for _, x := range list {
		body, err := json.Marshal(x)
		if size += len(body) + 1; err != nil || size > answerRoom {
			break
		}
		out.Entries = append(out.Entries, x)
	}
	return out
}

// touch is what retry, discard and resolve have in common: the outbox, what of
// it the caller may change, and a session where there is one. A page needs one,
// and the doctor's leave.
func (e *Engine) touch(ctx context.Context, c Call, p wire.OutboxParams) (*outbox.Sender, outbox.Filter, error) {
	_, sender, err := e.journal.use()
	if err != nil {
		return nil, outbox.Filter{}, err
	}
	l, none := e.current()
	switch {
	case none != nil && !seesAll(c):
		return nil, outbox.Filter{}, none
	case none == nil:
		if err := e.leave(ctx, c, l); err != nil {
			return nil, outbox.Filter{}, err
		}
		if _, err := e.doctor(ctx, c, l); err != nil {
			return nil, outbox.Filter{}, err
		}
		e.attend()
	}
	filter, _ := e.sight(c, p)
	return sender, filter, nil
}

func (e *Engine) retry(ctx context.Context, c Call, p wire.OutboxParams) (wire.OutboxResult, error) {
	sender, filter, err := e.touch(ctx, c, p)
	if err != nil {
		return wire.OutboxResult{}, err
	}
	if _, err := e.current(); err != nil {
		return wire.OutboxResult{}, err // nothing goes anywhere without a session
	}
	defer during(&e.attention.asked)()
	defer e.outboxChanged()
	ctx, end := e.batches.begin(ctx, c)
	defer end()
	list, err := sender.Retry(ctx, filter, func(b wire.BatchProgress) {
		if c.Notify != nil {
			c.Notify(event(wire.EventBatch, b))
		}
	})
	return shown(list), trouble(err)
}

func (e *Engine) discard(ctx context.Context, c Call, p wire.OutboxParams) (wire.OutboxResult, error) {
	if len(p.IDs)+len(p.ClientIDs) == 0 {
		return wire.OutboxResult{}, wire.NewError(wire.ErrParams, "/ids") // never all by an empty list
	}
	sender, filter, err := e.touch(ctx, c, p)
	if err != nil {
		return wire.OutboxResult{}, err
	}
	defer during(&e.attention.asked)()
	defer e.outboxChanged()
	list, err := sender.Discard(ctx, filter)
	return shown(list), trouble(err)
}

func (e *Engine) resolve(ctx context.Context, c Call, p wire.ResolveParams) (wire.OutboxResult, error) {
	if (p.Decision == "present") != (p.NRE != "") {
		return wire.OutboxResult{}, wire.NewError(wire.ErrParams, "/nre")
	}
	sender, filter, err := e.touch(ctx, c, wire.OutboxParams{IDs: []string{p.ID}})
	if err != nil {
		return wire.OutboxResult{}, err
	}
	defer during(&e.attention.asked)()
	defer e.outboxChanged()
	list, err := sender.Resolve(ctx, filter, p.Decision, p.NRE)
	return shown(list), trouble(err)
}
