package remotesign_test

import (
	"context"
	"crypto/tls"
	"net/http"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/remotesign"
	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/sim/signing"
	"raccordo/host/internal/sim/signing/vault"
	"raccordo/host/internal/wire"
)

// TestServiceFaults: what any server can suffer, while signing.
func TestServiceFaults(t *testing.T) {
	services := map[string]struct {
		of   func(*place) remotesign.Profile
		name faults.Service
	}{"CSC 1": {(*place).csc1, signing.CSCv1}, "CSC 2": {(*place).csc2, signing.CSCv2}, "ARSS": {(*place).arss, signing.ARSS}}
	for _, tt := range []struct {
		kind faults.Kind
		code wire.ErrorCode
	}{
		{faults.Unavailable, wire.ErrRemoteBusy}, {faults.Broken, wire.ErrRemoteBusy}, {faults.Hang, wire.ErrRemoteBusy},
		{faults.TooMany, wire.ErrRemoteBusy}, {faults.CutAnswer, wire.ErrRemoteBusy}, {faults.Maintenance, wire.ErrRemoteBusy},
		{faults.LostAnswer, wire.ErrRemoteBusy},
	} {
		for name, service := range services {
			t.Run(string(tt.kind)+", "+name, func(t *testing.T) {
				t.Parallel() // a server that hangs takes as long as it is waited for
				p := newPlace(t)
				s, err := remotesign.New(service.of(p), p.http, p.doctor, p.kept, remotesign.Options{Answer: 3 * time.Second, Poll: time.Millisecond, Wait: time.Second})
				p.must(err)
				k := p.open(s, "")
				p.otp = func(remotesign.OTPRequest) (string, bool, error) {
					code := p.phone()
					p.Plan().Inject(faults.Fault{Kind: tt.kind, Service: service.name, Status: 200, Times: 1})
					return code, false, nil
				}
				done, err := sign(t, k, hashes(k, 5))
				want(t, err, tt.code)
				if done != 0 || len(p.otps) != 1 || p.Vault.Signed() != 0 {
					t.Errorf("%d signed, %d by the service, %d codes", done, p.Vault.Signed(), len(p.otps))
				}
			})
		}
	}
}

