package idp_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"raccordo/host/internal/sim/idp"
)

func TestRevoke(t *testing.T) {
	s := start(t)
	p := s.party(t)
	form := func(token string) url.Values { return url.Values{"client_id": {"raccordo"}, "token": {token}} }
	token := p.tokens("spid", s.doctor(0))
	for range 2 { // the second time it is as good
		if status, body := p.post("/revoke", form(token.AccessToken)); status != http.StatusOK {
			t.Errorf("%d %s", status, body)
		}
	}
	if _, err := s.Introspect(token.AccessToken); !errors.Is(err, idp.ErrTokenEnded) {
		t.Errorf("revoked access token: %v", err)
	}
	token, err := p.refresh(token)
	if err != nil {
		t.Fatalf("refresh outlives an access token: %v", err)
	}
	if status, _ := p.post("/revoke", form("inventato")); status != http.StatusOK {
		t.Errorf("unknown token: %d", status)
	}
	other := form(token.RefreshToken)
	other.Set("client_id", "altro")
	if status, body := p.post("/revoke", other); status != http.StatusUnauthorized || !strings.Contains(body, "invalid_client") {
		t.Errorf("another client: %d %s", status, body)
	}
	if status, _ := p.post("/revoke", url.Values{"client_id": {"raccordo"}}); status != http.StatusBadRequest {
		t.Errorf("no token: %d", status)
	}
	p.post("/revoke", form(token.RefreshToken))
	if _, err := s.Introspect(token.AccessToken); !errors.Is(err, idp.ErrTokenEnded) {
		t.Errorf("access token of a revoked login: %v", err)
	}
	if _, err := p.refresh(token); oauthCode(t, err) != "invalid_grant" {
		t.Errorf("revoked refresh token: %v", err)
	}
}

func TestLogout(t *testing.T) {
	s := start(t)
	p := s.party(t)
	hint := func(token *oauth2.Token) string { raw, _ := token.Extra("id_token").(string); return raw }
	t.Run("back to the client", func(t *testing.T) {
		token, other := p.tokens("spid", s.doctor(0)), p.tokens("cie", s.doctor(0))
		s.advance(time.Hour) // the hint may be old
		answer, err := p.agent.Get(s.url("/logout", url.Values{"id_token_hint": {hint(token)}, "client_id": {"raccordo"}, "post_logout_redirect_uri": {redirect}, "state": {"xyz"}}.Encode()))
		if back := p.returned(answer, err); back.Get("state") != "xyz" {
			t.Errorf("%v", back)
		}
		if _, err := p.refresh(token); oauthCode(t, err) != "invalid_grant" {
			t.Errorf("refresh after logout: %v", err)
		}
		if _, err := p.refresh(other); err != nil {
			t.Errorf("the other login: %v", err)
		}
	})
	t.Run("page", func(t *testing.T) {
		token := p.tokens("spid", s.doctor(0))
		if status, body := p.post("/logout", url.Values{"id_token_hint": {hint(token)}}); status != http.StatusOK || !strings.Contains(body, "Uscita eseguita") {
			t.Errorf("%d %s", status, body)
		}
		if _, err := s.Introspect(token.AccessToken); !errors.Is(err, idp.ErrTokenEnded) {
			t.Errorf("after logout: %v", err)
		}
	})
	for _, row := range []struct {
		name   string
		query  url.Values
		status int
	}{
		{"forged hint", url.Values{"id_token_hint": {"eyJhbGciOiJub25lIn0.eyJzaWQiOiJ4In0."}}, http.StatusBadRequest},
		{"way back elsewhere", url.Values{"post_logout_redirect_uri": {"https://altrove.example/"}}, http.StatusBadRequest},
		{"other client", url.Values{"client_id": {"altro"}}, http.StatusBadRequest},
		{"way back without hint", url.Values{"post_logout_redirect_uri": {redirect}}, http.StatusOK},
	} {
		t.Run(row.name, func(t *testing.T) {
			token := p.tokens("spid", s.doctor(0))
			if status, body := p.get(s.url("/logout", row.query.Encode())); status != row.status {
				t.Errorf("%d %s", status, body)
			}
			if _, err := s.Introspect(token.AccessToken); err != nil {
				t.Errorf("a login ended: %v", err)
			}
		})
	}
}
