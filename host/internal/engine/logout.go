package engine

import (
	"context"
	"time"

	"raccordo/host/internal/region"
	"raccordo/host/internal/wire"
)

// logout ends the session because the user wants it. The reason in the answer,
// which the session does not keep, is why the region will hear of it later.
func (e *Engine) logout(ctx context.Context) wire.Session {
	e.mu.Lock()
	e.resume = nil
	e.mu.Unlock()
	e.history.forget()
	untold := e.disconnect(ctx, "")
	now := e.session.Snapshot()
	if now.State == wire.Disconnected {
		now.Reason = untold
	}
	return now
}

// screenLocked ends the session, and with it the card's login: whoever unlocks
// the screen shows by the PIN that it is the doctor.
func (e *Engine) screenLocked(ctx context.Context) {
	if e.session.Snapshot().State == wire.Disconnected {
		return
	}
	e.mu.Lock()
	e.resume = nil
	e.mu.Unlock()
	e.disconnect(ctx, wire.ErrSessionLock)
}

// byeTime is how long the region may take to hear that a session is over.
const byeTime = 5 * time.Second

// disconnect ends the session here at once, then at the region. A page that was
// closed right after its click, or the end of the agent, is no reason not to
// tell the region; what it could not be told now it is told later.
func (e *Engine) disconnect(ctx context.Context, why wire.ErrorCode) (untold wire.ErrorCode) {
	e.mu.Lock()
	l, trying := e.live, e.attempt
	e.attempt, e.live, e.grants = nil, nil, map[string]bool{}
	if l != nil || e.session.Snapshot().State != wire.Disconnected || why != "" {
		e.session.End(why)
	}
	e.mu.Unlock()
	if trying != nil {
		trying.cancel()
	}
	if l != nil {
		untold = e.farewell(ctx, l)
	}
	return untold
}

// farewell ends what l carried at the region, and lets go of l. The card is
// locked first: the region's connection outlives it. What comes back is why the
// region has not heard of it yet, if so.
func (e *Engine) farewell(ctx context.Context, l *link) (untold wire.ErrorCode) {
	if l.key != nil {
		if err := l.key.Close(); err != nil {
			e.log.Debug().Err(err).Msg("key closed")
		}
	}
	bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), byeTime)
	defer cancel()
	later, err := l.client.Logout(bye)
	if err != nil {
		e.log.Warn().Err(err).Bool("later", later != nil).Msg("logout at the region")
	}
	if later != nil {
		e.farewells.add(later)
		untold = codeOf(err)
	}
	e.settleWill()
	return untold
}

// settleWill keeps what ends the session that lives now, if any.
func (e *Engine) settleWill() {
	var will []byte
	if l, err := e.current(); err == nil {
		will = l.client.Will()
	}
	e.farewells.bequeath(will)
}

// restore takes up a late logout of an agent before this one.
func (e *Engine) restore(kept []byte) (*region.Farewell, error) {
	return region.ReadFarewell(e.profile, region.Options{Log: e.log, Now: e.now, Proxy: e.proxy.For}, kept)
}

// release closes a link that carries no session any more.
func (e *Engine) release(l *link) {
	l.client.Close()
	if l.key == nil {
		return
	}
	if err := l.key.Close(); err != nil {
		e.log.Debug().Err(err).Msg("key closed")
	}
}

// lose ends the session that l carries, with the reason, and lets go of l. A
// session that another login has made meanwhile is left alone.
func (e *Engine) lose(l *link, why wire.ErrorCode) {
	e.mu.Lock()
	if e.live == l {
		e.live, e.grants = nil, map[string]bool{}
		e.session.End(why)
	}
	e.mu.Unlock()
	e.release(l)
	e.settleWill()
}