// TestRefusals: rows of the standard's error table, as an answer to the
// authorisation or to the signature.
func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		operation, word, description string
		status                       int
		code                         wire.ErrorCode
	}{
		{"credentials/authorize", "invalid_pin", "The PIN is invalid", 400, wire.ErrRemotePIN},
		{"credentials/authorize", "invalid_otp", "The OTP is invalid", 400, wire.ErrRemoteOTP},
		{"credentials/authorize", "invalid_authentication_data", "The authentication data is invalid", 400, wire.ErrRemoteOTP},
		{"credentials/authorize", "invalid_request", "PIN locked", 400, wire.ErrRemoteLocked},
		{"credentials/authorize", "invalid_request", "Credential locked", 400, wire.ErrRemoteLocked},
		{"credentials/authorize", "invalid_request", "Numbers of signatures is too high", 400, wire.ErrRemoteLimit},
		{"credentials/authorize", "invalid_request", "The credential identified by credentialID is disabled", 400, wire.ErrRemoteCred},
		{"credentials/authorize", "invalid_request", "Invalid certificate status", 400, wire.ErrRemoteCred},
		{"credentials/authorize", "invalid_request", "Missing (or invalid type) string parameter credentialID", 400, wire.ErrRemoteRefused},
		{"credentials/authorize", "access_denied", "", 400, wire.ErrRemoteRefused},
		{"credentials/authorize", "invalid_token", "", 401, wire.ErrRemoteLogin},
		{"credentials/authorize", "expired_token", "", 401, wire.ErrRemoteLogin},
		{"credentials/authorize", "server_error", "", 500, wire.ErrRemoteBusy},
		{"credentials/authorize", "temporarily_unavailable", "", 400, wire.ErrRemoteBusy},
		{"credentials/authorize", "not_implemented", "", 501, wire.ErrRemoteRefused},
		{"signatures/signHash", "invalid_request", "SAD expired", 400, wire.ErrRemoteSAD},
		{"signatures/signHash", "invalid_request", "Invalid parameter SAD", 400, wire.ErrRemoteSAD},
		{"signatures/signHash", "invalid_request", "Hash is not authorized by the SAD", 400, wire.ErrRemoteRefused},
		{"signatures/signHash", "invalid_request", "Signing certificate 'CN=X' is expired", 400, wire.ErrRemoteCred},
		{"signatures/signHash", "invalid_otp", "The OTP is invalid", 400, wire.ErrRemoteOTP},
		{"credentials/sendOTP", "invalid_request", "PIN locked", 400, wire.ErrRemoteLocked},
	} {
		t.Run(tt.operation+" "+tt.word+" "+tt.description, func(t *testing.T) {
			p := newPlace(t)
			k := p.open(p.service(p.csc1()), "")
			p.Vault.Next(vault.Order{Kind: vault.Refuse, Operation: tt.operation, Status: tt.status, Error: tt.word, Description: tt.description})
			done, err := sign(t, k, hashes(k, 2))
			e := want(t, err, tt.code)
			if done != 0 || !strings.HasPrefix(e.Detail, "HTTP ") || tt.description != "" && strings.Contains(e.Error(), tt.description) {
				t.Errorf("%d signed: %v", done, e)
			}
			if p.CSC.Calls("v1 "+tt.operation) != 1 {
				t.Errorf("asked %d times", p.CSC.Calls("v1 "+tt.operation))
			}
		})
	}
}

// TestReturnCodes: those of ARSS.
func TestReturnCodes(t *testing.T) {
	for _, tt := range []struct {
		operation, returned, description string
		code                             wire.ErrorCode
		signed                           int
	}{
		{"opensession", "0001", "", wire.ErrRemoteRefused, 0},
		{"opensession", "0002", "", wire.ErrRemoteRefused, 0},
		{"opensession", "0003", "", wire.ErrRemoteOTP, 0}, // user and password were right a moment ago
		{"opensession", "0004", "", wire.ErrRemoteOTP, 0},
		{"opensession", "0010", "", wire.ErrRemoteLocked, 0},
		{"sendCredential", "0003", "Utente bloccato", wire.ErrRemoteLocked, 0},
		{"signhash", "0001", "", wire.ErrRemoteRefused, 0},
		{"signhash", "0003", "Sessione scaduta", wire.ErrRemoteSAD, 0},
		{"signhash", "0006", "", wire.ErrRemoteRefused, 0},
		{"closesession", "0001", "", "", 3}, // what was signed is signed
	} {
		t.Run(tt.operation+" "+tt.returned, func(t *testing.T) {
			p := newPlace(t)
			k := p.open(p.service(p.arss()), "")
			p.Vault.Next(vault.Order{Kind: vault.Refuse, Operation: tt.operation, Error: tt.returned, Description: tt.description})
			done, err := sign(t, k, hashes(k, 3))
			if tt.code == "" {
				p.must(err)
			} else if e := want(t, err, tt.code); tt.description != "" && strings.Contains(e.Error(), tt.description) {
				t.Error(e)
			}
			if done != tt.signed || p.ARSS.Calls(tt.operation) != max(tt.signed, 1) && tt.operation == "signhash" {
				t.Errorf("%d signed", done)
			}
			if closed := p.ARSS.Calls("closesession"); closed != 1 && p.ARSS.Calls("signhash") > 0 {
				t.Errorf("closed %d times", closed)
			}
		})
	}
}

