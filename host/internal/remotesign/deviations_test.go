package remotesign_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/remotesign"
	"raccordo/host/internal/wire"
)

var v1Methods = []string{"credentials/list", "credentials/info", "credentials/authorize", "credentials/sendOTP", "signatures/signHash"}

// usual answers of a service of the first version.
func (d *desk) v1(more object) {
	d.on("POST info", 200, object{"specs": "1.0.4.0", "authType": []string{"external"}, "methods": v1Methods})
	d.on("POST credentials/list", 200, object{"credentialIDs": []string{"uno"}})
	d.on("POST credentials/info", 200, d.described(more))
	d.on("POST credentials/authorize", 200, object{"SAD": "sad-1", "expiresIn": 300})
	d.answers["POST signatures/signHash"] = func(in object) (int, any) { return 200, d.signed(in, "hash") }
}

// TestKebab: a service with paths and verbs of its own and a handle to be
// polled, placed by the profile (the form of RENTRI).
func TestKebab(t *testing.T) {
	d := newDesk(t)
	p := d.profile()
	p.Paths = map[string]string{
		"info": "GET info", "credentials/list": "GET credentials", "credentials/info": "GET credentials/{credentialID}",
		"credentials/authorizeCheck": "GET credentials/authorize-check/{handle}", "signatures/signHash": "sign-hash",
	}
	d.on("GET info", 200, object{"specs": "1.0.4.0", "methods": []string{"credentials/authorize"}})
	d.on("GET credentials", 200, object{"credentialIDs": []string{"ab/c"}})
	d.on("GET credentials/ab/c", 200, d.described(nil))
	d.on("POST credentials/authorize", 200, object{"handle": "h 1"})
	polls := 0
	d.answers["GET credentials/authorize-check/h 1"] = func(object) (int, any) {
		if polls++; polls < 3 {
			return 200, object{"handle": "h 1"}
		}
		return 200, object{"SAD": "sad-1"}
	}
	d.answers["POST sign-hash"] = func(in object) (int, any) { return 200, d.signed(in, "hash") }
	if done, err := d.signs(p, 1); err != nil || done != 1 || polls != 3 {
		t.Errorf("%d signed after %d polls: %v", done, polls, err)
	}
	if in, _ := d.last("GET credentials/ab/c"); in["?certificates"] != "chain" || in["?credentialID"] != nil {
		t.Errorf("%v", in)
	}
}

// TestVersion1 shows what goes out to a service of the first version.
func TestVersion1(t *testing.T) {
	d := newDesk(t)
	d.v1(nil)
	if done, err := d.signs(d.profile(), 2); err != nil || done != 2 {
		t.Fatal(done, err)
	}
	in, auth := d.last("POST credentials/authorize")
	hashes := list(in["hash"])
	if d := cmp.Diff(object{"credentialID": "uno", "numSignatures": 2.0, "hash": []any{hashes[0], hashes[1]}, "PIN": "12345678"}, in); d != "" || auth != "" {
		t.Error(d, auth)
	}
	in, _ = d.last("POST signatures/signHash")
	if d := cmp.Diff(object{"credentialID": "uno", "SAD": "sad-1", "hash": []any{hashes[0], hashes[1]}, "signAlgo": "1.2.840.113549.1.1.11"}, in); d != "" {
		t.Error(d)
	}
	if strings.Contains(d.log.String(), hashes[0]) || strings.Contains(d.log.String(), "sad-1") {
		t.Error("the log holds what was signed, or the authorisation")
	}
}

