package remotesign_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/remotesign"
	"raccordo/host/internal/wire"
)

// TestBasicWithEveryRequest: a service with basic and without auth/login.
func TestBasicWithEveryRequest(t *testing.T) {
	d := newDesk(t)
	d.v1(nil)
	d.on("POST info", 200, object{"specs": "1.0.3.0", "authType": []string{"basic"}, "methods": v1Methods})
	p := d.profile()
	p.Authorize = ""
	if done, err := d.signs(p, 1); err != nil || done != 1 || len(d.accounts) != 1 {
		t.Fatal(done, err, len(d.accounts))
	}
	if _, auth := d.last("POST signatures/signHash"); !strings.HasPrefix(auth, "Basic ") {
		t.Error(auth)
	}
	// A password that no longer holds is not sent a second time.
	s := d.service(p)
	if _, err := s.Signers(t.Context()); err != nil || len(d.accounts) != 2 { // another service object, with a drawer of its own
		t.Fatal(err, len(d.accounts))
	}
	d.on("POST credentials/list", 401, nil)
	before := d.times("POST credentials/list")
	_, err := s.Signers(t.Context())
	if want(t, err, wire.ErrRemoteLogin); d.times("POST credentials/list") != before+1 || len(d.accounts) != 2 {
		t.Error(d.times("POST credentials/list")-before, len(d.accounts))
	}
	d.on("POST credentials/list", 200, object{"credentialIDs": []string{"uno"}})
	if _, err := s.Signers(t.Context()); err != nil || len(d.accounts) != 3 || !d.accounts[2].Again || d.accounts[2].User != "" {
		t.Errorf("%v %+v", err, d.accounts)
	}
}

// TestClientCredentials: the program's own account; the user is named.
func TestClientCredentials(t *testing.T) {
	d := newDesk(t)
	d.v1(nil)
	d.on("POST info", 200, object{"specs": "1.0.4.0", "authType": []string{"oauth2client"}, "oauth2": d.server.URL + "/api", "methods": v1Methods})
	d.on("POST oauth2/token", 200, object{"access_token": "gettone", "token_type": "Bearer", "expires_in": 3600})
	p := d.profile()
	p.Authorize, p.ClientID, p.User = "", "programma", "medico-1"
	d.account = func(q remotesign.AccountRequest) (string, string, error) { return "", "segreto", nil }
	if done, err := d.signs(p, 1); err != nil || done != 1 || !d.accounts[0].Client {
		t.Fatal(done, err, d.accounts)
	}
	if in, auth := d.last("POST credentials/list"); in["userID"] != "medico-1" || auth != "Bearer gettone" {
		t.Error(in, auth)
	}
	in, _ := d.last("POST oauth2/token")
	form := strings.Split(in["form"].(string), "&")
	slices.Sort(form)
	if d := cmp.Diff([]string{"client_id=programma", "client_secret=segreto", "grant_type=client_credentials", "scope=service"}, form); d != "" {
		t.Error(d)
	}
}

// TestMethods: a service that does not have what is needed is told so before
// anybody is asked for anything.
func TestMethods(t *testing.T) {
	for _, gone := range []string{"credentials/list", "credentials/authorize", "signatures/signHash"} {
		d := newDesk(t)
		d.v1(nil)
		left := slices.DeleteFunc(slices.Clone(v1Methods), func(m string) bool { return m == gone })
		left[0] = "/" + left[0] // as some write it
		d.on("POST info", 200, object{"specs": "1.0.4.0", "methods": left})
		_, err := d.signs(d.profile(), 1)
		if e := want(t, err, wire.ErrRemoteConfig); !strings.Contains(e.Detail, gone) || len(d.pins) != 0 || d.times("POST "+gone) != 0 {
			t.Error(gone, e)
		}
	}
}
