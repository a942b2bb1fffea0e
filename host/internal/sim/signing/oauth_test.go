package signing_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"testing"

	"raccordo/host/internal/sim/signing"
	"raccordo/host/internal/sim/signing/csc"
	"raccordo/host/internal/sim/signing/vault"
)

const verifier = "0123456789012345678901234567890123456789abc"

func challenge() string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// waiting is a native program that waits for the browser.
func (s *stand) waiting() (redirect string, came func() url.Values) {
	s.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	got := make(chan url.Values, 8)
	srv := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) { got <- q.URL.Query() })}
	done := make(chan struct{})
	go func() { _ = srv.Serve(l); close(done) }()
	s.Cleanup(func() { _ = srv.Close(); <-done })
	return "http://" + l.Addr().String() + "/ritorno", func() url.Values { return <-got }
}

func (s *stand) authorize(more url.Values) string {
	v := url.Values{"response_type": {"code"}, "client_id": {csc.PublicClient}, "state": {"s1"}, "code_challenge": {challenge()}, "code_challenge_method": {"S256"}}
	for name, value := range more {
		v[name] = value
	}
	return s.URL() + "/oauth2/authorize?" + v.Encode()
}

func (s *stand) exchange(code, redirect string, more url.Values) (int, object) {
	s.Helper()
	v := url.Values{"grant_type": {"authorization_code"}, "client_id": {csc.PublicClient}, "code": {code}, "redirect_uri": {redirect}, "code_verifier": {verifier}}
	for name, value := range more {
		v[name] = value
	}
	status, _, raw := s.form("/oauth2/token", v)
	var out object
	s.must(json.Unmarshal([]byte(raw), &out))
	return status, out
}

// TestOAuth logs in on the page, authorises three hashes on the page, and signs
// with the token that is a SAD, in both versions.
func TestOAuth(t *testing.T) {
	for _, v2 := range []bool{false, true} {
		s := start(t)
		redirect, came := s.waiting()
		who := signing.Person{User: s.doctor.CF}
		s.must(s.Browse(context.Background(), s.authorize(url.Values{"scope": {"service"}, "redirect_uri": {redirect}}), who))
		back := came()
		if back.Get("state") != "s1" {
			t.Fatalf("%v", back)
		}
		status, answer := s.exchange(back.Get("code"), redirect, nil)
		if status != 200 || answer["token_type"] != "Bearer" {
			t.Fatalf("%d %v", status, answer)
		}
		if status, again := s.exchange(back.Get("code"), redirect, nil); status != 400 || again["error"] != "invalid_grant" {
			t.Errorf("a code twice: %d %v", status, again)
		}
		s.token, _ = answer["access_token"].(string)
		id := vault.ID(vault.KindOAuth, s.doctor.CF)
		d := digest("uno")
		terms := url.Values{"scope": {"credential"}, "redirect_uri": {redirect}, "credentialID": {id}, "numSignatures": {"1"}, "hash": {base64.URLEncoding.EncodeToString(d)}}
		path, name := "/csc/v1/signatures/signHash", "hash"
		if v2 {
			path, name = "/csc/v2/signatures/signHash", "hashes"
			terms = url.Values{"redirect_uri": {redirect}, "authorization_details": {`[{"type":"credential","credentialID":"` + id + `","documentDigests":[{"hash":"` + b64(d) + `","label":"a"}],"hashAlgorithmOID":"2.16.840.1.101.3.4.2.1"}]`}}
		}
		s.must(s.Browse(context.Background(), s.authorize(terms), signing.Person{User: s.doctor.CF, WrongOTP: 1}))
		status, answer = s.exchange(came().Get("code"), redirect, nil)
		if status != 200 || answer["token_type"] != "SAD" || answer["credentialID"] != id {
			t.Fatalf("%d %v", status, answer)
		}
		in := object{"credentialID": id, name: []string{b64(d)}, "signAlgo": "1.2.840.113549.1.1.11"}
		if v2 {
			s.token, _ = answer["access_token"].(string)
		} else {
			in["SAD"] = answer["access_token"]
		}
		if status, signed := s.call(path, in); status != 200 || len(signed["signatures"].([]any)) != 1 {
			t.Errorf("%d %v", status, signed)
		}
		if status, again := s.call(path, in); status != 400 {
			t.Errorf("signed twice: %d %v", status, again)
		}
	}
}

func credentialTerms(s *stand, redirect string) url.Values {
	s.Vault.Credentials(s.doctor.CF) // an account is made when it is first named
	return url.Values{
		"scope": {"credential"}, "redirect_uri": {redirect}, "credentialID": {vault.ID(vault.KindOAuth, s.doctor.CF)}, "numSignatures": {"2"},
		"hash": {base64.RawURLEncoding.EncodeToString(digest("uno")) + "," + base64.RawURLEncoding.EncodeToString(digest("due"))}, "description": {"Due profili sanitari sintetici"},
	}
}