// TestDescriptions: how services describe the same credential.
func TestDescriptions(t *testing.T) {
	for _, tt := range []struct {
		name       string
		more       object
		pins, otps int
		sends      int
		limit      int
		algo, hash any // of signHash
	}{
		{"as the standard", nil, 1, 0, 0, 50, "1.2.840.113549.1.1.11", nil},
		{"multisign true", object{"multisign": true}, 1, 0, 0, 0, "1.2.840.113549.1.1.11", nil},
		{"multisign in quotes", object{"multisign": "7"}, 1, 0, 0, 7, "1.2.840.113549.1.1.11", nil},
		{"multisign false", object{"multisign": "false"}, 1, 0, 0, 1, "1.2.840.113549.1.1.11", nil},
		{"multiSign, as itsme writes", object{"multisign": nil, "multiSign": 9}, 1, 0, 0, 9, "1.2.840.113549.1.1.11", nil},
		{"presence as a truth value", object{"OTP": object{"presence": true, "type": "offline"}}, 1, 1, 0, 50, "1.2.840.113549.1.1.11", nil},
		{"online code", object{"OTP": object{"presence": "true", "type": "online"}}, 1, 1, 1, 50, "1.2.840.113549.1.1.11", nil},
		{"only a code", object{"PIN": object{"presence": "false"}, "OTP": object{"presence": "true", "type": "offline"}}, 0, 1, 0, 50, "1.2.840.113549.1.1.11", nil},
		{"PIN that may be left out", object{"PIN": object{"presence": "optional"}}, 1, 0, 0, 50, "1.2.840.113549.1.1.11", nil},
		{"SCAL as a number", object{"SCAL": 2}, 1, 0, 0, 50, "1.2.840.113549.1.1.11", nil},
		{"plain RSA", object{"key": object{"status": "enabled", "algo": []string{"1.2.840.113549.1.1.1"}}}, 1, 0, 0, 50, "1.2.840.113549.1.1.1", "2.16.840.1.101.3.4.2.1"},
		{"no algorithms named", object{"key": object{"status": "enabled"}}, 1, 0, 0, 50, "1.2.840.113549.1.1.11", nil},
		{"implicit", object{"authMode": "implicit", "PIN": nil, "OTP": nil}, 0, 0, 0, 50, "1.2.840.113549.1.1.11", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			d.v1(tt.more)
			d.on("POST credentials/sendOTP", http.StatusOK, nil)
			if tt.name == "PIN that may be left out" {
				d.pin = func(remotesign.SecretRequest) (string, error) { return "", nil }
				defer func() {
					if in, _ := d.last("POST credentials/authorize"); in["PIN"] != nil {
						t.Errorf("%v", in)
					}
				}()
			}
			s := d.service(d.profile())
			all, err := s.Signers(t.Context())
			if err != nil || len(all) != 1 || all[0].Limit != tt.limit || all[0].Name != "Medico di prova" {
				t.Fatalf("%+v %v", all, err)
			}
			if done, err := d.signs(d.profile(), 1); err != nil || done != 1 || len(d.pins) != tt.pins || len(d.otps) != tt.otps || d.times("POST credentials/sendOTP") != tt.sends {
				t.Errorf("%d signed, %d PINs, %d codes, %d sent: %v", done, len(d.pins), len(d.otps), d.times("POST credentials/sendOTP"), err)
			}
			if in, _ := d.last("POST signatures/signHash"); in["signAlgo"] != tt.algo || in["hashAlgo"] != tt.hash {
				t.Errorf("%v", in)
			}
		})
	}
}

