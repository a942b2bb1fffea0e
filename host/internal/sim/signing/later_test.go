package signing_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"raccordo/host/internal/sim/signing/vault"
)

// TestAsync: v2 answers later, twice "not yet" before.
func TestAsync(t *testing.T) {
	s := start(t)
	s.login("v2")
	s.Vault.Change(func(set *vault.Settings) { set.Polls = 3 })
	status, out := s.call("/csc/v2/credentials/authorize", s.terms(true, vault.KindRSA, "uno"))
	for range 2 {
		if status != 202 || out["handle"] == nil {
			t.Fatalf("%d %v", status, out)
		}
		status, out = s.call("/csc/v2/credentials/authorizeCheck", object{"handle": out["handle"]})
	}
	if status != 202 {
		t.Fatalf("%d %v", status, out)
	}
	status, out = s.call("/csc/v2/credentials/authorizeCheck", object{"handle": out["handle"]})
	if status != 200 || out["SAD"] == nil {
		t.Fatalf("%d %v", status, out)
	}
	_, out = s.call("/csc/v2/signatures/signHash", with(s.signing(true, vault.KindRSA, "uno"), object{"SAD": out["SAD"], "operationMode": "A"}))
	id := out["responseID"]
	for range 2 {
		if status, out = s.call("/csc/v2/signatures/signPolling", object{"requestID": id}); status != 202 {
			t.Fatalf("%d %v", status, out)
		}
	}
	if status, out = s.call("/csc/v2/signatures/signPolling", object{"requestID": id}); status != 200 || len(out["signatures"].([]any)) != 1 {
		t.Fatalf("%d %v", status, out)
	}
	if status, _ = s.call("/csc/v2/signatures/signPolling", object{"requestID": id}); status != 400 {
		t.Errorf("asked again: %d", status)
	}
}

// TestApproval: the doctor says yes, or no, on the telephone instead of typing a
// code.
func TestApproval(t *testing.T) {
	s := start(t)
	s.login("v2")
	s.Vault.Change(func(set *vault.Settings) { set.OTPType = vault.OTPApproval })
	id := vault.ID(vault.KindRSA, s.doctor.CF)
	_, info := s.call("/csc/v2/credentials/info", object{"credentialID": id, "authInfo": true})
	if objects := info["auth"].(object)["objects"].([]any); objects[1].(object)["type"] != "PasswordOOB" {
		t.Errorf("%v", objects)
	}
	s.refuses(true, refusal{"no code to send", "credentials/getChallenge", object{"credentialID": id, "authObjectID": "OTP"}, 400, invalid, "Invalid parameter credentialID"})
	terms := s.terms(true, vault.KindRSA, "uno", "due")
	s.refuses(true, refusal{"with a code", "credentials/authorize", terms, 400, "invalid_authentication_data", "The authentication data is invalid"})
	terms["authData"] = []object{{"id": "PIN", "value": vault.PIN}, {"id": "OTP"}}
	for _, answer := range []string{"si", "no"} {
		_, out := s.call("/csc/v2/credentials/authorize", terms)
		handle := object{"handle": out["handle"]}
		for range 2 {
			if status, out := s.call("/csc/v2/credentials/authorizeCheck", handle); status != 202 {
				t.Fatalf("not asked yet: %d %v", status, out)
			}
		}
		asked := s.Vault.Approvals()
		if len(asked) != 1 || asked[0].Text != "Confermare la firma di 2 documenti?" {
			t.Fatalf("%v", asked)
		}
		_, _, page := s.get("/otp")
		has(t, page, asked[0].Text, asked[0].ID, "Conferma")
		if status, _, _ := s.form("/otp/conferma", url.Values{"domanda": {asked[0].ID}, "risposta": {answer}}); status != http.StatusSeeOther {
			t.Errorf("%d", status)
		}
		if answer == "no" {
			s.refuses(true, refusal{"refused", "credentials/authorizeCheck", handle, 400, "invalid_authentication_data", "The authentication data is invalid"})
		} else if status, out := s.call("/csc/v2/credentials/authorizeCheck", handle); status != 200 || out["SAD"] == nil {
			t.Errorf("%d %v", status, out)
		}
	}
	_, out := s.call("/csc/v2/credentials/authorize", terms)
	s.later.Store(int64(4 * time.Minute))
	s.refuses(true, refusal{"too late", "credentials/authorizeCheck", object{"handle": out["handle"]}, 400, "invalid_authentication_data", "The authentication data is invalid"})
}
