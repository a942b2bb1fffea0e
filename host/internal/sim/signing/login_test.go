package signing_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"raccordo/host/internal/sim/signing/vault"
)

// TestLogin: the service's own login, its refresh token, its revocation.
func TestLogin(t *testing.T) {
	s := start(t)
	login := func(user, password string, in object) (int, object) {
		body, err := json.Marshal(in)
		s.must(err)
		q := s.request(http.MethodPost, "/csc/v1/auth/login", "application/json", body)
		if user != "" {
			q.SetBasicAuth(user, password)
		}
		status, _, raw := s.do(q)
		var out object
		s.must(json.Unmarshal(raw, &out))
		return status, out
	}
	if status, out := login("", "", object{}); status != 401 || out["error_description"] != "Malformed authentication parameter" {
		t.Errorf("%d %v", status, out)
	}
	if status, out := login(s.doctor.CF, "x", object{}); status != 400 || out["error"] != "authentication_error" {
		t.Errorf("%d %v", status, out)
	}
	_, out := login(s.doctor.CF, vault.Password, object{"rememberMe": true})
	refresh := out["refresh_token"]
	if status, again := login("", "", object{"refresh_token": refresh}); status != 200 || again["access_token"] == out["access_token"] {
		t.Errorf("%d %v", status, again)
	}
	s.token, _ = out["access_token"].(string)
	s.refuses(false, refusal{"hint", "auth/revoke", object{"token": refresh, "token_type_hint": "x"}, 400, invalid, "Invalid string parameter token_type_hint"})
	if status, _ := s.call("/csc/v1/auth/revoke", object{"token": refresh, "token_type_hint": "refresh_token"}); status != 204 {
		t.Errorf("revoke: %d", status)
	}
	if status, out := login("", "", object{"refresh_token": refresh}); status != 400 || out["error"] != "invalid_grant" {
		t.Errorf("%d %v", status, out)
	}
	if status, _, raw := s.get("/csc/v1/info"); status != 200 || raw == "" {
		t.Errorf("info by GET: %d", status)
	}
	if status, header, _ := s.get("/csc/v1/credentials/list"); status != 405 || header.Get("Allow") != "POST" {
		t.Errorf("list by GET: %d", status)
	}
	if status, _, raw := s.get("/logo.png"); status != 200 || raw[1:4] != "PNG" {
		t.Errorf("logo: %d", status)
	}
}
