package engine

import (
	"context"

	"raccordo/host/internal/session"
	"raccordo/host/internal/wake"
	"raccordo/host/internal/wire"
)

// keeper does what the sentinel decides.
type keeper struct{ e *Engine }

var _ session.Keeper = keeper{}

func (k keeper) Check(ctx context.Context) wire.ErrorCode {
	l, err := k.e.current()
	if err == nil {
		err = l.client.Check(ctx)
	}
	if err == nil {
		return ""
	}
	k.e.log.Debug().Err(err).Msg("session looked at")
	return codeOf(err)
}

func (k keeper) Renew(ctx context.Context, o session.Order) wire.ErrorCode {
	e := k.e
	l, err := e.current()
	if err != nil || e.session.Number() != o.Session {
		return ""
	}
	e.renewing.Lock()
	defer e.renewing.Unlock()
	count := &e.attention.alone
	if o.Visible {
		count = &e.attention.asked
	}
	defer during(count)()
	if o.Why == "" {
		err = e.renewAhead(ctx, l, o.Session)
	} else {
		err = e.repair(ctx, l, e.sessionOf(l).ID, o.Why)
	}
	if err == nil {
		return ""
	}
	return e.fault("session renewal", err).Data.Code
}

// renewAhead replaces a session that still lives, before its end; whatever goes
// wrong, it stays as it was. The lock of repairs is held.
func (e *Engine) renewAhead(ctx context.Context, l *link, number uint64) error {
	if e.session.Number() != number {
		return nil // somebody was quicker
	}
	s, err := e.again(ctx, l, "")
	if err != nil {
		return err
	}
	if !e.whileLive(l, func() bool { l.session = s; return e.session.Renewed(established(l)) }) {
		e.farewell(ctx, l)
		return errNotConnected
	}
	return nil
}

// woken lets go of connections that may lead nowhere after a sleep or in another
// network, has the session looked at, and the late logouts told.
func (e *Engine) woken(reason string) {
	e.proxy.Forget()
	if l, err := e.current(); err == nil {
		l.client.Rest()
	}
	n := session.Network
	if reason == wake.Resume {
		n = session.Awake
	}
	e.sentinel.Nudge(n)
	e.farewells.nudge()
}
