package signing_test

import (
	"maps"
	"testing"
	"time"

	"raccordo/host/internal/sim/signing/vault"
)

const (
	sha256OID = "2.16.840.1.101.3.4.2.1"
	rsa256OID = "1.2.840.113549.1.1.11"
)

// pass authorises signatures over texts with PIN and code, and returns the SAD.
func (s *stand) pass(v2 bool, kind string, texts ...string) string {
	s.Helper()
	status, out := s.call(base(v2)+"credentials/authorize", s.terms(v2, kind, texts...))
	sad, _ := out["SAD"].(string)
	if status != 200 || sad == "" {
		s.Fatalf("authorize: %d %v", status, out)
	}
	return sad
}

func base(v2 bool) string {
	if v2 {
		return "/csc/v2/"
	}
	return "/csc/v1/"
}

// terms are right parameters of credentials/authorize, with a fresh code.
func (s *stand) terms(v2 bool, kind string, texts ...string) object {
	in := s.signing(v2, kind, texts...)
	delete(in, "signAlgo")
	in["numSignatures"] = len(texts)
	if v2 {
		in["hashAlgorithmOID"] = sha256OID
		in["authData"] = []object{{"id": "PIN", "value": vault.PIN}, {"id": "OTP", "value": s.otp()}}
		return in
	}
	in["PIN"], in["OTP"] = vault.PIN, s.otp()
	return in
}

// signing are right parameters of signatures/signHash, but for the SAD.
func (s *stand) signing(v2 bool, kind string, texts ...string) object {
	var hashes []string
	for _, text := range texts {
		hashes = append(hashes, b64(digest(text)))
	}
	name := "hash"
	if v2 {
		name = "hashes"
	}
	return object{"credentialID": vault.ID(kind, s.doctor.CF), name: hashes, "signAlgo": rsa256OID}
}

// with is in with changes; nil takes a member away.
func with(in, change object) object {
	out := maps.Clone(in)
	for name, value := range change {
		if out[name] = value; value == nil {
			delete(out, name)
		}
	}
	return out
}

type refusal struct {
	name        string
	path        string
	in          object
	status      int
	code, words string
}

func (s *stand) refuses(v2 bool, r refusal) {
	s.Helper()
	status, out := s.call(base(v2)+r.path, r.in)
	if status != r.status || out["error"] != r.code || out["error_description"] != r.words {
		s.Errorf("%s: %d %v, want %d %s %q", r.name, status, out, r.status, r.code, r.words)
	}
}

const invalid = "invalid_request"

