package region

import (
	"context"
	"crypto/rand"
	"errors"

	"raccordo/host/internal/region/oidc"
	"raccordo/host/internal/wire"
)

// BeginCloud begins a login at the region's page, which returns to redirectURI.
func (c *Client) BeginCloud(ctx context.Context, redirectURI string) (*oidc.Flow, error) {
	if err := c.ready(ViaCloud, DriverOIDC); err != nil {
		return nil, err
	}
	return c.provider.Begin(ctx, redirectURI)
}

// WalkCloud goes through that login with the card, as the browser would.
func (c *Client) WalkCloud(ctx context.Context, f *oidc.Flow, cr Credentials) (oidc.Answer, error) {
	if err := c.ready(ViaCloud, DriverOIDC); err != nil {
		return oidc.Answer{}, err
	}
	return c.provider.Walk(ctx, f, cr)
}

// CompleteCloud redeems what the region's page returned, verifies who it was
// and, where the region has a session service, opens a session there. A login
// that does not get so far is ended at the provider.
func (c *Client) CompleteCloud(ctx context.Context, f *oidc.Flow, a oidc.Answer) (Session, error) {
	if err := c.ready(ViaCloud, DriverOIDC); err != nil {
		return Session{}, err
	}
	tokens, err := c.provider.Redeem(ctx, f, a)
	if err != nil {
		return Session{}, c.byTheClock(err)
	}
	at := c.profile.Cloud.Endpoints
	w := newOIDCWay(c, tokens, at.Session)
	s, err := w.enter(ctx)
	if err != nil {
		if endErr := tokens.End(context.WithoutCancel(ctx)); endErr != nil {
			c.log.Warn().Err(endErr).Msg("tokens of a login that led to no session were not revoked")
		}
		w.rest()
		return Session{}, err
	}
	return c.begin(w, at, s), nil
}

// byTheClock blames this PC's clock for an identity that is not valid yet, or
// no longer, where the servers' own clocks say so.
func (c *Client) byTheClock(err error) error {
	var e *Error
	if errors.As(err, &e) && e.Code == wire.ErrIdentity && c.clock.Wrong() {
		return &Error{Code: wire.ErrClock, Detail: e.Detail, Err: err}
	}
	return err
}

// fromIdentity is the session of a region without a session service.
func (w *oidcWay) fromIdentity() Session {
	i := w.tokens.Identity
	return Session{
		ID: rand.Text(), CF: i.CF, Name: i.Name, Surname: i.Surname, Method: i.Method, Level: i.Level, Since: i.AuthTime,
	}
}