// TestOAuthErrors: to the client when it is a known one, else to the person.
func TestOAuthErrors(t *testing.T) {
	s := start(t)
	redirect := "http://127.0.0.1:1/ritorno"
	good := credentialTerms(s, redirect)
	change := func(more url.Values) url.Values {
		v := url.Values{}
		for name, value := range good {
			v[name] = value
		}
		for name, value := range more {
			v[name] = value
		}
		return v
	}
	for _, row := range []struct {
		name        string
		more        url.Values
		code, words string
	}{
		{"response type", url.Values{"response_type": {"token"}}, "unsupported_response_type", "response_type must be code"},
		{"scope", url.Values{"scope": {"all"}}, "invalid_scope", "scope must be service or credential"},
		{"no PKCE", url.Values{"code_challenge": {""}}, invalid, "Missing parameter code_challenge"},
		{"plain PKCE", url.Values{"code_challenge_method": {"plain"}}, invalid, "Invalid parameter code_challenge_method"},
		{"account", url.Values{"account_token": {"x"}}, invalid, "Invalid parameter account_token"},
		{"no credential", url.Values{"credentialID": {""}}, invalid, "Missing (or invalid type) string parameter credentialID"},
		{"with PIN and code", url.Values{"credentialID": {vault.ID(vault.KindRSA, s.doctor.CF)}}, invalid, "Invalid parameter credentialID"},
		{"no number", url.Values{"numSignatures": {""}}, invalid, "Missing (or invalid type) integer parameter numSignatures"},
		{"too many", url.Values{"numSignatures": {"1000"}}, invalid, "Numbers of signatures is too high"},
		{"no hash", url.Values{"hash": {""}}, invalid, "Missing (or invalid type) array parameter hash"},
		{"no Base64", url.Values{"hash": {"*,*"}}, invalid, "Invalid Base64 hash string parameter"},
		{"v2 without algorithm", url.Values{"hash": nil, "hashes": good["hash"]}, invalid, "Missing (or invalid type) string parameter hashAlgorithmOID"},
		{"details", url.Values{"authorization_details": {"{}"}}, "invalid_authorization_details", "Invalid parameter authorization_details"},
	} {
		status, header, body := s.get(s.authorize(change(row.more))[len(s.URL()):])
		back, err := url.Parse(header.Get("Location"))
		s.must(err)
		if v := back.Query(); status != http.StatusSeeOther || v.Get("error") != row.code || v.Get("error_description") != row.words || v.Get("state") != "s1" {
			t.Errorf("%s: %d %v %s", row.name, status, v, body)
		}
	}
	for name, more := range map[string]url.Values{"client": {"client_id": {"x"}}, "redirect": {"redirect_uri": {"https://example.com/"}}, "pushed": {"request_uri": {"urn:x"}}} {
		if status, header, body := s.get(s.authorize(change(more))[len(s.URL()):]); status != http.StatusBadRequest || header.Get("Location") != "" || len(body) == 0 {
			t.Errorf("%s: %d %v", name, status, header)
		}
	}
}

// TestTokenErrors: what the token endpoint refuses.
func TestTokenErrors(t *testing.T) {
	s := start(t)
	for _, row := range []struct {
		name   string
		form   url.Values
		status int
		code   string
	}{
		{"no client", url.Values{"grant_type": {"authorization_code"}}, 401, "invalid_client"},
		{"wrong secret", url.Values{"client_id": {csc.ConfidentialClient}, "client_secret": {"x"}}, 401, "invalid_client"},
		{"no grant", url.Values{"client_id": {csc.PublicClient}}, 400, "unsupported_grant_type"},
		{"no code", url.Values{"client_id": {csc.PublicClient}, "grant_type": {"authorization_code"}, "code": {"x"}}, 400, "invalid_grant"},
		{"no refresh token", url.Values{"client_id": {csc.PublicClient}, "grant_type": {"refresh_token"}, "refresh_token": {"x"}}, 400, "invalid_grant"},
		{"not for native programs", url.Values{"client_id": {csc.PublicClient}, "grant_type": {"client_credentials"}}, 400, "unauthorized_client"},
	} {
		status, _, raw := s.form("/oauth2/token", row.form)
		var out object
		s.must(json.Unmarshal([]byte(raw), &out))
		if status != row.status || out["error"] != row.code {
			t.Errorf("%s: %d %v", row.name, status, out)
		}
	}
}

