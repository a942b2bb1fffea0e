package control_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/idp"
)

// enter logs a doctor in and returns the access token.
func (s *stand) enter() string {
	s.t.Helper()
	const back = "http://127.0.0.1:4711/ritorno"
	verifier := oauth2.GenerateVerifier()
	query := url.Values{
		"response_type": {"code"}, "client_id": {"raccordo"}, "redirect_uri": {back}, "scope": {"openid"}, "state": {verifier}, "nonce": {verifier},
		"code_challenge": {oauth2.S256ChallengeFromVerifier(verifier)}, "code_challenge_method": {"S256"},
	}
	s.doctor.CheckRedirect = s.http.CheckRedirect
	send := func(path string, form url.Values) (http.Header, string) {
		q, err := http.NewRequest(http.MethodPost, s.login.Issuer()+path, strings.NewReader(form.Encode()))
		if err != nil {
			s.t.Fatal(err)
		}
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		_, header, body := s.do(s.doctor, q)
		return header, body
	}
	header, _ := send("/authorize/spid?"+query.Encode(), url.Values{"medico": {anagrafe.Doctors()[0].CF}})
	to, err := url.Parse(header.Get("Location"))
	if err != nil {
		s.t.Fatal(err)
	}
	_, body := send("/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {to.Query().Get("code")}, "redirect_uri": {back}, "client_id": {"raccordo"}, "code_verifier": {verifier},
	})
	var got struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil || got.Token == "" {
		s.t.Fatalf("no token: %s", body)
	}
	return got.Token
}

func TestLoginActions(t *testing.T) {
	s := start(t)
	ended := func(token string) bool {
		_, err := s.login.Introspect(token)
		return errors.Is(err, idp.ErrTokenEnded)
	}
	token := s.enter()
	if got := s.state(); got.Logins != 1 || got.Requests["token"] != 1 || ended(token) {
		t.Errorf("%+v", got)
	}
	if status, _ := s.json("/v1/azioni", `{"azione":"scadenza-token"}`); status != http.StatusOK || !ended(token) || s.state().Logins != 1 {
		t.Errorf("token: %d, state %+v", status, s.state())
	}
	token = s.enter()
	if _, body := s.json("/v1/azioni", `{"azione":"revoca-accessi"}`); !strings.Contains(body, `"quanti":2`) || !ended(token) || s.state().Logins != 0 {
		t.Errorf("logins: %s, state %+v", body, s.state())
	}
	factor := s.region.SecondFactor()
	factor.Issue(anagrafe.Doctors()[0].CF)
	if _, body := s.json("/v1/azioni", `{"azione":"scadenza-id-sessione"}`); !strings.Contains(body, `"quanti":1`) {
		t.Errorf("second factor: %s", body)
	}
	s.json("/v1/guasti", `{"guasto":"errore-500","servizio":"idp","volte":1}`)
	q, err := http.NewRequest(http.MethodGet, s.login.Issuer()+"/jwks", nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, _, _ := s.do(s.doctor, q); status != http.StatusInternalServerError {
		t.Errorf("the login shares the plan: %d", status)
	}
}
