package oidc

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/wire"
)

// loginTime is how long a login may take from Begin to Redeem.
const loginTime = 5 * time.Minute

// Flow is one login under way. Whoever holds URL and State can show the page
// and recognise the answer; only the process that began it can redeem it.
type Flow struct {
	URL, State, RedirectURI string
	Started                 time.Time

	verifier, nonce string
	prover          *prover        // DPoP
	bound           *exchange.Line // mtls: the card's line
	walked          bool           // with the card: there was nobody to cancel
	spent           atomic.Bool
}

// String keeps the secrets out of whatever prints a Flow.
func (f *Flow) String() string { return "oidc.Flow" }

// GoString likewise.
func (f *Flow) GoString() string { return f.String() }

// ours are the parameters that no profile may set.
var ours = []string{
	"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
	"dpop_jkt", "resource", "request", "request_uri", "response_mode",
}

// Begin makes the secrets of a login and the address of its page.
func (p *Provider) Begin(ctx context.Context, redirectURI string) (*Flow, error) {
	if !p.mayReturnTo(redirectURI) {
		return nil, fail(wire.ErrRedirect, "")
	}
	meta, err := p.metadata(ctx)
	if err != nil {
		return nil, err
	}
	f := &Flow{
		RedirectURI: redirectURI, Started: p.opt.Now(),
		// 32 bytes each, 43 characters.
		State: oauth2.GenerateVerifier(), nonce: oauth2.GenerateVerifier(), verifier: oauth2.GenerateVerifier(),
	}
	opts := []oauth2.AuthCodeOption{gooidc.Nonce(f.nonce), oauth2.S256ChallengeOption(f.verifier)}
	for name, value := range p.cfg.Parameters {
		if slices.Contains(ours, name) {
			return nil, misconfigured("parameters")
		}
		opts = append(opts, oauth2.SetAuthURLParam(name, value))
	}
	if p.cfg.Resource != "" {
		opts = append(opts, oauth2.SetAuthURLParam("resource", p.cfg.Resource))
	}
	switch p.cfg.Tokens {
	case Bearer, MTLS:
	case DPoP:
		if f.prover, err = newProver(p.opt.Now); err != nil {
			return nil, err
		}
		// The code too is of use with this key only (RFC 9449, section 10).
		opts = append(opts, oauth2.SetAuthURLParam("dpop_jkt", f.prover.thumbprint))
	default:
		return nil, misconfigured("tokens")
	}
	client := oauth2.Config{
		ClientID: p.cfg.ClientID, RedirectURL: redirectURI, Scopes: p.cfg.Scopes,
		Endpoint: oauth2.Endpoint{AuthURL: meta.Authorization},
	}
	f.URL = client.AuthCodeURL(f.State, opts...)
	p.opt.Log.Debug().Str("tokens", p.cfg.Tokens).Msg("regional login begun")
	return f, nil
}

// UseCard names the card whose certificate the tokens are bound to, when the
// region wants that and the login goes through a browser. Walk does so itself.
func (p *Provider) UseCard(f *Flow, card exchange.Credentials) error {
	if p.cfg.Tokens != MTLS {
		return nil
	}
	if p.opt.Lines == nil {
		return fail(wire.ErrNoWay, "card")
	}
	line, err := p.opt.Lines(card, nil)
	if err != nil {
		return err
	}
	f.bound = line
	return nil
}

// mayReturnTo allows what RFC 8252 does for a native program: the loopback
// interface by number (section 8.3), and, unless the profile wants that alone,
// the https addresses that browsers keep for their extensions.
func (p *Provider) mayReturnTo(redirect string) bool {
	u, err := url.Parse(redirect)
	if err != nil || u.User != nil || u.Fragment != "" || strings.Contains(redirect, "#") || u.RawQuery != "" || u.ForceQuery || u.Opaque != "" {
		return false
	}
	switch u.Scheme {
	case "http":
		return u.Hostname() == "127.0.0.1" || u.Hostname() == "::1"
	case "https":
		extension := strings.HasSuffix(u.Hostname(), ".chromiumapp.org") || strings.HasSuffix(u.Hostname(), ".extensions.allizom.org")
		return extension && u.Port() == "" && p.cfg.Redirect != "loopback"
	}
	return false
}
