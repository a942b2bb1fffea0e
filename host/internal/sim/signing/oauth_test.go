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