func TestErrorsOfV1(t *testing.T) {
	s := start(t)
	s.refuses(false, refusal{"no token", "credentials/list", object{}, 401, "invalid_token", "Missing or malformed authorization header"})
	s.token = "x"
	s.refuses(false, refusal{"unknown token", "credentials/list", object{}, 401, "invalid_token", "The access token is unknown or revoked"})
	s.login("v1")
	id := vault.ID(vault.KindRSA, s.doctor.CF)
	terms := s.terms(false, vault.KindRSA, "uno", "due")
	named := object{"credentialID": id}
	for _, r := range []refusal{
		{"userID", "credentials/list", object{"userID": "x"}, 400, invalid, "userID parameter MUST be null"},
		{"page of nowhere", "credentials/list", object{"pageToken": "x"}, 400, invalid, "Invalid parameter pageToken"},
		{"no results", "credentials/list", object{"maxResults": 0}, 400, invalid, "Invalid parameter maxResults"},
		{"client data", "credentials/list", object{"clientData": 1}, 400, invalid, "Invalid parameter clientData"},
		{"no credential", "credentials/info", object{}, 400, invalid, "Missing (or invalid type) string parameter credentialID"},
		{"credential of a wrong type", "credentials/info", object{"credentialID": 7}, 400, invalid, "Missing (or invalid type) string parameter credentialID"},
		{"unknown credential", "credentials/info", object{"credentialID": "x"}, 400, invalid, "Invalid parameter credentialID"},
		{"certificates", "credentials/info", with(named, object{"certificates": "all"}), 400, invalid, "Invalid parameter certificates"},
		{"unknown method", "signatures/signDoc", object{}, 501, "access_denied", "Method signatures/signDoc is not implemented"},
		{"no number", "credentials/authorize", with(terms, object{"numSignatures": nil}), 400, invalid, "Missing (or invalid type) integer parameter numSignatures"},
		{"number as text", "credentials/authorize", with(terms, object{"numSignatures": "2"}), 400, invalid, "Missing (or invalid type) integer parameter numSignatures"},
		{"none", "credentials/authorize", with(terms, object{"numSignatures": 0}), 400, invalid, "Invalid value for parameter numSignatures"},
		{"another number", "credentials/authorize", with(terms, object{"numSignatures": 3}), 400, invalid, "Invalid value for parameter numSignatures"},
		{"too many", "credentials/authorize", with(terms, object{"numSignatures": 1000}), 400, invalid, "Numbers of signatures is too high"},
		{"no hash", "credentials/authorize", with(terms, object{"hash": nil}), 400, invalid, "Missing (or invalid type) array parameter hash"},
		{"hash of a wrong type", "credentials/authorize", with(terms, object{"hash": "x"}), 400, invalid, "Missing (or invalid type) array parameter hash"},
		{"no Base64", "credentials/authorize", with(terms, object{"hash": []string{"*"}}), 400, invalid, "Invalid Base64 hash string parameter"},
		{"no PIN", "credentials/authorize", with(terms, object{"PIN": nil}), 400, invalid, "Missing (or invalid type) string parameter PIN"},
		{"no OTP", "credentials/authorize", with(terms, object{"OTP": nil}), 400, invalid, "Missing (or invalid type) string parameter OTP"},
		{"disabled", "credentials/authorize", with(terms, object{"credentialID": vault.ID(vault.KindDisabled, s.doctor.CF)}), 400, invalid, "The credential identified by credentialID is disabled"},
		{"expired", "credentials/authorize", with(terms, object{"credentialID": vault.ID(vault.KindExpired, s.doctor.CF)}), 400, invalid, "Invalid certificate status"},
		{"by page only", "credentials/authorize", with(terms, object{"credentialID": vault.ID(vault.KindOAuth, s.doctor.CF)}), 400, invalid, "Invalid parameter credentialID"},
		{"code for a page", "credentials/sendOTP", object{"credentialID": vault.ID(vault.KindOAuth, s.doctor.CF)}, 400, invalid, "Invalid parameter credentialID"},
		{"wrong PIN", "credentials/authorize", with(terms, object{"PIN": "0"}), 400, "invalid_pin", "The PIN is invalid"},
		{"wrong OTP", "credentials/authorize", with(terms, object{"OTP": "0"}), 400, "invalid_otp", "The OTP is invalid"},
	} {
		s.refuses(false, r)
	}
	s.errorsOfSignHash(false)
}

func TestErrorsOfV2(t *testing.T) {
	s := start(t)
	s.login("v2")
	terms := s.terms(true, vault.KindRSA, "uno", "due")
	named := object{"credentialID": vault.ID(vault.KindRSA, s.doctor.CF)}
	right := object{"id": "PIN", "value": vault.PIN}
	for _, r := range []refusal{
		{"no challenge", "credentials/getChallenge", named, 400, invalid, "Missing (or invalid type) string parameter authObjectID"},
		{"another challenge", "credentials/getChallenge", with(named, object{"authObjectID": "PIN"}), 400, invalid, "Invalid parameter authObjectID"},
		{"v1's method", "credentials/sendOTP", named, 501, "access_denied", "Method credentials/sendOTP is not implemented"},
		{"no hash", "credentials/authorize", with(terms, object{"hashes": nil}), 400, invalid, "Missing (or invalid type) array parameter hashes"},
		{"empty hashes", "credentials/authorize", with(terms, object{"hashes": []string{}}), 400, invalid, "Empty hash array"},
		{"no hash algorithm", "credentials/authorize", with(terms, object{"hashAlgorithmOID": nil}), 400, invalid, "Missing (or invalid type) string parameter hashAlgorithmOID"},
		{"SHA-1", "credentials/authorize", with(terms, object{"hashAlgorithmOID": "1.3.14.3.2.26"}), 400, invalid, "Invalid parameter hashAlgorithmOID"},
		{"another length", "credentials/authorize", with(terms, object{"hashAlgorithmOID": "2.16.840.1.101.3.4.2.2"}), 400, invalid, "Invalid digest value length"},
		{"no authData", "credentials/authorize", with(terms, object{"authData": nil}), 400, invalid, "Missing (or invalid type) array parameter authData"},
		{"only the PIN", "credentials/authorize", with(terms, object{"authData": []object{right}}), 400, "invalid_authentication_data", "The authentication data is invalid"},
		{"wrong OTP", "credentials/authorize", with(terms, object{"authData": []object{right, {"id": "OTP", "value": "0"}}}), 400, "invalid_authentication_data", "The authentication data is invalid"},
		{"unknown handle", "credentials/authorizeCheck", object{"handle": "x"}, 400, invalid, "Invalid parameter handle"},
		{"unknown request", "signatures/signPolling", object{"requestID": "x"}, 400, invalid, "Invalid parameter requestID"},
	} {
		s.refuses(true, r)
	}
	s.errorsOfSignHash(true)
}

