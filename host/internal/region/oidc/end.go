package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/wire"
)

// End ends the login at the provider: both tokens are revoked (RFC 7009), and
// the provider's own session is logged out (OpenID Connect RP-Initiated Logout
// 1.0) where it offers that. From the call on the tokens authorise nothing.
//
// An error means that the provider may not know yet: End may be called again,
// and Kept still returns what that takes.
func (t *Tokens) End(ctx context.Context) error {
	t.mu.Lock()
	t.closed = true
	f := t.flight
	t.mu.Unlock()
	if f != nil {
		_ = f.wait(ctx) // whatever becomes of it, the last tokens are those to revoke
	}
	return t.finish(ctx)
}

func (t *Tokens) finish(ctx context.Context) error {
	if t.bound != nil {
		defer t.bound.Rest()
	}
	meta, err := t.p.metadata(ctx)
	if err != nil {
		return err
	}
	t.mu.Lock()
	access, refresh, id := t.access, t.refresh, t.id
	t.mu.Unlock()
	var failed error // the first
	for _, step := range []func() error{
		func() error { return t.revoke(ctx, meta.Revocation, "refresh_token", refresh) },
		func() error { return t.revoke(ctx, meta.Revocation, "access_token", access) },
		func() error { return t.logOut(ctx, meta.Logout, id) },
	} {
		err := step()
		if failed == nil {
			failed = err
		}
		var e *exchange.Error
		if errors.As(err, &e) && e.Code != wire.ErrRegionBusy && e.Code != wire.ErrRegionLimit {
			break // nobody is there: the next would wait as long for nothing
		}
	}
	if failed != nil {
		return failed
	}
	t.mu.Lock()
	t.access, t.refresh, t.id = "", "", ""
	t.mu.Unlock()
	t.p.opt.Log.Info().Msg("regional login ended")
	return nil
}

// revoke revokes one token. A provider that cannot revoke this kind says so
// (RFC 7009, section 2.2.1), and an unknown token is as good as a revoked one.
func (t *Tokens) revoke(ctx context.Context, address, kind, token string) error {
	if address == "" || token == "" {
		return nil
	}
	// Without the card, which may be gone: a client without a secret only names
	// itself (RFC 7009, section 2.1).
	answer, err := t.post(ctx, t.p.opt.Line, address, url.Values{"token": {token}, "token_type_hint": {kind}})
	if err != nil {
		return err
	}
	return passing(answer)
}

// logOut asks as a browser would that follows a link. What page comes back is
// for nobody to see.
func (t *Tokens) logOut(ctx context.Context, address, id string) error {
	if address == "" || id == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	q := u.Query()
	q.Set("id_token_hint", id)
	q.Set("client_id", t.p.cfg.ClientID)
	u.RawQuery = q.Encode()
	answer, err := t.p.opt.Line.Do(ctx, exchange.Request{Method: http.MethodGet, URL: u.String(), Accept: "text/html", Page: true})
	if err != nil {
		return err
	}
	return passing(answer)
}

// passing returns an error for a failure that will pass: it pays to ask again.
// A refusal is final, and the login is then as ended as it can be.
func passing(a exchange.Answer) error {
	if a.Status >= 500 || a.Status == http.StatusTooManyRequests || a.Status == http.StatusRequestTimeout {
		e := exchange.StatusError(a)
		e.Notices = nil
		return e
	}
	return nil
}

// abandon ends a login that is not to be: somebody else's, or unproven.
func (t *Tokens) abandon(ctx context.Context, g grant) {
	t.adopt(g, "")
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	if err := t.finish(ctx); err != nil {
		t.p.opt.Log.Warn().Err(err).Msg("tokens of a refused login were not revoked")
	}
}

// kept is the form of Kept.
type kept struct {
	Issuer   string    `json:"issuer"`
	ClientID string    `json:"client_id"`
	Access   string    `json:"access_token"`
	Refresh  string    `json:"refresh_token,omitempty"`
	ID       string    `json:"id_token,omitempty"`
	Expires  time.Time `json:"expires"`
}

// Kept is what End needs after a restart; nil: nothing is left to end. It holds
// tokens and a codice fiscale: it is for a sealed place only.
func (t *Tokens) Kept() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.access == "" && t.refresh == "" {
		return nil
	}
	data, err := json.Marshal(kept{t.p.cfg.Issuer, t.p.cfg.ClientID, t.access, t.refresh, t.id, t.expires})
	if err != nil {
		return nil
	}
	return data
}

// Resume takes up tokens that were kept, to End them and for nothing else: the
// key that bound ones need is gone, and a session does not outlive the program
// that has it.
func Resume(p *Provider, data []byte) (*Tokens, error) {
	var k kept
	if err := json.Unmarshal(data, &k); err != nil {
		return nil, fail(wire.ErrSessionNone, "kept tokens are unreadable")
	}
	// Of another profile: they must not be shown to this provider.
	if k.Issuer != p.cfg.Issuer || k.ClientID != p.cfg.ClientID {
		return nil, fail(wire.ErrSessionNone, "kept tokens are of another provider")
	}
	return &Tokens{p: p, access: k.Access, refresh: k.Refresh, id: k.ID, expires: k.Expires, closed: true}, nil
}
