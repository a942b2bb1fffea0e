package csc

import (
	"context"
	"encoding/base64"
	"strings"
	"time"

	"raccordo/host/internal/remotesign/link"
)

// Token lets in at the service.
type Token struct {
	Access, Refresh string
	Life            time.Duration
}

// String keeps the token out of whatever prints it.
func (Token) String() string { return "csc.Token" }

// GoString likewise.
func (t Token) GoString() string { return t.String() }

type token struct {
	Access  text   `json:"access_token"`
	Kind    text   `json:"token_type"`
	Refresh text   `json:"refresh_token"`
	Life    number `json:"expires_in"`
}

func (a token) read() (Token, error) {
	switch {
	case a.Access == "" || !printable(string(a.Access)) || !printable(string(a.Refresh)):
		return Token{}, link.BadAnswer("no access token that is one")
	case a.Kind != "" && !strings.EqualFold(string(a.Kind), "Bearer") && !strings.EqualFold(string(a.Kind), "SAD"):
		return Token{}, link.BadAnswer("tokens are not of the kind Bearer")
	}
	return Token{string(a.Access), string(a.Refresh), life(a.Life, usualLife)}, nil
}

// printable: a token is one word of a header (RFC 6750, section 2.1).
func printable(token string) bool {
	for i := range len(token) {
		if token[i] <= ' ' || token[i] > '~' {
			return false
		}
	}
	return len(token) <= 64<<10
}

// Login gets a token for user and password (auth/login).
func (c *Client) Login(ctx context.Context, user string, password []byte) (Token, error) {
	var a token
	if _, err := c.call(ctx, mLogin, Basic(user, password), map[string]any{"rememberMe": true}, &a, 0); err != nil {
		return Token{}, err
	}
	return a.read()
}

// CanLogin tells whether Login can be called; a service with basic and without
// it wants user and password with every request.
func CanLogin(info Info) bool { return info.Has(mLogin) }

// Relogin gets a token for a refresh token that Login gave.
func (c *Client) Relogin(ctx context.Context, refresh string) (Token, error) {
	var a token
	if _, err := c.call(ctx, mLogin, "", map[string]any{"refresh_token": refresh}, &a, 0); err != nil {
		return Token{}, err
	}
	return a.read()
}

// Revoke ends a token.
func (c *Client) Revoke(ctx context.Context, auth, token, hint string) error {
	_, err := c.call(ctx, mRevoke, auth, map[string]any{"token": token, "token_type_hint": hint}, nil, 0)
	return err
}

// CanRevoke tells whether Revoke can be called.
func CanRevoke(info Info) bool { return info.Has(mRevoke) }

// Basic is the Authorization header of user and password (RFC 7617).
func Basic(user string, password []byte) string {
	return "Basic " + base64.StdEncoding.EncodeToString(append([]byte(user+":"), password...))
}

// Bearer is that of a token (RFC 6750).
func Bearer(token string) string { return "Bearer " + token }
