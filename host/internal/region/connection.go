package region

import (
	"context"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/wire"
)

// connection is what one login made: a way in, the session that came of it,
// and where the region's services are for those who came that way.
type connection struct {
	way       way
	endpoints Endpoints
	session   Session
}

// way is how a session is carried, kept and ended. Its methods may be called
// at once from several goroutines.
type way interface {
	// do sends one request as the doctor of the session.
	do(ctx context.Context, s Session, q exchange.Request) (exchange.Answer, error)
	// alive asks whether the session lives: nil, or wire.ErrSessionEnded.
	alive(ctx context.Context, s Session) error
	// again makes a session in the same way with what it has: the card's key,
	// a refresh token, an ID-SESSIONE. lingering: the old one lives and is to be
	// ended first. Where only the user can, it is wire.ErrLoginNeeded or
	// wire.ErrDisplaced.
	again(ctx context.Context, old Session, lingering bool) (Session, error)
	// end tells everybody who keeps the session that it is over.
	end(ctx context.Context, s Session) error
	// kept is what end needs in another process; nil: it can only be told here.
	kept() ([]byte, error)
	// rest closes what nobody uses.
	rest()
}

func (l *connection) do(ctx context.Context, q exchange.Request) (exchange.Answer, error) {
	return l.way.do(ctx, l.session, q)
}

// begin makes s the session of this client.
func (c *Client) begin(w way, at Endpoints, s Session) Session {
	c.replace(&connection{w, at, s})
	return s
}

// Check asks whether the session still lives; wire.ErrSessionEnded when not.
func (c *Client) Check(ctx context.Context) error {
	live, err := c.current()
	if err != nil {
		return err
	}
	return live.way.alive(ctx, live.session)
}

// Renew makes the session anew in the way that it was made, without the user:
// wire.ErrLoginNeeded or wire.ErrDisplaced when only the user can.
func (c *Client) Renew(ctx context.Context) (Session, error) { return c.renew(ctx, false) }

// Repair ends a session that lives and processes nothing, at the region too,
// and makes another.
func (c *Client) Repair(ctx context.Context) (Session, error) { return c.renew(ctx, true) }

func (c *Client) renew(ctx context.Context, lingering bool) (Session, error) {
	asked, err := c.current()
	if err != nil {
		return Session{}, err
	}
	select { // one at a time: a region ends the older of two sessions
	case c.renewing <- struct{}{}:
		defer func() { <-c.renewing }()
	case <-ctx.Done():
		return Session{}, &Error{Code: wire.ErrCancelled, Err: ctx.Err()}
	}
	live, err := c.current()
	if err != nil {
		return Session{}, err
	}
	if live != asked {
		return live.session, nil // made anew by somebody else meanwhile
	}
	s, err := live.way.again(ctx, live.session, lingering)
	if err != nil {
		return Session{}, err
	}
	if c.swap(live, &connection{live.way, live.endpoints, s}) {
		return s, nil
	}
	// Ended while it was being made anew: the region is not to keep it.
	if err := live.way.end(context.WithoutCancel(ctx), s); err != nil {
		c.log.Warn().Err(err).Msg("session of a login that was given up")
	}
	return Session{}, &Error{Code: wire.ErrSessionNone}
}

// swap puts next in the place of old, if old is still there.
func (c *Client) swap(old, next *connection) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.live != old {
		return false
	}
	c.live = next
	return true
}
