package csc

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"raccordo/host/internal/remotesign/link"
)

// Server is an authorization server: where its page is and where tokens are given.
type Server struct {
	Authorize, Token string
	Push             string // where requests are left beforehand (RFC 9126); empty: nowhere
}

// Server finds the one that info names, unless base does.
func (c *Client) Server(ctx context.Context, info Info, base string) (Server, error) {
	if base == "" {
		base = info.OAuth
	}
	if base == "" && info.Issuer != "" {
		return c.discover(ctx, info.Issuer)
	}
	if !secure(base) {
		return Server{}, link.BadAnswer("info: no authorization server, or not https")
	}
	base = strings.TrimRight(base, "/")
	if !strings.HasSuffix(base, "/oauth2") { // section 8.3: BASE/oauth2/authorize
		base += "/oauth2"
	}
	s := Server{Authorize: base + "/authorize", Token: base + "/token"}
	if info.V2 && slices.Contains(info.methods, "oauth2/pushed_authorize") {
		s.Push = base + "/pushed_authorize"
	}
	return s, nil
}

// discover reads the metadata of an issuer (RFC 8414, section 3).
func (c *Client) discover(ctx context.Context, issuer string) (Server, error) {
	u, err := url.Parse(issuer)
	if err != nil || !secure(issuer) {
		return Server{}, link.BadAnswer("info: oauth2Issuer is not https")
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	a, err := c.opt.Line.Do(ctx, link.Request{
		Name: "oauth2 metadata", Method: http.MethodGet, URL: "https://" + u.Host + "/.well-known/oauth-authorization-server" + path, Accept: "application/json",
	})
	if err != nil {
		return Server{}, err
	}
	if a.Status != http.StatusOK {
		return Server{}, link.Refused(a, "oauth2 metadata")
	}
	var m struct {
		Issuer    string `json:"issuer"`
		Authorize string `json:"authorization_endpoint"`
		Token     string `json:"token_endpoint"`
		Push      string `json:"pushed_authorization_request_endpoint"`
	}
	switch {
	case json.Unmarshal(a.Body, &m) != nil:
		return Server{}, link.BadAnswer("oauth2 metadata: not JSON")
	case m.Issuer != issuer || !secure(m.Authorize) || !secure(m.Token):
		return Server{}, link.BadAnswer("oauth2 metadata: of another issuer, or not https")
	}
	if !secure(m.Push) {
		m.Push = ""
	}
	return Server{m.Authorize, m.Token, m.Push}, nil
}

// secure tells an absolute https address (RFC 6749, section 3.1).
func secure(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && u.Opaque == "" && !strings.ContainsAny(address, "#?")
}

// Redeem asks the token endpoint. secret is the client's, nil for a public one.
func (c *Client) Redeem(ctx context.Context, s Server, clientID string, secret []byte, form url.Values) (Token, error) {
	var t token
	if err := c.post(ctx, "oauth2/token", s.Token, clientID, secret, form, &t); err != nil {
		return Token{}, err
	}
	return t.read()
}

// post sends a form as the client.
func (c *Client) post(ctx context.Context, name, address, clientID string, secret []byte, form url.Values, out any) error {
	form.Set("client_id", clientID)
	if secret != nil {
		form.Set("client_secret", string(secret))
		defer form.Del("client_secret")
	}
	a, err := c.opt.Line.Do(ctx, link.Request{
		Name: name, Method: http.MethodPost, URL: address, Accept: "application/json",
		ContentType: "application/x-www-form-urlencoded", Body: []byte(form.Encode()),
	})
	if err != nil {
		return err
	}
	if a.Status != http.StatusOK && a.Status != http.StatusCreated {
		return refusal(a)
	}
	if json.Unmarshal(a.Body, out) != nil {
		return link.BadAnswer(name + ": not JSON of the right form")
	}
	return nil
}

// Request is what the service's page is asked for: scope "service", or with a
// demand "credential".
func Request(d *Demand, clientID, redirect, state, challenge, lang string) url.Values {
	q := url.Values{
		"response_type": {"code"}, "client_id": {clientID}, "redirect_uri": {redirect}, "state": {state},
		"code_challenge": {challenge}, "code_challenge_method": {"S256"}, "scope": {"service"},
	}
	if lang != "" {
		q.Set("lang", lang)
	}
	if d != nil {
		q.Set("scope", "credential")
		d.page(q)
	}
	return q
}

// Page is the address of the service's page.
func (s Server) Page(request url.Values) string { return s.Authorize + "?" + request.Encode() }

// Leave leaves a request at the server beforehand, and returns what stands for
// it (RFC 9126): the hashes of a long batch make an address that is too long.
func (c *Client) Leave(ctx context.Context, s Server, clientID string, secret []byte, request url.Values) (url.Values, error) {
	var a struct {
		URI string `json:"request_uri"`
	}
	if err := c.post(ctx, "oauth2/pushed_authorize", s.Push, clientID, secret, request, &a); err != nil {
		return nil, err
	}
	if a.URI == "" || len(a.URI) > 2048 {
		return nil, link.BadAnswer("oauth2/pushed_authorize: no request_uri")
	}
	return url.Values{"client_id": {clientID}, "request_uri": {a.URI}}, nil
}