func (s *stand) errorsOfSignHash(v2 bool) {
	s.Helper()
	name, algo := "hash", "hashAlgo"
	if v2 {
		name, algo = "hashes", "hashAlgorithmOID"
	}
	in := s.signing(v2, vault.KindRSA, "uno", "due")
	in["SAD"] = s.pass(v2, vault.KindRSA, "uno", "due")
	for _, r := range []refusal{
		{"no hash", "", with(in, object{name: nil}), 400, invalid, "Missing (or invalid type) array parameter " + name},
		{"empty hashes", "", with(in, object{name: []string{}}), 400, invalid, "Empty hash array"},
		{"a short digest", "", with(in, object{name: []string{b64([]byte("x"))}}), 400, invalid, "Invalid digest value length"},
		{"no SAD", "", with(in, object{"SAD": nil}), 400, invalid, "Missing (or invalid type) string parameter SAD"},
		{"another SAD", "", with(in, object{"SAD": "x"}), 400, invalid, "Invalid parameter SAD"},
		{"no algorithm", "", with(in, object{"signAlgo": nil}), 400, invalid, "Missing (or invalid type) string parameter signAlgo"},
		{"ECDSA with RSA", "", with(in, object{"signAlgo": "1.2.840.10045.4.3.2"}), 400, invalid, "Invalid parameter signAlgo"},
		{"SHA-1 with RSA", "", with(in, object{"signAlgo": "1.2.840.113549.1.1.5"}), 400, invalid, "Invalid parameter signAlgo"},
		{"RSA without a hash", "", with(in, object{"signAlgo": "1.2.840.113549.1.1.1"}), 400, invalid, "Missing (or invalid type) string parameter " + algo},
		{"SHA-1", "", with(in, object{"signAlgo": "1.2.840.113549.1.1.1", algo: "1.3.14.3.2.26"}), 400, invalid, "Invalid parameter " + algo},
		{"PSS without parameters", "", with(in, object{"signAlgo": "1.2.840.113549.1.1.10"}), 400, invalid, "Missing (or invalid type) string parameter signAlgoParams"},
		{"PSS of something", "", with(in, object{"signAlgo": "1.2.840.113549.1.1.10", "signAlgoParams": "MAA="}), 400, invalid, "Invalid parameter signAlgoParams"},
		{"a hash that was not shown", "", with(in, object{name: []string{b64(digest("tre"))}}), 400, invalid, "Hash is not authorized by the SAD"},
		{"more than agreed", "", with(in, object{name: []string{b64(digest("uno")), b64(digest("uno")), b64(digest("due"))}}), 400, invalid, "Numbers of signatures is too high"},
	} {
		r.path = "signatures/signHash"
		s.refuses(v2, r)
	}
	if status, out := s.call(base(v2)+"signatures/signHash", with(in, object{name: []string{b64(digest("uno"))}})); status != 200 {
		s.Fatalf("after so many refusals: %d %v", status, out)
	}
	s.refuses(v2, refusal{"used", "signatures/signHash", with(in, object{name: []string{b64(digest("due"))}}), 400, invalid, "Invalid parameter SAD"})
	more := object{"credentialID": in["credentialID"], "SAD": in["SAD"], name: []string{b64(digest("due"))}}
	if v2 {
		more[algo] = sha256OID
	}
	s.refuses(v2, refusal{"extended without hashes", "credentials/extendTransaction", with(more, object{name: nil}), 400, invalid, "Missing (or invalid type) array parameter " + name})
	status, out := s.call(base(v2)+"credentials/extendTransaction", more)
	if status != 200 || out["SAD"] == in["SAD"] {
		s.Fatalf("extend: %d %v", status, out)
	}
	if status, out := s.call(base(v2)+"signatures/signHash", with(in, object{name: []string{b64(digest("due"))}, "SAD": out["SAD"]})); status != 200 {
		s.Errorf("extended: %d %v", status, out)
	}
	in["SAD"] = s.pass(v2, vault.KindRSA, "uno", "due")
	s.Vault.SetCredential(s.doctor.CF, vault.KindRSA, false, vault.Expired)
	s.refuses(v2, refusal{"expired meanwhile", "signatures/signHash", in, 400, invalid, "Signing certificate 'GIULIA VERDI' is expired"})
	s.Vault.SetCredential(s.doctor.CF, vault.KindRSA, false, vault.Valid)
	s.CSC.ExpireSADs()
	s.refuses(v2, refusal{"old SAD", "signatures/signHash", in, 400, invalid, "SAD expired"})
	s.CSC.ExpireTokens()
	s.refuses(v2, refusal{"old token", "credentials/list", object{}, 401, "expired_token", "The access token expired"})
}

