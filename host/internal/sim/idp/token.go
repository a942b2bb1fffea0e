package idp

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"raccordo/host/internal/sim/region/faults"
)

const maxForm = 16 << 10 // bytes

// serveToken is the token endpoint (RFC 6749, section 3.2) for a public client.
func (p *Provider) serveToken(w http.ResponseWriter, q *http.Request) {
	if !p.ownClient(w, q) {
		return
	}
	to, code, err := p.bind(q)
	if err != nil {
		p.log.Warn().Err(err).Msg("tokens refused")
		tokenFault(w, http.StatusBadRequest, code, err.Error())
		return
	}
	var got issued
	nonce := ""
	switch grant := q.PostForm.Get("grant_type"); grant {
	case "authorization_code":
		got, err = p.ledger.redeem(q.PostForm.Get("code"), q.PostForm.Get("redirect_uri"), q.PostForm.Get("code_verifier"), to)
		if err == nil {
			nonce = got.login.request.nonce
		}
	case "refresh_token":
		got, err = p.ledger.renew(q.PostForm.Get("refresh_token"), to)
	default:
		tokenFault(w, http.StatusBadRequest, "unsupported_grant_type", "grant_type "+grant)
		return
	}
	if err != nil {
		p.log.Warn().Str("grant", q.PostForm.Get("grant_type")).Err(err).Msg("tokens refused")
		tokenFault(w, http.StatusBadRequest, "invalid_grant", err.Error())
		return
	}
	signed, err := p.keys.sign(p.idClaims(got, nonce, faults.Skew(q)))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	p.log.Info().Str("grant", q.PostForm.Get("grant_type")).Str("person", got.login.who.CF).Msg("tokens issued")
	writeJSON(w, http.StatusOK, map[string]any{
		"access_token": got.access, "token_type": to.scheme(), "expires_in": int(p.opt.AccessLife.Seconds()),
		"refresh_token": got.refresh, "id_token": signed, "scope": strings.Join(got.login.request.scopes, " "),
	})
}

// ownClient reads the form and checks who sends it: a public client has no
// secret, so that a client that tries one is another.
func (p *Provider) ownClient(w http.ResponseWriter, q *http.Request) bool {
	q.Body = http.MaxBytesReader(w, q.Body, maxForm)
	if err := q.ParseForm(); err != nil {
		tokenFault(w, http.StatusBadRequest, "invalid_request", "unreadable form")
		return false
	}
	for name, values := range q.PostForm {
		if len(values) > 1 {
			tokenFault(w, http.StatusBadRequest, "invalid_request", name+" is repeated")
			return false
		}
	}
	if q.Header.Get("Authorization") != "" || q.PostForm.Has("client_secret") || q.PostForm.Get("client_id") != p.opt.ClientID {
		w.Header().Set("WWW-Authenticate", `Basic realm="simulatore"`)
		tokenFault(w, http.StatusUnauthorized, "invalid_client", "client_id in the form and no secret")
		return false
	}
	return true
}

func tokenFault(w http.ResponseWriter, status int, code, text string) {
	writeJSON(w, status, map[string]string{"error": code, "error_description": text})
}

// idClaims is the ID token (OpenID Connect Core, section 2); one that comes
// with a refresh has no nonce (section 12.2). skew is how far ahead our clock
// claims to be.
func (p *Provider) idClaims(got issued, nonce string, skew time.Duration) map[string]any {
	now, in := p.opt.Now().Add(skew), got.login
	claims := p.attributes(in)
	claims["iss"], claims["aud"], claims["sid"] = p.issuer, p.opt.ClientID, in.id
	claims["iat"], claims["exp"], claims["auth_time"] = now.Unix(), now.Add(p.opt.AccessLife).Unix(), in.since.Add(skew).Unix()
	claims["acr"], claims["amr"] = in.door.acr, in.door.amr
	sum := sha256.Sum256([]byte(got.access))
	claims["at_hash"] = base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
	if nonce != "" {
		claims["nonce"] = nonce
	}
	return claims
}

// attributes say who logged in; sub says nothing to those who do not ask for more.
func (p *Provider) attributes(in *login) map[string]any {
	sum := sha256.Sum256([]byte(p.opt.ClientID + "\x00" + in.who.CF))
	return map[string]any{
		"sub": base64.RawURLEncoding.EncodeToString(sum[:18]), "fiscal_number": "TINIT-" + in.who.CF,
		"given_name": in.who.Name, "family_name": in.who.Surname,
	}
}

// serveUserinfo is OpenID Connect Core, section 5.3; its refusals are RFC 6750.
func (p *Provider) serveUserinfo(w http.ResponseWriter, q *http.Request) {
	_, token := Authorization(q)
	if token == "" {
		w.Header().Set("WWW-Authenticate", Challenge(p.opt.Tokens, "", ""))
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	in, bound, err := p.ledger.holder(token)
	if err == nil {
		err = Access{JKT: bound.JKT, X5T: bound.X5T}.Presented(q, "https://"+q.Host+pathUserinfo, p.proofs)
	}
	if err != nil {
		w.Header().Set("WWW-Authenticate", Challenge(p.opt.Tokens, Fault(err), err.Error()))
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	writeJSON(w, http.StatusOK, p.attributes(in))
}

// serveRevoke is RFC 7009: an unknown token is as good as a revoked one.
func (p *Provider) serveRevoke(w http.ResponseWriter, q *http.Request) {
	if !p.ownClient(w, q) {
		return
	}
	token := q.PostForm.Get("token")
	if token == "" {
		tokenFault(w, http.StatusBadRequest, "invalid_request", "token is missing")
		return
	}
	p.ledger.revoke(token)
	p.log.Info().Msg("token revoked")
	w.WriteHeader(http.StatusOK)
}
