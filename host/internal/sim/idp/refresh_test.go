package idp_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"raccordo/host/internal/sim/idp"
)

func TestRefresh(t *testing.T) {
	s := start(t)
	p := s.party(t)
	first := p.tokens("spid", s.doctor(0))
	firstID, firstClaims := p.claims(first)
	s.advance(5 * time.Minute)
	if _, err := s.Introspect(first.AccessToken); !errors.Is(err, idp.ErrTokenEnded) {
		t.Errorf("after its life: %v", err)
	}
	second, err := p.refresh(first)
	if err != nil {
		t.Fatal(err)
	}
	if second.RefreshToken == first.RefreshToken || second.AccessToken == first.AccessToken {
		t.Error("nothing rotated")
	}
	id, claims := p.claims(second)
	if id.Subject != firstID.Subject || id.Nonce != "" || claims["sid"] != firstClaims["sid"] || claims["auth_time"] != firstClaims["auth_time"] || !id.IssuedAt.After(firstID.IssuedAt) {
		t.Errorf("id token of a refresh: %v, before %v", claims, firstClaims)
	}
	if _, err := s.Introspect(second.AccessToken); err != nil {
		t.Error(err)
	}
	t.Run("reuse ends the login", func(t *testing.T) {
		if _, err := p.refresh(first); oauthCode(t, err) != "invalid_grant" {
			t.Errorf("reuse: %v", err)
		}
		if _, err := s.Introspect(second.AccessToken); !errors.Is(err, idp.ErrTokenEnded) {
			t.Errorf("access token after reuse: %v", err)
		}
		if _, err := p.refresh(second); oauthCode(t, err) != "invalid_grant" {
			t.Errorf("the rightful refresh token after reuse: %v", err)
		}
	})
	t.Run("not beyond the login", func(t *testing.T) {
		token := p.tokens("spid", s.doctor(0))
		s.advance(8*time.Hour - time.Minute)
		token, err := p.refresh(token)
		if err != nil {
			t.Fatal(err)
		}
		s.advance(time.Minute)
		if _, err := s.Introspect(token.AccessToken); !errors.Is(err, idp.ErrTokenEnded) {
			t.Errorf("access token: %v", err)
		}
		if _, err := p.refresh(token); oauthCode(t, err) != "invalid_grant" {
			t.Errorf("refresh: %v", err)
		}
	})
	t.Run("unknown", func(t *testing.T) {
		if _, err := p.refresh(&oauth2.Token{RefreshToken: "inventato"}); oauthCode(t, err) != "invalid_grant" {
			t.Error(err)
		}
	})
}

func TestFaults(t *testing.T) {
	s := start(t)
	p := s.party(t)
	token := p.tokens("spid", s.doctor(0))
	s.ExpireTokens()
	if _, err := s.Introspect(token.AccessToken); !errors.Is(err, idp.ErrTokenEnded) {
		t.Errorf("expired: %v", err)
	}
	token, err := p.refresh(token)
	if err != nil {
		t.Fatalf("refresh after ExpireTokens: %v", err)
	}
	if _, err := s.Introspect(token.AccessToken); err != nil {
		t.Errorf("refreshed: %v", err)
	}
	s.SetDown(true)
	if answer, err := p.agent.Get(p.authURL()); err == nil {
		answer.Body.Close()
		t.Errorf("down, yet %d", answer.StatusCode)
	}
	if _, err := s.Introspect(token.AccessToken); err != nil {
		t.Errorf("inside the region: %v", err)
	}
	s.SetDown(false)
	if status, _ := p.get(p.authURL()); status != http.StatusOK {
		t.Errorf("up again: %d", status)
	}
	if n := s.RevokeAll(); n != 1 {
		t.Errorf("%d logins ended", n)
	}
	if n := s.RevokeAll(); n != 0 {
		t.Errorf("%d logins ended again", n)
	}
	if _, err := p.refresh(token); oauthCode(t, err) != "invalid_grant" {
		t.Errorf("refresh after RevokeAll: %v", err)
	}
	if _, err := s.Introspect("inventato"); !errors.Is(err, idp.ErrTokenUnknown) {
		t.Errorf("unknown: %v", err)
	}
}
