package region

import (
	"context"
	"errors"
	"time"

	"raccordo/host/internal/wire"
)

// farewellLife is how long a region is told of a session whose end nobody
// named.
const farewellLife = 12 * time.Hour

// Farewell is the end of a session that a region, or its identity provider,
// does not know of yet.
type Farewell struct {
	Until time.Time // later it has ended by itself

	way     way
	session Session
	kept    []byte
}

// Logout ends the session here at once, in any case: a doctor who leaves must
// not stay connected because a line is down. Who could not be told hears it
// later, from the Farewell; the error says why not now.
func (c *Client) Logout(ctx context.Context) (*Farewell, error) {
	c.mu.Lock()
	live := c.live
	c.live, c.fresh = nil, ""
	c.mu.Unlock()
	if live == nil {
		return nil, nil
	}
	defer live.way.rest()
	err := live.way.end(ctx, live.session)
	if !mayHearLater(err) {
		return nil, err
	}
	return c.farewell(live), err
}

func (c *Client) farewell(live *connection) *Farewell {
	until := live.session.ExpiresAt
	if until.IsZero() {
		until = c.now().Add(farewellLife)
	}
	f := &Farewell{Until: until, way: live.way, session: live.session}
	if err := f.keep(c.profile.ID); err != nil {
		c.log.Warn().Err(err).Msg("the end of the session can be told by this process only")
	}
	return f
}

// Will is the Kept of a Farewell of the session that lives: what another process
// needs to end it, should this one be killed. nil without a session, and when
// none other can, as with the card.
func (c *Client) Will() []byte {
	live, err := c.current()
	if err != nil {
		return nil
	}
	return c.farewell(live).Kept()
}

// Tell tries again. nil: nobody is left to be told, or a refusal that would be
// the same tomorrow.
func (f *Farewell) Tell(ctx context.Context) error {
	defer f.way.rest()
	if err := f.way.end(ctx, f.session); mayHearLater(err) {
		return err
	}
	return nil
}

// Kept is what ReadFarewell needs in another process: it holds secrets. nil
// when it cannot outlive this one, as with the card.
func (f *Farewell) Kept() []byte { return f.kept }

// mayHearLater tells faults of the line, and of a region that is down, from
// answers.
func mayHearLater(err error) bool {
	var e *Error
	switch {
	case err == nil:
		return false
	case errors.As(err, &e):
		return e.Unknown || wire.Lookup(e.Code).Retryable || e.Code == wire.ErrTLSServer || e.Code == wire.ErrProxyAuth || e.Code == wire.ErrClock
	}
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
