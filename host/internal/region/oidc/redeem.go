package oidc

import (
	"context"
	"crypto/subtle"
	"net/url"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/wire"
)

// Redeem turns the answer of a login into its tokens. An answer with another
// state changes nothing, so that a forged one does not spoil the login; any
// other uses the flow up.
func (p *Provider) Redeem(ctx context.Context, f *Flow, a Answer) (*Tokens, error) {
	if subtle.ConstantTimeCompare([]byte(a.State), []byte(f.State)) != 1 {
		return nil, fail(wire.ErrLoginState, "")
	}
	if f.spent.Swap(true) {
		return nil, fail(wire.ErrLoginState, "already used")
	}
	now := p.opt.Now()
	if age := now.Sub(f.Started); age > loginTime || age < -loginTime {
		return nil, fail(wire.ErrLoginTime, "")
	}
	meta, err := p.metadata(ctx)
	if err != nil {
		return nil, err
	}
	// Before the error is believed too (RFC 9207, section 2.4).
	if a.Iss != meta.Issuer && (a.Iss != "" || meta.IssParameter) {
		return nil, fail(wire.ErrIdentity, "iss of the answer")
	}
	if a.Error != "" {
		return nil, refused(a.Error, f.walked)
	}
	if a.Code == "" {
		return nil, fail(wire.ErrLoginRefused, "no code")
	}
	if p.cfg.Tokens == MTLS && f.bound == nil {
		return nil, fail(wire.ErrNoWay, "card")
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {a.Code}, "redirect_uri": {f.RedirectURI}, "code_verifier": {f.verifier}}
	t := &Tokens{p: p, prover: f.prover, bound: f.bound, nonce: f.nonce}
	g, err := t.ask(ctx, form)
	if err != nil {
		return nil, t.refusedAs(err, wire.ErrLoginRefused)
	}
	claims, err := p.verify(ctx, g, f.nonce, login)
	if err != nil {
		t.abandon(ctx, g)
		return nil, err
	}
	t.adopt(g, claims.subject)
	if t.Identity, err = t.identity(ctx, claims); err != nil {
		t.abandon(ctx, g)
		return nil, err
	}
	p.opt.Log.Info().Str("method", t.Identity.Method).Str("level", t.Identity.Level).Msg("regional login completed")
	return t, nil
}

// refused is the error of an authorization response (RFC 6749, section
// 4.1.2.1; OpenID Connect Core, section 3.1.2.6).
func refused(code string, walked bool) *exchange.Error {
	switch {
	case code == "access_denied" && !walked:
		return fail(wire.ErrLoginCancel, "")
	case code == "temporarily_unavailable", code == "server_error":
		return fail(wire.ErrRegionBusy, code)
	}
	return fail(wire.ErrLoginRefused, standard(code))
}

// standard passes a code that looks like one of a standard.
func standard(code string) string {
	for _, c := range code {
		if (c < 'a' || c > 'z') && c != '_' {
			return "codice non previsto"
		}
	}
	return exchange.Short(code)
}