// TestOAuthTokens: redirect and verifier must be those of the request, refresh
// gives another token, revocation ends it; a refusal comes back.
func TestOAuthTokens(t *testing.T) {
	s := start(t)
	redirect, came := s.waiting()
	login := s.authorize(url.Values{"redirect_uri": {redirect}})
	code := func() string {
		s.must(s.Browse(context.Background(), login, signing.Person{User: s.doctor.CF}))
		return came().Get("code")
	}
	if status, out := s.exchange(code(), redirect+"x", nil); status != 400 || out["error_description"] != "redirect_uri parameter does not match" {
		t.Errorf("redirect: %d %v", status, out)
	}
	if status, out := s.exchange(code(), redirect, url.Values{"code_verifier": {verifier + "x"}}); status != 400 || out["error"] != "invalid_grant" {
		t.Errorf("verifier: %d %v", status, out)
	}
	_, out := s.exchange(code(), redirect, nil)
	refresh, _ := out["refresh_token"].(string)
	_, _, raw := s.form("/oauth2/token", url.Values{"client_id": {csc.PublicClient}, "grant_type": {"refresh_token"}, "refresh_token": {refresh}})
	s.must(json.Unmarshal([]byte(raw), &out))
	s.token, _ = out["access_token"].(string)
	if status, _ := s.call("/csc/v2/credentials/list", object{}); status != 200 {
		t.Errorf("refreshed: %d", status)
	}
	if status, _, _ := s.form("/oauth2/revoke", url.Values{"client_id": {csc.PublicClient}, "token": {s.token}}); status != 204 {
		t.Errorf("revoke: %d", status)
	}
	s.refuses(true, refusal{"revoked", "credentials/list", object{}, 401, "invalid_token", "The access token is unknown or revoked"})
	s.must(s.Browse(context.Background(), login, signing.Person{Refuse: true}))
	if back := came(); back.Get("error") != "access_denied" {
		t.Errorf("refused: %v", back)
	}
	s.Vault.Next(vault.Order{Kind: vault.Refuse, Operation: "oauth2/authorize", Error: "temporarily_unavailable"})
	s.must(s.Browse(context.Background(), login, signing.Person{}))
	if back := came(); back.Get("error") != "temporarily_unavailable" {
		t.Errorf("ordered: %v", back)
	}
	s.Vault.Next(vault.Order{Kind: vault.Refuse, Operation: "oauth2/token", Status: 500, Error: "server_error"})
	if status, _, _ := s.form("/oauth2/token", nil); status != 500 {
		t.Errorf("ordered: %d", status)
	}
}

// TestPushed: the request is pushed first, and the browser gets its name only.
// A program of its own may list anybody's credentials.
func TestPushed(t *testing.T) {
	s := start(t)
	redirect, came := s.waiting()
	terms := credentialTerms(s, redirect)
	for name, value := range map[string]string{"response_type": "code", "client_id": csc.ConfidentialClient, "client_secret": csc.ClientSecret} {
		terms.Set(name, value)
	}
	status, _, raw := s.form("/oauth2/pushed_authorize", terms)
	var pushed struct {
		URI string `json:"request_uri"`
	}
	s.must(json.Unmarshal([]byte(raw), &pushed))
	if status != 201 {
		t.Fatalf("%d %s", status, raw)
	}
	short := s.URL() + "/oauth2/authorize?" + url.Values{"client_id": {csc.ConfidentialClient}, "request_uri": {pushed.URI}}.Encode()
	s.must(s.Browse(context.Background(), short, signing.Person{User: s.doctor.CF}))
	status, out := s.exchange(came().Get("code"), redirect, url.Values{"client_id": {csc.ConfidentialClient}, "client_secret": {csc.ClientSecret}})
	if status != 200 || out["token_type"] != "SAD" {
		t.Errorf("%d %v", status, out)
	}
	_, _, raw = s.form("/oauth2/token", url.Values{"client_id": {csc.ConfidentialClient}, "client_secret": {csc.ClientSecret}, "grant_type": {"client_credentials"}})
	s.must(json.Unmarshal([]byte(raw), &out))
	s.token, _ = out["access_token"].(string)
	if status, list := s.call("/csc/v1/credentials/list", object{"userID": s.doctor.CF}); status != 200 || len(list["credentialIDs"].([]any)) != 5 {
		t.Errorf("%d %v", status, list)
	}
	s.refuses(false, refusal{"nobody's", "credentials/list", object{}, 400, invalid, "Invalid parameter userID"})
	s.refuses(false, refusal{"unknown", "credentials/list", object{"userID": "x"}, 400, invalid, "Invalid parameter userID"})
	if status, info := s.call("/csc/v1/credentials/info", object{"credentialID": vault.ID(vault.KindEC, s.doctor.CF)}); status != 200 || info["key"].(object)["curve"] != "1.2.840.10045.3.1.7" {
		t.Errorf("%d %v", status, info)
	}
}
