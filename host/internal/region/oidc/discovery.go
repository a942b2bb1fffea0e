package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/wire"
)

const (
	metadataLife = time.Hour
	maxDocument  = 1 << 20 // bytes of any document of the provider's
)

// metadata is what a provider says of itself (OpenID Connect Discovery 1.0,
// section 3; RFC 8414; the aliases: RFC 8705, section 5).
type metadata struct {
	Issuer        string   `json:"issuer"`
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Keys          string   `json:"jwks_uri"`
	Userinfo      string   `json:"userinfo_endpoint"`
	Revocation    string   `json:"revocation_endpoint"`
	Logout        string   `json:"end_session_endpoint"`
	IssParameter  bool     `json:"authorization_response_iss_parameter_supported"`
	Challenges    []string `json:"code_challenge_methods_supported"`
	Aliases       struct {
		Token    string `json:"token_endpoint"`
		Userinfo string `json:"userinfo_endpoint"`
	} `json:"mtls_endpoint_aliases"`

	until time.Time
}

// metadata returns the provider's document, asked for again once an hour.
func (p *Provider) metadata(ctx context.Context) (*metadata, error) {
	now := p.opt.Now()
	p.mu.Lock()
	known := p.meta
	p.mu.Unlock()
	// A document from the future was got before the clock was set back.
	if known != nil && now.Before(known.until) && known.until.Sub(now) <= metadataLife {
		return known, nil
	}
	if !secure(p.cfg.Issuer) {
		return nil, misconfigured("issuer")
	}
	if p.cfg.ClientID == "" {
		return nil, misconfigured("client_id")
	}
	meta := &metadata{until: now.Add(metadataLife)}
	if err := p.document(ctx, strings.TrimSuffix(p.cfg.Issuer, "/")+"/.well-known/openid-configuration", meta); err != nil {
		return nil, err
	}
	if err := p.check(meta); err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.meta = meta
	p.mu.Unlock()
	return meta, nil
}

// check refuses a document that is of another provider, would send a secret in
// clear, or cannot do what is needed.
func (p *Provider) check(m *metadata) error {
	if m.Issuer != p.cfg.Issuer {
		return misconfigured("issuer") // the region's document names another
	}
	for _, address := range []string{m.Authorization, m.Token, m.Keys} {
		if !secure(address) {
			return exchange.BadAnswer("discovery: an endpoint is missing or not https")
		}
	}
	for _, address := range []string{m.Userinfo, m.Revocation, m.Logout, m.Aliases.Token, m.Aliases.Userinfo} {
		if address != "" && !secure(address) {
			return exchange.BadAnswer("discovery: an endpoint is not https")
		}
	}
	// Providers that say nothing of PKCE may know it all the same.
	if m.Challenges != nil && !slices.Contains(m.Challenges, "S256") {
		return exchange.BadAnswer("discovery: no PKCE with S256")
	}
	if p.cfg.Tokens == MTLS {
		m.Token, m.Userinfo = or(m.Aliases.Token, m.Token), or(m.Aliases.Userinfo, m.Userinfo)
	}
	return nil
}

// document reads a JSON document of the provider's that anybody may read.
func (p *Provider) document(ctx context.Context, address string, into any) error {
	answer, err := p.opt.Line.Do(ctx, exchange.Request{Method: http.MethodGet, URL: address})
	if err != nil {
		return err
	}
	if answer.Status != http.StatusOK {
		return exchange.StatusError(answer)
	}
	if len(answer.Body) > maxDocument {
		return exchange.BadAnswer("document longer than %d bytes", maxDocument)
	}
	if json.Unmarshal(answer.Body, into) != nil {
		return &exchange.Error{Code: wire.ErrRegionAnswer, Err: errors.New("document is not JSON of the right form")}
	}
	return nil
}

// secure tells an absolute https address without anything that does not belong
// into an endpoint (RFC 6749, section 3.1).
func secure(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && u.Opaque == "" && !strings.Contains(address, "#")
}

func or(first, second string) string {
	if first != "" {
		return first
	}
	return second
}
