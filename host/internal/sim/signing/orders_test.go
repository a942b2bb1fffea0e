package signing_test

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"math/big"
	"net/http"
	"testing"
	"time"

	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/sim/signing"
	"raccordo/host/internal/sim/signing/vault"
)

// sign authorises and signs one text, and returns the values.
func (s *stand) sign(kind string, change object, texts ...string) [][]byte {
	s.Helper()
	in := with(s.signing(false, kind, texts...), change)
	in["SAD"] = s.pass(false, kind, texts...)
	status, out := s.call("/csc/v1/signatures/signHash", in)
	if status != 200 {
		s.Fatalf("signHash: %d %v", status, out)
	}
	var all [][]byte
	for _, each := range out["signatures"].([]any) {
		raw, err := base64.StdEncoding.DecodeString(each.(string))
		s.must(err)
		all = append(all, raw)
	}
	return all
}

func (s *stand) cert(kind string) vault.Credential {
	s.Helper()
	c, ok := s.Vault.Credential(s.doctor.CF, vault.ID(kind, s.doctor.CF))
	if !ok {
		s.Fatal("no such credential")
	}
	return c
}

// TestAlgorithms: each signs in the way that it says.
func TestAlgorithms(t *testing.T) {
	s := start(t)
	s.login("v1")
	rsaCert, ecCert := s.cert(vault.KindRSA).Cert, s.cert(vault.KindEC).Cert
	pss := object{"signAlgo": "1.2.840.113549.1.1.10", "signAlgoParams": "MDmgDzANBglghkgBZQMEAgEFAKEcMBoGCSqGSIb3DQEBCDANBglghkgBZQMEAgEFAKIDAgEgowMCAQE="}
	value := s.sign(vault.KindRSA, pss, "uno")[0]
	if err := rsa.VerifyPSS(rsaCert.PublicKey.(*rsa.PublicKey), 5, digest("uno"), value, &rsa.PSSOptions{SaltLength: 32}); err != nil {
		t.Errorf("PSS: %v", err)
	}
	ec := object{"signAlgo": "1.2.840.10045.4.3.2"}
	s.must(check(ecCert, digest("uno"), s.sign(vault.KindEC, ec, "uno")[0]))
	s.Vault.Change(func(set *vault.Settings) { set.RawECDSA = true })
	raw := s.sign(vault.KindEC, ec, "uno")[0]
	r, w := new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])
	if len(raw) != 64 || !ecdsa.Verify(ecCert.PublicKey.(*ecdsa.PublicKey), digest("uno"), r, w) {
		t.Errorf("%d bytes of r and s", len(raw))
	}
	var der struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(raw, &der); err == nil {
		t.Error("still DER")
	}
}

// TestWrongSignatures: the next one is wrong in the way that was ordered, the
// one after it right.
func TestWrongSignatures(t *testing.T) {
	s := start(t)
	s.login("v1")
	for _, kind := range []string{vault.WrongOwner, vault.Spoiled, vault.OtherHash} {
		for _, row := range []struct {
			credential string
			how        object
		}{{vault.KindRSA, nil}, {vault.KindEC, object{"signAlgo": "1.2.840.10045.4.3.2"}}} {
			s.Vault.Next(vault.Order{Kind: kind})
			all := s.sign(row.credential, row.how, "uno", "due")
			cert := s.cert(row.credential).Cert
			if check(cert, digest("uno"), all[0]) == nil {
				t.Errorf("%s %s: the signature is right", kind, row.credential)
			}
			if err := check(cert, digest("due"), all[1]); err != nil {
				t.Errorf("%s %s: the one after: %v", kind, row.credential, err)
			}
		}
	}
	s.Vault.Change(func(set *vault.Settings) { set.ShortAnswers = true })
	if got := len(s.sign(vault.KindRSA, nil, "uno", "due")); got != 1 {
		t.Errorf("%d signatures", got)
	}
}

// TestOrderedRefusal: any row of the table, for so many requests.
func TestOrderedRefusal(t *testing.T) {
	s := start(t)
	s.login("v1")
	s.Vault.Next(vault.Order{Kind: vault.Refuse, Operation: "credentials/list", Status: 503, Error: "temporarily_unavailable", Description: "later", Times: 2})
	if len(s.Vault.Ordered()) != 1 {
		t.Errorf("%v", s.Vault.Ordered())
	}
	if status, _ := s.call("/csc/v1/credentials/info", object{"credentialID": vault.ID(vault.KindRSA, s.doctor.CF)}); status != 200 {
		t.Errorf("another method: %d", status)
	}
	for range 2 {
		s.refuses(false, refusal{"ordered", "credentials/list", object{}, 503, "temporarily_unavailable", "later"})
	}
	if status, _ := s.call("/csc/v1/credentials/list", object{}); status != 200 {
		t.Errorf("then: %d", status)
	}
	s.Vault.Change(func(set *vault.Settings) { set.BareErrors = true })
	if _, out := s.call("/csc/v1/credentials/info", object{}); out["error_description"] != nil {
		t.Errorf("%v", out)
	}
	s.Vault.Next(vault.Order{Kind: vault.Refuse})
	s.SetDown(true)
	s.Clear()
	if s.Down() || len(s.Vault.Ordered()) != 0 || s.Vault.Settings() != vault.Usual() {
		t.Error("not cleared")
	}
}