// TestLock: four wrong codes in a row, or three wrong PINs, and nothing goes.
func TestLock(t *testing.T) {
	for _, v2 := range []bool{false, true} {
		s := start(t)
		s.login("v1")
		words := "PIN locked"
		if v2 {
			words = "Credential locked"
		}
		wrong := s.terms(v2, vault.KindRSA, "uno")
		if wrong["OTP"] = "0"; v2 {
			wrong = with(wrong, object{"OTP": nil, "authData": []object{{"id": "PIN", "value": vault.PIN}, {"id": "OTP", "value": "0"}}})
		}
		for range vault.MaxWrongOTP - 1 {
			s.call(base(v2)+"credentials/authorize", wrong)
		}
		s.pass(v2, vault.KindRSA, "uno") // in a row: the right one takes the wrong ones back
		for range vault.MaxWrongOTP {
			s.call(base(v2)+"credentials/authorize", wrong)
		}
		s.refuses(v2, refusal{"right and late", "credentials/authorize", s.terms(v2, vault.KindRSA, "uno"), 400, invalid, words})
		if pin, otp := s.Vault.Attempts(s.doctor.CF); !s.Vault.Locked(s.doctor.CF) || pin != 0 || otp != vault.MaxWrongOTP {
			t.Errorf("locked: %d and %d wrong ones", pin, otp)
		}
		s.Vault.Unlock()
		s.pass(v2, vault.KindRSA, "uno")
	}
}

// TestOneTimePassword: good once, for its time, the last one only.
func TestOneTimePassword(t *testing.T) {
	s := start(t)
	first, second, pin := s.otp(), s.otp(), vault.PIN
	for _, row := range []struct {
		name string
		otp  string
		want vault.Verdict
	}{{"the one before", first, vault.WrongOTP}, {"the last", second, vault.Right}, {"again", second, vault.WrongOTP}, {"none", "", vault.WrongOTP}} {
		if got := s.Vault.Check(s.doctor.CF, &pin, &row.otp); got != row.want {
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
		}
	}
	s.Vault.Change(func(set *vault.Settings) { set.OTPType = vault.OTPOffline })
	code := s.Vault.AppCode(s.doctor.CF)
	if s.Vault.Check(s.doctor.CF, &pin, &code) != vault.Right || s.Vault.Check(s.doctor.CF, &pin, &code) != vault.WrongOTP {
		t.Error("the generator's code is not good once")
	}
	if s.Vault.Check("XXXXXX00X00X000X", &pin, &code) != vault.Locked || s.Vault.Login("XXXXXX00X00X000X", vault.Password) {
		t.Error("somebody who is not there gets in")
	}
	old := s.otp()
	s.later.Store(int64(3 * time.Minute))
	if s.Vault.Check(s.doctor.CF, &pin, &old) != vault.WrongOTP {
		t.Error("an old code is good")
	}
}
