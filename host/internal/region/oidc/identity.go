package oidc

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

const (
	// tolerance is how far two clocks may differ before one of them is wrong.
	tolerance = 5 * time.Minute
	// expiryLeeway is what clocks that are not wrong differ by in practice.
	expiryLeeway = 2 * time.Minute
)

// Identity is who logged in, as the verified ID token says.
type Identity struct {
	CF, Name, Surname string
	Method            string // "SPID L2", "CIE L3", "CNS"; "": the provider did not say
	Level             string // level of assurance (ISO/IEC 29115): "LoA3", "LoA4"; "": likewise
	AuthTime          time.Time
}

// claims are a verified ID token's.
type claims struct {
	subject string
	all     map[string]json.RawMessage
}

func (c claims) text(name string) string {
	var s string
	if json.Unmarshal(c.all[name], &s) != nil {
		return ""
	}
	return s
}

// When an ID token is issued.
const (
	login   = false
	renewal = true
)

// verify is OpenID Connect Core, section 3.1.3.7, and for a renewal 12.2.
func (p *Provider) verify(ctx context.Context, g grant, nonce string, renewed bool) (claims, error) {
	c, token, err := p.open(ctx, g.id)
	if err != nil {
		return claims{}, err
	}
	if azp := c.text("azp"); c.all["azp"] != nil && azp != p.cfg.ClientID || c.all["azp"] == nil && len(token.Audience) > 1 {
		return claims{}, fail(wire.ErrIdentity, "azp")
	}
	if absent := c.all["nonce"] == nil; token.Nonce != nonce && !(renewed && absent) {
		return claims{}, fail(wire.ErrIdentity, "nonce")
	}
	if c.subject == "" {
		return claims{}, fail(wire.ErrIdentity, "sub")
	}
	if c.all["at_hash"] != nil && token.VerifyAccessToken(g.access) != nil {
		return claims{}, fail(wire.ErrIdentity, "at_hash")
	}
	now := p.opt.Now()
	switch {
	case renewed:
		// The login has shown who it is; a clock that is set later ends nothing.
	case c.all["iat"] == nil || c.all["exp"] == nil:
		return claims{}, fail(wire.ErrIdentity, "iat, exp")
	case now.Sub(token.IssuedAt).Abs() > tolerance:
		return claims{}, fail(wire.ErrClock, "iat") // it was issued for the request just made
	case token.Expiry.Before(token.IssuedAt) || now.After(token.Expiry.Add(expiryLeeway)):
		return claims{}, fail(wire.ErrIdentity, "exp")
	}
	return c, nil
}

// open checks signature, issuer and audience.
func (p *Provider) open(ctx context.Context, raw string) (claims, *gooidc.IDToken, error) {
	jws, err := jose.ParseSignedCompact(raw, algorithms)
	if err != nil || len(jws.Signatures) != 1 {
		return claims{}, nil, fail(wire.ErrIdentity, "form or algorithm")
	}
	header := jws.Signatures[0].Protected
	keys, err := p.signers(ctx, header.KeyID, jose.SignatureAlgorithm(header.Algorithm))
	if err != nil {
		return claims{}, nil, err
	}
	// The times are looked at elsewhere: go-oidc has no leeway, and cannot tell an
	// old token from a wrong clock.
	verifier := gooidc.NewVerifier(p.cfg.Issuer, trusted(keys), &gooidc.Config{
		ClientID: p.cfg.ClientID, SupportedSigningAlgs: algorithmNames(), SkipExpiryCheck: true,
	})
	token, err := verifier.Verify(ctx, raw)
	if err != nil {
		// Its text may quote the token's claims.
		return claims{}, nil, fail(wire.ErrIdentity, "signature, issuer or audience")
	}
	c := claims{subject: token.Subject}
	if err := token.Claims(&c.all); err != nil {
		return claims{}, nil, fail(wire.ErrIdentity, "claims")
	}
	return c, token, nil
}

// identity reads who it was. A provider may keep the attributes for its
// userinfo endpoint (OpenID Connect Core, section 5.3), as SPID's rules have it.
func (t *Tokens) identity(ctx context.Context, c claims) (Identity, error) {
	meta, err := t.p.metadata(ctx)
	if err != nil {
		return Identity{}, err
	}
	said, named := c.all[t.p.cfg.CFClaim] != nil, c.all["family_name"] != nil
	var more claims
	if (!said || !named) && meta.Userinfo != "" {
		switch more, err = t.userinfo(ctx, meta.Userinfo); {
		case err == nil && more.subject != c.subject:
			return Identity{}, fail(wire.ErrIdentity, "sub of userinfo")
		case err != nil && !said: // without a name a login can do
			return Identity{}, err
		}
	}
	// What is signed comes first.
	text := func(name string) string { return or(c.text(name), more.text(name)) }
	cf := c.text(t.p.cfg.CFClaim)
	if !said {
		cf = more.text(t.p.cfg.CFClaim)
	}
	cf = strings.TrimPrefix(strings.ToUpper(cf), "TINIT-")
	if !ricetta.ValidCodiceFiscale(cf) {
		return Identity{}, fail(wire.ErrIdentity, "codice fiscale")
	}
	id := Identity{CF: cf, Name: text("given_name"), Surname: text("family_name")}
	var amr []string
	_ = json.Unmarshal(c.all["amr"], &amr) // of another form: nothing is said
	id.Method, id.Level = method(c.text("acr"), amr)
	var at float64
	if json.Unmarshal(c.all["auth_time"], &at) == nil && at > 0 && at < 1<<40 {
		id.AuthTime = time.Unix(int64(at), 0)
	}
	return id, nil
}

func (t *Tokens) userinfo(ctx context.Context, address string) (claims, error) {
	answer, err := t.Do(ctx, t.line(), exchange.Request{Method: http.MethodGet, URL: address})
	if err != nil {
		return claims{}, err
	}
	if answer.Status != http.StatusOK {
		return claims{}, fail(wire.ErrIdentity, "userinfo")
	}
	c := claims{}
	if len(answer.Body) > maxDocument || json.Unmarshal(answer.Body, &c.all) != nil {
		return claims{}, exchange.BadAnswer("userinfo is not JSON of the right form")
	}
	c.subject = c.text("sub")
	return c, nil
}

// method reads acr and amr (RFC 8176). CIE has the URIs of the SPID levels;
// what tells the two apart is the chip of the identity card.
func method(acr string, amr []string) (method, level string) {
	chip := slices.Contains(amr, "sc") || slices.Contains(amr, "hwk")
	switch rest, spid := strings.CutPrefix(acr, "https://www.spid.gov.it/SpidL"); {
	case spid && rest == "3" && chip:
		return "CIE L3", "LoA4"
	case spid && (rest == "1" || rest == "2" || rest == "3"):
		return "SPID L" + rest, map[string]string{"1": "LoA2", "2": "LoA3", "3": "LoA4"}[rest]
	}
	switch rest, _ := strings.CutPrefix(acr, "urn:oasis:names:tc:SAML:2.0:ac:classes:"); rest {
	case "SmartcardPKI", "Smartcard", "TLSClient", "X509":
		return "CNS", "LoA4"
	}
	return "", ""
}
