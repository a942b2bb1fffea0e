package csc

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"raccordo/host/internal/remotesign/link"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// codes are what the standard's error codes mean (v1.0.4 section 10.1, v2.0
// section 10.1; RFC 6749, sections 4.1.2.1 and 5.2; RFC 6750, section 3.1).
var codes = map[string]wire.ErrorCode{
	"invalid_pin":                 wire.ErrRemotePIN,
	"invalid_otp":                 wire.ErrRemoteOTP,
	"invalid_authentication_data": wire.ErrRemoteOTP,
	"authentication_error":        wire.ErrRemoteLogin,
	"invalid_token":               wire.ErrRemoteLogin,
	"expired_token":               wire.ErrRemoteLogin,
	"invalid_grant":               wire.ErrRemoteLogin,
	"invalid_client":              wire.ErrRemoteConfig,
	"unauthorized_client":         wire.ErrRemoteConfig,
	"unsupported_response_type":   wire.ErrRemoteConfig,
	"unsupported_grant_type":      wire.ErrRemoteConfig,
	"invalid_scope":               wire.ErrRemoteConfig,
	"server_error":                wire.ErrRemoteBusy,
	"temporarily_unavailable":     wire.ErrRemoteBusy,
}

// phrases tell what invalid_request is about, in the words of the standard's
// tables; the first that is found counts.
var phrases = []struct {
	words string
	code  wire.ErrorCode
}{
	{"pin locked", wire.ErrRemoteLocked},
	{"otp locked", wire.ErrRemoteLocked},
	{"credential locked", wire.ErrRemoteLocked},
	{"is locked", wire.ErrRemoteLocked},
	{"numbers of signatures is too high", wire.ErrRemoteLimit},
	{"number of signatures is too high", wire.ErrRemoteLimit},
	{"sad expired", wire.ErrRemoteSAD},
	{"sad is expired", wire.ErrRemoteSAD},
	{"invalid parameter sad", wire.ErrRemoteSAD},
	{"invalid certificate status", wire.ErrRemoteCred},
	{"is disabled", wire.ErrRemoteCred},
	{"is expired", wire.ErrRemoteCred},
	{"is revoked", wire.ErrRemoteCred},
	{"is suspended", wire.ErrRemoteCred},
	{"invalid parameter credentialid", wire.ErrRemoteCred},
	{"malformed authentication parameter", wire.ErrRemoteLogin},
}

// refusal reads an answer that is no success. Its detail holds the status and
// the code; the description may name people and documents, and stays out.
func refusal(a link.Answer) error {
	var p struct {
		Error       text `json:"error"`
		Description text `json:"error_description"`
	}
	_ = json.Unmarshal(a.Body, &p) // an answer without it still has its status
	word := string(p.Error)
	e := &signature.Error{Code: codes[word], Detail: "HTTP " + strconv.Itoa(a.Status)}
	if word != "" {
		e.Detail += " " + link.Word(word)
	}
	if said := strings.ToLower(string(p.Description)); e.Code == "" || e.Code == wire.ErrRemoteLogin || e.Code == wire.ErrRemoteOTP {
		for _, phrase := range phrases {
			if strings.Contains(said, phrase.words) {
				e.Code = phrase.code
				break
			}
		}
	}
	if e.Code == "" || a.Status >= http.StatusInternalServerError && a.Status != http.StatusNotImplemented {
		return link.Refused(a, strings.TrimPrefix(e.Detail, "HTTP "+strconv.Itoa(a.Status)+" "))
	}
	return e
}

// Is tells the standard's code of a refusal.
func Is(err error, word string) bool {
	var e *signature.Error
	return errors.As(err, &e) && strings.HasSuffix(e.Detail, " "+word)
}

// PageError is what an error that the service's page returned means (RFC 6749,
// section 4.1.2.1).
func PageError(word string) error {
	e := &signature.Error{Code: wire.ErrRemoteRefused, Detail: "page: " + link.Word(word)}
	if code, ok := codes[word]; ok {
		e.Code = code
	}
	return e
}
