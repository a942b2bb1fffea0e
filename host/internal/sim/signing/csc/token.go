package csc

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"
	"time"
)

// The two scopes (CSC API 1.0.4.0 section 8.3.2).
const (
	scopeService    = "service"
	scopeCredential = "credential"
)

// token is a bearer token.
type token struct {
	user  string    // empty: a program's own, for anybody
	ends  time.Time // zero: it has ended
	basic bool      // from auth/login
	sad   *sad      // scope credential: the authorisation that it is
}

func random() string {
	b := make([]byte, 24)
	_, _ = rand.Read(b) // never fails (Go 1.24)
	return base64.RawURLEncoding.EncodeToString(b)
}

// bearer is the token of a request.
func (s *Service) bearer(q *http.Request) (*token, error) {
	header := q.Header.Get("Authorization")
	value, ok := strings.CutPrefix(header, "Bearer ")
	if !ok {
		return nil, unauthorized("invalid_token", "Missing or malformed authorization header")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tokens[value]
	switch {
	case t == nil:
		return nil, unauthorized("invalid_token", "The access token is unknown or revoked")
	case !s.vault.Now().Before(t.ends):
		return nil, unauthorized("expired_token", "The access token expired")
	}
	return t, nil
}

// serviceToken makes one, with a refresh token when it is wanted.
func (s *Service) serviceToken(user string, basic, remember bool) tokenAnswer {
	life := s.vault.Settings().TokenSeconds
	s.mu.Lock()
	defer s.mu.Unlock()
	access := random()
	t := &token{user: user, ends: s.vault.Now().Add(time.Duration(life) * time.Second), basic: basic}
	s.tokens[access] = t
	answer := tokenAnswer{Access: access, Life: life}
	if remember {
		answer.Refresh = random()
		s.refresh[answer.Refresh] = &token{user: user, basic: basic, ends: s.vault.Now().Add(30 * 24 * time.Hour)}
	}
	return answer
}

// tokenAnswer is what login and token endpoint give.
type tokenAnswer struct {
	Access     string `json:"access_token"`
	Kind       string `json:"token_type,omitempty"` // of the token endpoint only
	Refresh    string `json:"refresh_token,omitempty"`
	Life       int    `json:"expires_in"`
	Credential string `json:"credentialID,omitempty"`
}

// login is auth/login.
func (s *Service) login(c *call) (any, error) {
	remember, err := c.body.truth("rememberMe")
	if err != nil {
		return nil, invalid("Invalid parameter rememberMe")
	}
	again, err := c.body.text("refresh_token")
	if err != nil {
		return nil, invalid("Invalid string parameter refresh_token")
	}
	if again != "" {
		return s.renew(again, true)
	}
	user, password, ok := c.q.BasicAuth()
	if !ok || user == "" {
		return nil, unauthorized("invalid_request", "Malformed authentication parameter")
	}
	if !s.vault.Login(user, password) {
		return nil, refused("authentication_error", "An error occurred during authentication process")
	}
	return s.serviceToken(user, true, remember), nil
}

// renew gives another token for a refresh token, which is good until revoked.
func (s *Service) renew(refresh string, basic bool) (any, error) {
	s.mu.Lock()
	t := s.refresh[refresh]
	s.mu.Unlock()
	switch {
	case t == nil || t.basic != basic:
		return nil, refused("invalid_grant", "Invalid refresh_token")
	case !s.vault.Now().Before(t.ends):
		return nil, refused("invalid_grant", "Refresh token expired")
	}
	return s.serviceToken(t.user, basic, false), nil
}

// revoke is auth/revoke.
func (s *Service) revoke(c *call) (any, error) {
	value, err := c.body.needText("token")
	if err != nil {
		return nil, err
	}
	hint, err := c.body.text("token_type_hint")
	if err != nil || hint != "" && hint != "access_token" && hint != "refresh_token" {
		return nil, invalid("Invalid string parameter token_type_hint")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tokens[value] == nil && s.refresh[value] == nil {
		return nil, invalid("Invalid string parameter token")
	}
	delete(s.tokens, value)
	delete(s.refresh, value)
	return empty{}, nil
}