// TestPages: a list in pages of two, to its end.
func TestPages(t *testing.T) {
	s := start(t)
	s.login("v1")
	s.Vault.Change(func(set *vault.Settings) { set.PageSize = 2 })
	var all []any
	in := object{}
	for range 10 {
		_, out := s.call("/csc/v1/credentials/list", in)
		all = append(all, out["credentialIDs"].([]any)...)
		if out["nextPageToken"] == nil {
			break
		}
		in["pageToken"] = out["nextPageToken"]
	}
	if len(all) != 5 || all[1] != vault.ID(vault.KindEC, s.doctor.CF) {
		t.Errorf("%v", all)
	}
	_, out := s.call("/csc/v2/credentials/list", object{"credentialInfo": true, "authInfo": true, "onlyValid": true})
	if infos := out["credentialInfos"].([]any); len(infos) != 3 || infos[0].(object)["auth"].(object)["expression"] != "PIN AND OTP" {
		t.Errorf("%v", out)
	}
}

// TestDeviations: what some services do, on command.
func TestDeviations(t *testing.T) {
	s := start(t)
	s.login("v1")
	s.Vault.Change(func(set *vault.Settings) {
		set.Specs, set.MultisignBoolean, set.SCAL, set.NoExtend, set.IssuerOnly, set.HashesPerCall = "1.0.3.0", true, "1", true, true, 1
	})
	_, info := s.call("/csc/v1/info", object{})
	if info["specs"] != "1.0.3.0" || len(info["methods"].([]any)) != 10 {
		t.Errorf("%v", info)
	}
	if _, info := s.call("/csc/v2/info", object{}); info["oauth2"] != nil || info["oauth2Issuer"] != s.URL() {
		t.Errorf("%v", info)
	}
	if _, info := s.call("/csc/v1/credentials/info", object{"credentialID": vault.ID(vault.KindRSA, s.doctor.CF)}); info["multisign"] != true || info["SCAL"] != "1" {
		t.Errorf("%v", info)
	}
	terms := with(s.terms(false, vault.KindRSA, "uno"), object{"hash": nil})
	status, out := s.call("/csc/v1/credentials/authorize", terms)
	if status != 200 {
		t.Fatalf("SCAL 1 without hashes: %d %v", status, out)
	}
	in := with(s.signing(false, vault.KindRSA, "due", "tre"), object{"SAD": out["SAD"]})
	s.refuses(false, refusal{"more than one at a time", "signatures/signHash", in, 400, invalid, "Numbers of signatures is too high"})
	if status, out := s.call("/csc/v1/signatures/signHash", with(in, object{"hash": []string{b64(digest("due"))}})); status != 200 {
		t.Errorf("a hash that was not shown, with SCAL 1: %d %v", status, out)
	}
	s.refuses(false, refusal{"not offered", "credentials/extendTransaction", in, 501, "access_denied", "Method credentials/extendTransaction is not implemented"})
	s.Vault.Change(func(set *vault.Settings) { set.OAuthOnly, set.EmptyObjects = true, true })
	if status, out := s.call("/csc/v1/credentials/sendOTP", object{"credentialID": vault.ID(vault.KindRSA, s.doctor.CF)}); status != 200 || out == nil || len(out) != 0 {
		t.Errorf("sendOTP: %d %v", status, out)
	}
	s.refuses(false, refusal{"not offered", "auth/login", object{}, 501, "access_denied", "Method auth/login is not implemented"})
}

// TestFaults: what any service may suffer happens to each of these.
func TestFaults(t *testing.T) {
	s := start(t)
	s.http.Timeout = 5 * time.Second
	paths := map[faults.Service]string{
		signing.CSCv1: "/csc/v1/info", signing.CSCv2: "/csc/v2/info", signing.OAuth: "/.well-known/oauth-authorization-server", signing.ARSS: "/arss",
		signing.TSA: "/tsa", signing.OCSP: "/ocsp/x", signing.CRL: "/crl", signing.TrustList: "/ca.cer",
	}
	for _, service := range signing.Services() {
		s.Plan().Inject(faults.Fault{Kind: faults.Unavailable, Service: service, Times: 1})
		if status, _, _ := s.get(paths[service]); status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d", service, status)
		}
		s.Plan().Inject(faults.Fault{Kind: faults.Maintenance, Status: 200, Service: signing.Everything, Times: 1})
		if status, header, _ := s.get(paths[service]); status != 200 || header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %d %v", service, status, header)
		}
		s.Plan().Inject(faults.Fault{Kind: faults.LostRequest, Service: service, Times: 2}) // the client tries again on a fresh connection
		if answer, err := s.http.Get(s.URL() + paths[service]); err == nil {
			_ = answer.Body.Close()
			t.Errorf("%s answers", service)
		}
		if status, _, _ := s.get(paths[service]); status == http.StatusServiceUnavailable || s.Requests()[service] != 5 {
			t.Errorf("%s: %d, %d requests", service, status, s.Requests()[service])
		}
	}
	s.http.CloseIdleConnections()
	s.Plan().Inject(faults.Fault{Kind: faults.UnknownAuthority, Service: signing.Everything, Times: 1})
	var unknown x509.UnknownAuthorityError
	if _, err := s.http.Get(s.URL() + "/crl"); !errors.As(err, &unknown) {
		t.Errorf("certificate of an unknown authority: %v", err)
	}
	s.SetDown(true)
	if answer, err := s.http.Get(s.URL() + "/crl"); err == nil {
		_ = answer.Body.Close()
		t.Error("off, and answers")
	}
}