// TestVersion2: authentication objects, expressions, answers that come later.
func TestVersion2(t *testing.T) {
	pin := object{"type": "Password", "id": "PIN", "format": "N"}
	otp := object{"type": "ChallengeResponse", "id": "OTP"}
	app := object{"type": "ChallengeResponseOOB", "id": "APP"}
	phone := object{"type": "PasswordOOB", "id": "TEL"}
	totp := object{"type": "Password", "id": "codice", "generator": "totp"}
	for _, tt := range []struct {
		name       string
		auth       object
		data       []any // authData that goes out
		challenges []any // objects that a challenge was asked for
	}{
		{"PIN", object{"mode": "explicit", "objects": []object{pin}}, []any{object{"id": "PIN", "value": "12345678"}}, nil},
		{"PIN AND OTP", object{"mode": "explicit", "expression": "PIN AND OTP", "objects": []object{otp, pin}},
			[]any{object{"id": "PIN", "value": "12345678"}, object{"id": "OTP", "value": "123456"}}, []any{"OTP"}},
		{"one of two", object{"mode": "explicit", "expression": "PIN AND (ALTRO OR OTP)", "objects": []object{pin, otp, app}},
			[]any{object{"id": "PIN", "value": "12345678"}, object{"id": "OTP", "value": "123456"}}, []any{"OTP"}},
		{"an expression of its own", object{"mode": "explicit", "expression": "PIN + codice", "objects": []object{pin, totp}},
			[]any{object{"id": "PIN", "value": "12345678"}, object{"id": "codice", "value": "123456"}}, nil},
		{"on the phone", object{"mode": "explicit", "objects": []object{pin, phone}}, []any{object{"id": "PIN", "value": "12345678"}, object{"id": "TEL"}}, nil},
		{"in the app", object{"mode": "explicit", "objects": []object{app}}, []any{object{"id": "APP"}}, []any{"APP"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			d.on("POST info", 200, object{"specs": "2.0.0.0", "methods": []string{"credentials/list", "credentials/getChallenge", "credentials/authorize", "credentials/authorizeCheck", "signatures/signHash"}})
			d.on("POST credentials/list", 200, object{"credentialInfos": []object{d.described(object{"credentialID": "uno", "PIN": nil, "OTP": nil, "authMode": nil, "auth": tt.auth})}})
			var challenges []any
			d.answers["POST credentials/getChallenge"] = func(in object) (int, any) {
				challenges = append(challenges, in["authObjectID"])
				return 204, nil
			}
			d.on("POST credentials/authorize", 202, object{"handle": "h"})
			polls := 0
			d.answers["POST credentials/authorizeCheck"] = func(in object) (int, any) {
				if polls++; polls < 2 {
					return 202, object{"handle": in["handle"]}
				}
				return 200, object{"SAD": "sad-1", "expiresIn": "300"}
			}
			d.answers["POST signatures/signHash"] = func(in object) (int, any) { return 200, d.signed(in, "hashes") }
			if done, err := d.signs(d.profile(), 2); err != nil || done != 2 {
				t.Fatal(done, err)
			}
			in, _ := d.last("POST credentials/authorize")
			data, _ := in["authData"].([]any)
			if d := cmp.Diff(tt.data, data); d != "" || in["hashAlgorithmOID"] != "2.16.840.1.101.3.4.2.1" || len(list(in["hashes"])) != 2 {
				t.Error(d, in)
			}
			if d := cmp.Diff(tt.challenges, challenges); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestChallengeIsShown: a challenge that the user has to answer stands in the
// window.
func TestChallengeIsShown(t *testing.T) {
	d := newDesk(t)
	d.on("POST info", 200, object{"specs": "2.0.0.0"})
	d.on("POST credentials/list", 200, object{"credentialIDs": []string{"uno"}})
	d.on("POST credentials/info", 200, d.described(object{"PIN": nil, "auth": object{"mode": "explicit", "objects": []object{{"type": "ChallengeResponse", "id": "OTP"}}}}))
	d.on("POST credentials/getChallenge", 200, object{"challenge": "Posizione 7\u202e della tessera"})
	d.on("POST credentials/authorize", 200, object{"SAD": "s"})
	d.answers["POST signatures/signHash"] = func(in object) (int, any) { return 200, d.signed(in, "hashes") }
	if _, err := d.signs(d.profile(), 1); err != nil || d.otps[0].Hint != "Posizione 7 della tessera" {
		t.Errorf("%+v %v", d.otps, err)
	}
}

// TestAnswers: answers that are none, and refusals that come as answers.
func TestAnswers(t *testing.T) {
	endless := 0
	for _, tt := range []struct {
		name, method string
		answer       func(object) (int, any)
		code         wire.ErrorCode
	}{
		{"info is a page", "POST info", always(200, "<!doctype html><title>Manutenzione</title>"), wire.ErrRemoteBusy},
		{"info is nothing", "POST info", always(200, object{}), wire.ErrRemoteAnswer},
		{"info is no JSON", "POST info", always(200, "specs=1"), wire.ErrRemoteAnswer},
		{"info moved", "POST info", always(302, nil), wire.ErrRemoteAnswer},
		{"info is not there", "POST info", always(404, nil), wire.ErrRemoteRefused},
		{"no credentials", "POST credentials/list", always(200, object{"credentialIDs": []string{}}), wire.ErrRemoteCred},
		{"pages without end", "POST credentials/list", func(object) (int, any) {
			endless++
			return 200, object{"credentialIDs": []string{}, "nextPageToken": fmt.Sprint(endless)}
		}, wire.ErrRemoteAnswer},
		{"the same page again", "POST credentials/list", always(200, object{"credentialIDs": []string{"uno"}, "nextPageToken": "a"}), wire.ErrRemoteAnswer},
		{"no certificate", "POST credentials/info", always(200, object{"key": object{"status": "enabled"}, "authMode": "explicit"}), wire.ErrRemoteCred},
		{"certificate is none", "POST credentials/info", always(200, object{"authMode": "explicit", "cert": object{"certificates": []string{"AAAA"}}}), wire.ErrRemoteCred},
		{"an error with 200", "POST credentials/authorize", always(200, object{"error": "invalid_pin"}), wire.ErrRemotePIN},
		{"no SAD", "POST credentials/authorize", always(200, object{}), wire.ErrRemoteAnswer},
		{"pending without handle", "POST credentials/authorize", always(202, object{}), wire.ErrRemoteAnswer},
		{"authentication data is wrong, and it was the PIN", "POST credentials/authorize", always(400, object{"error": "invalid_authentication_data"}), wire.ErrRemotePIN},
		{"no signatures", "POST signatures/signHash", always(200, object{}), wire.ErrRemoteAnswer},
		{"one too many", "POST signatures/signHash", always(200, object{"signatures": []string{"AA==", "AA=="}}), wire.ErrRemoteAnswer},
		{"no base64", "POST signatures/signHash", always(200, object{"signatures": []string{"%"}}), wire.ErrRemoteAnswer},
		{"too long", "POST signatures/signHash", always(200, `{"signatures":["`+strings.Repeat("A", 5<<20)+`"]}`), wire.ErrRemoteAnswer},
		{"pending for ever", "POST signatures/signHash", always(202, object{"responseID": "r"}), wire.ErrRemoteBusy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			d.v1(nil)
			d.on("POST signatures/signPolling", 202, object{"state": "accepted_request"})
			d.answers[tt.method] = tt.answer
			if tt.name == "pending for ever" {
				d.wait = 100 * time.Millisecond
			}
			done, err := d.signs(d.profile(), 1)
			want(t, err, tt.code)
			if done != 0 || strings.Contains(err.Error(), "AAAA") {
				t.Error(done, err)
			}
		})
	}
}

func always(status int, body any) func(object) (int, any) {
	return func(object) (int, any) { return status, body }
}
