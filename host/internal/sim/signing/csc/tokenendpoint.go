package csc

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
)

// serveToken is POST /oauth2/token.
func (s *Service) serveToken(w http.ResponseWriter, form url.Values, client string) error {
	switch form.Get("grant_type") {
	case "authorization_code":
		return s.exchange(w, form, client)
	case "refresh_token":
		answer, err := s.renew(form.Get("refresh_token"), false)
		if err != nil {
			return err
		}
		a, _ := answer.(tokenAnswer)
		a.Kind = "Bearer"
		s.write(w, a)
		return nil
	case "client_credentials":
		if client != ConfidentialClient {
			return refused("unauthorized_client", "The client may not use this grant type")
		}
		a := s.serviceToken("", false, false) // nobody's: userID says whose credentials
		a.Kind = "Bearer"
		s.write(w, a)
		return nil
	}
	return refused("unsupported_grant_type", "Invalid parameter grant_type")
}

// exchange gives a token for a code, once.
func (s *Service) exchange(w http.ResponseWriter, form url.Values, client string) error {
	s.mu.Lock()
	g := s.codes[form.Get("code")]
	delete(s.codes, form.Get("code"))
	s.mu.Unlock()
	switch {
	case g == nil || g.request.client != client || !s.vault.Now().Before(g.ends):
		return refused("invalid_grant", "Invalid parameter code")
	case form.Get("redirect_uri") != g.request.redirect:
		return refused("invalid_grant", "redirect_uri parameter does not match")
	case g.request.challenge != "" && g.request.challenge != challengeOf(form.Get("code_verifier")):
		return refused("invalid_grant", "Invalid parameter code_verifier")
	}
	if g.sad == nil {
		a := s.serviceToken(g.user, false, true)
		a.Kind = "Bearer"
		s.write(w, a)
		return nil
	}
	made := s.newSAD(g.sad)
	s.mu.Lock()
	s.tokens[made.SAD] = &token{user: g.user, sad: g.sad, ends: g.sad.ends}
	s.mu.Unlock()
	s.write(w, struct {
		tokenAnswer
		Details any `json:"authorization_details,omitempty"`
	}{tokenAnswer{Access: made.SAD, Kind: "SAD", Life: made.Life, Credential: g.sad.credential}, detailsOf(g)})
	return nil
}

func detailsOf(g *grant) any {
	if g.request.details == nil {
		return nil
	}
	return g.request.details
}

// challengeOf is the S256 method (RFC 7636 section 4.2).
func challengeOf(verifier string) string {
	if len(verifier) < 43 || len(verifier) > 128 {
		return ""
	}
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// serveRevoke is POST /oauth2/revoke (RFC 7009): an unknown token is no error.
func (s *Service) serveRevoke(w http.ResponseWriter, form url.Values, _ string) error {
	value := form.Get("token")
	if value == "" {
		return missing("string", "token")
	}
	s.mu.Lock()
	delete(s.tokens, value)
	delete(s.refresh, value)
	s.mu.Unlock()
	s.write(w, empty{})
	return nil
}
