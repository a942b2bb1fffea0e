package remotesign_test

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/remotesign"
	"raccordo/host/internal/sim/signing/csc"
	"raccordo/host/internal/sim/signing/vault"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/wire"
)

// TestWhichCredential: which certificates can sign, and which comes first.
func TestWhichCredential(t *testing.T) {
	d := newDesk(t)
	d.v1(nil)
	ca, err := testca.New("carte")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	certificate := func(usage x509.KeyUsage, from, to time.Time) object {
		der, err := ca.Issue(&x509.Certificate{Subject: testca.Subject("Prova"), KeyUsage: usage, NotBefore: from, NotAfter: to}, d.key.Public())
		if err != nil {
			t.Fatal(err)
		}
		return object{"status": "valid", "certificates": []string{base64.StdEncoding.EncodeToString(der)}}
	}
	past, future := now.Add(-time.Hour), now.Add(time.Hour)
	rows := []struct {
		id, why string
		more    object
	}{
		{"scaduto", "certificate expired", object{"cert": certificate(x509.KeyUsageContentCommitment, past.Add(-time.Hour), past)}},
		{"futuro", "certificate not valid yet", object{"cert": certificate(x509.KeyUsageContentCommitment, future, future.Add(time.Hour))}},
		{"cifra", "certificate is not for signing", object{"cert": certificate(x509.KeyUsageKeyEncipherment, past, future)}},
		{"accesso", "", object{"cert": certificate(x509.KeyUsageDigitalSignature, past, future)}},
		{"firma", "", object{"cert": certificate(x509.KeyUsageContentCommitment, past, future)}},
		{"spento", "disabled", object{"key": object{"status": "disabled"}}},
		{"sospeso", "certificate suspended", object{"cert": object{"status": "suspended"}}},
		{"strano", "certificate not valid", object{"cert": object{"status": "in lavorazione"}}},
		{"modo", "unknown way of authorisation", object{"authMode": "telepatia"}},
	}
	var ids []string
	told := map[string]object{}
	for _, r := range rows {
		ids = append(ids, r.id)
		told[r.id] = d.described(r.more)
	}
	d.on("POST credentials/list", 200, object{"credentialIDs": ids})
	d.answers["POST credentials/info"] = func(in object) (int, any) { return 200, told[in["credentialID"].(string)] }
	s := d.service(d.profile())
	all, err := s.Signers(t.Context())
	if err != nil || len(all) != len(rows) || all[0].ID != "firma" || all[1].ID != "accesso" {
		t.Fatalf("%v %v", all, err)
	}
	for _, r := range rows {
		for _, c := range all {
			if c.ID != r.id {
				continue
			}
			if r.why == "" && c.Unusable != nil || r.why != "" && (c.Unusable == nil || want(t, c.Unusable, wire.ErrRemoteCred).Detail != r.why) {
				t.Errorf("%s: %v", r.id, c.Unusable)
			}
		}
	}
	if _, err := s.Open(t.Context(), "firma", crypto.SHA512); err == nil {
		t.Error("a hash that the key does not do was taken")
	}
}

// stuck cannot be written to.
type stuck struct{ *drawer }

func (stuck) Put(string, []byte) error { return errors.New("disk full") }
func (stuck) Delete(string) error      { return errors.New("disk full") }

// TestKeeping: what cannot be kept is asked for again, and stops nobody.
func TestKeeping(t *testing.T) {
	p := newPlace(t)
	for name, kept := range map[string]remotesign.Kept{"full": stuck{newDrawer()}, "none": nil} {
		t.Run(name, func(t *testing.T) {
			for _, profile := range []remotesign.Profile{p.csc2(), p.arss()} {
				s, err := remotesign.New(profile, p.http, p.doctor, kept, remotesign.Options{Poll: time.Millisecond})
				p.must(err)
				k, err := s.Open(t.Context(), "", 0)
				p.must(err)
				if done, err := sign(t, k, hashes(k, 2)); err != nil || done != 2 {
					t.Error(done, err)
				}
				p.must(k.Close())
				if err := s.Forget(t.Context()); (err != nil) != (kept != nil) {
					t.Error(err)
				}
			}
		})
	}
}