// TestStopped: the caller gives up in the middle; a session is closed all the
// same.
func TestStopped(t *testing.T) {
	for name, of := range map[string]func(*place) remotesign.Profile{"CSC 1": chunked((*place).csc1), "ARSS": (*place).arss} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			k := p.open(p.service(of(p)), "")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := 0
			err := k.SignAll(ctx, hashes(k, 20), func(int, []byte) {
				if done++; done == 8 {
					cancel()
				}
			})
			want(t, err, wire.ErrCancelled)
			if done != 8 || p.Vault.Signed() != 8 || p.ARSS.Sessions() != 0 {
				t.Errorf("%d signed, %d by the service, %d sessions open", done, p.Vault.Signed(), p.ARSS.Sessions())
			}
		})
	}
}

// TestPINWrong: the other secret.
func TestPINWrong(t *testing.T) {
	p := newPlace(t)
	p.pin = func(remotesign.SecretRequest) (string, error) { return "87654321", nil }
	k := p.open(p.service(p.csc1()), "")
	_, err := sign(t, k, hashes(k, 2))
	want(t, err, wire.ErrRemotePIN)
	if pin, otp := p.Vault.Attempts(p.cf); pin != 1 || otp != 0 {
		t.Errorf("%d wrong PINs and %d wrong codes at the service", pin, otp)
	}
	p.silent("87654321")
}

// TestCount: one value less than there are hashes is nobody's.
func TestCount(t *testing.T) {
	p := newPlace(t)
	p.Vault.Change(func(s *vault.Settings) { s.ShortAnswers = true })
	k := p.open(p.service(p.csc1()), "")
	done, err := sign(t, k, hashes(k, 5))
	if want(t, err, wire.ErrRemoteAnswer); done != 0 {
		t.Errorf("%d handed on", done)
	}
}

// TestTheWayThere: no server, and one that nobody vouches for.
func TestTheWayThere(t *testing.T) {
	p := newPlace(t)
	q := p.csc1()
	p.http.Transport.(*http.Transport).CloseIdleConnections()
	p.http = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}}}
	_, err := p.service(q).Signers(t.Context())
	want(t, err, wire.ErrTLSServer)
	p.must(p.Close())
	_, err = p.service(q).Signers(t.Context())
	want(t, err, wire.ErrRemoteDown)
}

// TestMisuse: what the caller may not do.
func TestMisuse(t *testing.T) {
	p := newPlace(t)
	for name, change := range map[string]func(*remotesign.Profile){
		"no address": func(q *remotesign.Profile) { q.URL = "" }, "http": func(q *remotesign.Profile) { q.URL = "http://127.0.0.1/csc/v1" },
		"kind": func(q *remotesign.Profile) { q.Kind = "altro" }, "authorize": func(q *remotesign.Profile) { q.Authorize = "card" },
		"path": func(q *remotesign.Profile) { q.Paths = map[string]string{"info": "GET ../admin"} }, "method": func(q *remotesign.Profile) { q.Paths = map[string]string{"altro": "x"} },
	} {
		q := p.csc1()
		change(&q)
		_, err := remotesign.New(q, p.http, p.doctor, p.kept, remotesign.Options{})
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		want(t, err, wire.ErrRemoteConfig)
	}
	q := p.csc1()
	q.Authorize = remotesign.ByCode // without client_id
	_, err := p.service(q).Signers(t.Context())
	want(t, err, wire.ErrRemoteConfig)

	k := p.open(p.service(p.csc1()), "")
	if err := k.SignAll(t.Context(), [][]byte{sum("a")[:20]}, nil); err == nil || len(p.pins) != 0 {
		t.Error("a digest of another hash was taken")
	}
	if err := k.SignAll(t.Context(), nil, nil); err != nil || len(p.pins) != 0 {
		t.Error("nothing to sign asked for a PIN:", err)
	}
	p.must(k.Close())
	if err := k.SignAll(t.Context(), [][]byte{sum("a")}, nil); err == nil || len(p.pins) != 0 {
		t.Error("a closed signer signs")
	}
}
