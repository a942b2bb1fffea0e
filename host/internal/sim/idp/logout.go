package idp

import (
	"net/http"
	"net/url"
)

// serveLogout is OpenID Connect RP-Initiated Logout 1.0. The hint names the
// login that ends, with every token of it; without one there is nothing to
// end, since the provider keeps no session of the browser's.
func (p *Provider) serveLogout(w http.ResponseWriter, q *http.Request) {
	q.Body = http.MaxBytesReader(w, q.Body, maxForm)
	if err := q.ParseForm(); err != nil {
		p.showRefusal(w, "unreadable form")
		return
	}
	if id := q.Form.Get("client_id"); id != "" && id != p.opt.ClientID {
		p.showRefusal(w, "client is unknown")
		return
	}
	back := q.Form.Get("post_logout_redirect_uri")
	if back != "" && !p.opt.RedirectURIs(back) {
		p.showRefusal(w, "post_logout_redirect_uri is not of this client")
		return
	}
	hint := q.Form.Get("id_token_hint")
	if hint != "" {
		claims, err := p.keys.open(hint)
		if err != nil {
			p.showRefusal(w, "id_token_hint is not of this provider")
			return
		}
		sid, _ := claims["sid"].(string)
		p.ledger.end(sid)
		p.log.Info().Msg("logged out")
	}
	// Without a hint nobody has shown to be the client: no way back (section 4).
	if back == "" || hint == "" {
		p.showOut(w, hint != "")
		return
	}
	values := url.Values{}
	if state := q.Form.Get("state"); state != "" {
		values.Set("state", state)
	}
	p.answer(w, q, back, values)
}