// TestIssuers: metadata of an authorization server that is not the one named.
func TestIssuers(t *testing.T) {
	for name, change := range map[string]func(object){
		"of another issuer": func(m object) { m["issuer"] = "https://altrove.example" },
		"token over http":   func(m object) { m["token_endpoint"] = "http://altrove.example/token" },
		"no page":           func(m object) { delete(m, "authorization_endpoint") },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.v1(nil)
			issuer := d.server.URL + "/ente"
			d.on("POST info", 200, object{"specs": "2.0.0.0", "oauth2Issuer": issuer, "authType": []string{"oauth2code"}})
			m := object{"issuer": issuer, "authorization_endpoint": d.server.URL + "/a", "token_endpoint": d.server.URL + "/t"}
			change(m)
			d.on("GET /.well-known/oauth-authorization-server/ente", 200, m)
			p := d.profile()
			p.Authorize, p.ClientID = "", "c"
			_, err := d.service(p).Signers(t.Context())
			want(t, err, wire.ErrRemoteAnswer)
		})
	}
}

// TestOldService: one that gives no specs is of the version that its address
// names, and one that lists no methods is taken at the standard's word.
func TestOldService(t *testing.T) {
	for base, name := range map[string]string{"/api/csc/v1": "hash", "/api/csc/v2": "hashes"} {
		d := newDesk(t)
		at := "POST " + strings.TrimPrefix(base, "/api/") + "/"
		d.on(at+"info", 200, object{"methods": []string{"credentials/list", "credentials/authorize", "signatures/signHash"}})
		d.on(at+"credentials/list", 200, object{"credentialIDs": "uno"})
		d.on(at+"credentials/info", 200, d.described(nil))
		d.on(at+"credentials/authorize", 200, object{"SAD": "s"})
		d.answers[at+"signatures/signHash"] = func(in object) (int, any) { return 200, d.signed(in, name) }
		p := d.profile()
		p.URL = d.server.URL + base
		if done, err := d.signs(p, 1); err != nil || done != 1 {
			t.Error(base, done, err)
		}
	}
}

// TestPushedRefused: a request that the authorization server does not take, and
// a secret of the client's that goes along with it.
func TestPushedRefused(t *testing.T) {
	p := newPlace(t)
	p.browse = p.follow(nil)
	p.account = func(remotesign.AccountRequest) (string, string, error) { return "", csc.ClientSecret, nil }
	q := versions["CSC 2"](p)
	q.ClientID, q.Confidential = csc.ConfidentialClient, true
	k := p.open(p.service(q), oauthKey(p.cf))
	if done, err := sign(t, k, hashes(k, 200)); err != nil || done != 200 || len(p.accounts) != 1 {
		t.Error(done, err, len(p.accounts))
	}
	for _, page := range p.pages {
		if len(page) > 600 || strings.Contains(page, csc.ClientSecret) {
			t.Error(len(page), "characters of an address")
		}
	}
	p.Vault.Next(vault.Order{Kind: vault.Refuse, Operation: "oauth2/pushed_authorize", Error: "invalid_scope"})
	pages := len(p.pages)
	_, err := sign(t, k, hashes(k, 1))
	if want(t, err, wire.ErrRemoteConfig); len(p.pages) != pages {
		t.Error("a page was opened")
	}
}

// TestSilentLock: a service that has one code for a wrong one-time password and
// for a locked account.
func TestSilentLock(t *testing.T) {
	p := newPlace(t)
	k := p.open(p.service(p.arss()), "")
	for i := range 6 {
		p.Vault.Next(vault.Order{Kind: vault.Refuse, Operation: "opensession", Error: "0003"})
		_, err := sign(t, k, hashes(k, 1))
		code := wire.ErrRemoteOTP
		if i >= 4 {
			code = wire.ErrRemoteLocked
		}
		want(t, err, code)
	}
}
