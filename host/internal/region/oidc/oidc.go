// Package oidc logs a doctor in at a region's OpenID provider and keeps the
// tokens of the login: authorization code with PKCE for a native program, the
// walk through the login with the card instead of a browser, verification of
// who it was, renewal, and the end of it all.
//
// Verifier, nonce, codes, tokens and keys never leave the package but in the
// requests they are for: no error, log line or printed value holds one. It
// follows no address but the provider's own and stops at the redirect URI.
//
// Standards: OpenID Connect Core 1.0, Discovery 1.0 and RP-Initiated Logout
// 1.0; RFC 6749, 6750, 7009, 7636 (S256 only), 8252, 8705, 8707, 9207, 9449;
// state and nonce of at least 32 characters and the codice fiscale as
// TINIT-… follow the SPID and CIE rules.
package oidc

import (
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/wire"
)

// The forms of tokens that a region may ask for.
const (
	Bearer = "bearer" // RFC 6750
	DPoP   = "dpop"   // RFC 9449: bound to a key of ours, made for each login
	MTLS   = "mtls"   // RFC 8705: bound to the certificate of the card
)

// Config is the table [cloud.oidc] of a region's profile.
type Config struct {
	Issuer      string   `toml:"issuer"` // exactly as in the discovery document
	ClientID    string   `toml:"client_id"`
	Scopes      []string `toml:"scopes"`       // none: openid
	Redirect    string   `toml:"redirect"`     // extension, or loopback alone; "": extension
	CNSEndpoint string   `toml:"cns_endpoint"` // authorization endpoint behind mutual TLS; "": no login with the card
	Tokens      string   `toml:"tokens"`       // bearer, dpop, mtls; "": bearer
	CFClaim     string   `toml:"cf_claim"`     // "": fiscal_number
	Resource    string   `toml:"resource"`     // RFC 8707; "": none
	// Parameters go into the authorization request as they are: acr_values,
	// prompt, ui_locales and what the region wants beyond the standard.
	Parameters map[string]string `toml:"parameters"`
}

// Options are what a Provider needs besides.
type Options struct {
	// Line is the way to the provider without a card.
	Line *exchange.Line
	// Lines makes a way with the card's certificate; nil: there are no cards here.
	Lines func(exchange.Credentials, http.CookieJar) (*exchange.Line, error)
	Now   func() time.Time // nil: time.Now
	Log   zerolog.Logger
}

// Provider is a region's OpenID provider. It is safe for concurrent use.
type Provider struct {
	cfg Config
	opt Options

	mu   sync.Mutex
	meta *metadata
	keys *keySet
}

// New prepares a provider and asks nobody anything yet.
func New(cfg Config, opt Options) *Provider {
	if len(cfg.Scopes) == 0 {
		cfg.Scopes = []string{"openid"}
	}
	if cfg.Tokens == "" {
		cfg.Tokens = Bearer
	}
	if cfg.CFClaim == "" {
		cfg.CFClaim = "fiscal_number"
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	return &Provider{cfg: cfg, opt: opt}
}

// HasCardWay tells whether the card can log in without a browser.
func (p *Provider) HasCardWay() bool { return p.cfg.CNSEndpoint != "" && p.opt.Lines != nil }

// fail is an error of the login. Its detail is a code of a standard or words
// of ours, never what the other side wrote freely.
func fail(code wire.ErrorCode, detail string) *exchange.Error {
	return &exchange.Error{Code: code, Detail: detail}
}

// misconfigured names the key of [cloud.oidc] that cannot be used.
func misconfigured(key string) *exchange.Error {
	return &exchange.Error{Code: wire.ErrRegionConfig, Detail: "cloud.oidc." + key, Err: errors.New("unusable value")}
}
