package engine

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/config"
	"raccordo/host/internal/secret"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/idp"
	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/wire"
)

// stage is an engine without a card before a simulated region with its
// identity provider.
type stage struct {
	t      *testing.T
	e      *Engine
	login  *idp.Provider
	region *region.Region
	web    *http.Client // a browser that stops where it is sent away
	doctor anagrafe.Doctor
	opened []string // addresses that the engine wanted to show by itself
	paste  string   // file with what the person types into the next window
}

// personScript is a person before a pinentry (GnuPG, Assuan) who types what a file
// says; without the file he closes the window.
const personScript = `#!/bin/sh
echo OK
while read -r word rest; do
	case $word in
	GETPIN) if [ -f '%[1]s' ]; then printf 'D %%s\nOK\n' "$(cat '%[1]s')"; else echo 'ERR 83886179 cancelled'; fi ;;
	BYE) echo OK; exit ;;
	*) echo OK ;;
	esac
done
`

const cloudProfile = `name = "Prova"
code = "090"
nre = "lot"
status = "complete"
[trust]
ca = [%[1]q]
[envelope]
kind = "sac"
cipher = %[2]q
[cloud]
driver = "oidc"
[cloud.oidc]
issuer = %[3]q
client_id = "raccordo"
scopes = ["openid", "profile"]
redirect = %[4]q
[cloud.endpoints]
session = "%[5]s/sessione/v1"
patients = "%[5]s/anagrafe/v1/assistiti"
prescriptions = "%[5]s/DemRicettaPrescrittoServicesWeb/services"
lots = "%[5]s/ricettaElettronicaServicesWeb/services/nreRichiestaLottoPort"
`

func newStage(t *testing.T, redirect string) *stage {
	t.Helper()
	return raise(t, func(s *stage, ca, cipher string) string {
		return fmt.Sprintf(cloudProfile, ca, cipher, s.login.Issuer(), redirect, s.region.CloudURL())
	})
}

// raise makes a stage whose region profile is what profile says.
func raise(t *testing.T, profile func(s *stage, ca, cipher string) string) *stage {
	t.Helper()
	s := &stage{t: t, doctor: anagrafe.Doctors()[0]}
	servers, err := testca.New("server")
	s.must(err)
	cards, err := testca.New("carte")
	s.must(err)
	log := zerolog.New(zerolog.NewTestWriter(t))
	s.login, err = idp.New(idp.Options{ServerCA: servers, CardCA: cards, Log: zerolog.Nop()})
	s.must(err)
	s.must(s.login.Start(context.Background()))
	t.Cleanup(func() { _ = s.login.Close() })
	s.region, err = region.New(region.Options{Log: zerolog.Nop(), Now: time.Now, ServerCA: servers, CardCA: cards, Introspector: s.login})
	s.must(err)
	s.must(s.region.Start(context.Background()))
	t.Cleanup(func() { _ = s.region.Close() })

	dir := t.TempDir()
	ca, cipher, regions := filepath.Join(dir, "ca.crt"), filepath.Join(dir, "cifra.cer"), filepath.Join(dir, "regions")
	s.must(os.Mkdir(regions, 0o700))
	s.must(os.WriteFile(ca, servers.PEM(), 0o600))
	s.must(os.WriteFile(cipher, s.region.CipherCertificatePEM(), 0o600))
	s.must(os.WriteFile(filepath.Join(regions, "prova.toml"), []byte(profile(s, ca, cipher)), 0o600))
	s.paste = filepath.Join(dir, "typed")
	person := filepath.Join(dir, "pinentry")
	s.must(os.WriteFile(person, fmt.Appendf(nil, personScript, s.paste), 0o700))

	conf := config.Config{Region: "prova", AllowedOrigins: []string{clinic}, OnCardRemoval: config.Logout, OnScreenLock: config.Keep, AutoConnect: config.AutoNever, Prompt: person}
	secrets, err := secret.Open(filepath.Join(dir, "state", "secret"))
	s.must(err)
	s.e, err = New(Options{
		Secrets: secrets,
		Version: "test", Config: conf, Log: log, Now: time.Now,
		Paths:  config.Paths{Regions: []string{regions}, State: filepath.Join(dir, "state")},
		Browse: func(address string) error { s.opened = append(s.opened, address); return nil },
	})
	s.must(err)
	t.Cleanup(func() { s.e.disconnect(context.Background(), ""); _ = s.e.outbox.Close() })
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: servers.Pool()}}
	t.Cleanup(transport.CloseIdleConnections)
	s.web = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return s
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) caller() wire.Caller {
	return wire.Caller{Kind: "browser", Browser: "chromium", Extension: s.e.rules.chromium}
}

// ask is one request of the extension: for a page, or with an empty origin of
// its own.
func (s *stage) ask(caller wire.Caller, origin, method string, params any) (wire.LoginResult, wire.ErrorCode) {
	s.t.Helper()
	text, err := json.Marshal(params)
	s.must(err)
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	result, fault := s.e.Do(ctx, Call{Request: wire.Request{Method: method, Params: text, Origin: origin, UserGesture: true}, Caller: caller})
	if fault != nil {
		return wire.LoginResult{}, fault.Data.Code
	}
	body, err := json.Marshal(result)
	s.must(err)
	var out wire.LoginResult
	s.must(json.Unmarshal(body, &out))
	return out, ""
}

// begin asks for a login at the region's page.
func (s *stage) begin() string {
	s.t.Helper()
	got, code := s.ask(s.caller(), clinic, "session.login", wire.LoginParams{Via: "cloud", RedirectURI: extensionRedirect(s.caller())})
	if code != "" || got.AuthorizeURL == "" || got.State != wire.Connecting || got.Step != "browser" {
		s.t.Fatalf("login: %s %+v", code, got)
	}
	return got.AuthorizeURL
}

// enter goes through the region's page as a person does and returns where it
// sends the browser.
func (s *stage) enter(authorize, door, cf string) *url.URL {
	s.t.Helper()
	query := authorize[strings.Index(authorize, "?")+1:]
	answer, err := s.web.Post(s.login.Issuer()+"/authorize/"+door+"?"+query, "application/x-www-form-urlencoded", strings.NewReader(url.Values{"medico": {cf}}.Encode()))
	s.must(err)
	defer answer.Body.Close()
	back, err := url.Parse(answer.Header.Get("Location"))
	s.must(err)
	if answer.StatusCode != http.StatusSeeOther {
		body, _ := io.ReadAll(answer.Body)
		s.t.Fatalf("%d %s", answer.StatusCode, body)
	}
	return back
}

func returned(back *url.URL) wire.CompleteParams {
	q := back.Query()
	return wire.CompleteParams{State: q.Get("state"), Code: q.Get("code"), Iss: q.Get("iss"), Error: q.Get("error")}
}

func (s *stage) complete(p wire.CompleteParams) (wire.LoginResult, wire.ErrorCode) {
	s.t.Helper()
	return s.ask(s.caller(), "", "session.complete", p)
}

func TestLoginAtTheRegionsPage(t *testing.T) {
	for door, want := range map[string][2]string{"spid": {"SPID L2", "LoA3"}, "cie": {"CIE L3", "LoA4"}} {
		t.Run(door, func(t *testing.T) {
			s := newStage(t, "extension")
			back := s.enter(s.begin(), door, s.doctor.CF)
			if got, want := "https://"+back.Host+back.Path, extensionRedirect(s.caller()); got != want {
				t.Errorf("returned to %s, not %s", got, want)
			}
			got, code := s.complete(returned(back))
			if code != "" || got.State != wire.Connected || got.Via != "cloud" || got.Doctor == nil || got.Doctor.CodiceFiscale != s.doctor.CF ||
				got.Method != want[0] || got.Level != want[1] || got.ExpiresAt == "" {
				t.Fatalf("%s %+v", code, got)
			}
			if _, code := s.complete(returned(back)); code != wire.ErrLoginState {
				t.Errorf("the answer a second time: %q", code)
			}
			if n := s.region.LiveSessions(); n != 1 {
				t.Errorf("%d sessions at the region", n)
			}
			if got, code := s.ask(s.caller(), clinic, "session.logout", wire.NoParams{}); code != "" || got.State != wire.Disconnected || got.Reason != "" {
				t.Errorf("logout: %s %+v", code, got)
			}
		})
	}
}

// What a page, another extension or a forger may try with a login that is
// under way changes nothing: the doctor's own answer still arrives.
func TestForgedAnswersAreRefused(t *testing.T) {
	s := newStage(t, "extension")
	good := returned(s.enter(s.begin(), "spid", s.doctor.CF))
	forged := good
	forged.State = strings.Repeat("A", len(good.State))
	for name, try := range map[string]struct {
		caller wire.Caller
		origin string
		params wire.CompleteParams
		want   wire.ErrorCode
	}{
		"another state":                 {s.caller(), "", forged, wire.ErrLoginState},
		"a page":                        {s.caller(), clinic, good, wire.ErrOrigin},
		"a page of nobody":              {s.caller(), "https://altrove.example", good, wire.ErrOrigin},
		"our extension in Firefox":      {wire.Caller{Kind: "browser", Browser: "firefox", Extension: "connettore@raccordo.example"}, "", good, wire.ErrLoginState},
		"another extension":             {wire.Caller{Kind: "browser", Browser: "chromium", Extension: strings.Repeat("a", 32)}, "", good, wire.ErrOrigin},
		"a program that no one started": {wire.Caller{Kind: "pipe"}, "", good, wire.ErrOrigin},
		"the command line":              {wire.Caller{Kind: "cli"}, "", good, wire.ErrLoginState},
		"a state that is none":          {s.caller(), "", wire.CompleteParams{State: "x"}, wire.ErrParams},
	} {
		if _, code := s.ask(try.caller, try.origin, "session.complete", try.params); code != try.want {
			t.Errorf("%s: %q, want %q", name, code, try.want)
		}
	}
	if got, code := s.complete(good); code != "" || got.State != wire.Connected {
		t.Errorf("the doctor's own answer: %s %+v", code, got)
	}
}

func TestAnswerOfAnotherIssuer(t *testing.T) {
	s := newStage(t, "extension")
	p := returned(s.enter(s.begin(), "spid", s.doctor.CF))
	p.Iss = "https://altrove.example"
	if _, code := s.complete(p); code != wire.ErrIdentity && code != wire.ErrLoginState {
		t.Errorf("%q", code)
	}
	if got := s.e.session.Snapshot(); got.State != wire.Disconnected {
		t.Errorf("%+v", got)
	}
}

// Where the region's page may return to is the caller's own address and no
// other.
func TestRedirectIsTheCallersOwn(t *testing.T) {
	s := newStage(t, "extension")
	for _, uri := range []string{
		"", "https://altrove.example/raccordo", "http://127.0.0.1:9/raccordo",
		extensionRedirect(wire.Caller{Browser: "firefox", Extension: "connettore@raccordo.example"}),
		extensionRedirect(s.caller()) + "/../x", strings.Replace(extensionRedirect(s.caller()), "https", "http", 1),
		"https://" + strings.Repeat("a", 32) + ".chromiumapp.org/raccordo",
	} {
		if _, code := s.ask(s.caller(), clinic, "session.login", wire.LoginParams{Via: "cloud", RedirectURI: uri}); code != wire.ErrRedirect {
			t.Errorf("%q: %q", uri, code)
		}
	}
	if got := s.e.session.Snapshot(); got.State != wire.Disconnected {
		t.Errorf("%+v", got)
	}
}

func TestWhoMayConnect(t *testing.T) {
	s := newStage(t, "extension")
	other := anagrafe.Doctors()[1]
	for _, role := range []string{"secretary", "nurse"} {
		if _, code := s.ask(s.caller(), clinic, "session.login", wire.LoginParams{Via: "cloud", Role: role, RedirectURI: extensionRedirect(s.caller())}); code != wire.ErrNotDoctor {
			t.Errorf("%s: %q", role, code)
		}
	}
	got, code := s.ask(s.caller(), clinic, "session.login", wire.LoginParams{Via: "cloud", Doctor: other.CF, RedirectURI: extensionRedirect(s.caller())})
	if code != "" {
		t.Fatal(code)
	}
	if _, code := s.complete(returned(s.enter(got.AuthorizeURL, "spid", s.doctor.CF))); code != wire.ErrWrongDoctor {
		t.Errorf("another doctor: %q", code)
	}
	if got := s.e.session.Snapshot(); got.State != wire.Disconnected || got.Reason != wire.ErrWrongDoctor {
		t.Errorf("%+v", got)
	}
	if n := s.region.LiveSessions(); n != 0 {
		t.Errorf("%d sessions left at the region", n)
	}
	got, code = s.ask(s.caller(), clinic, "session.login", wire.LoginParams{Via: "cloud", Doctor: s.doctor.CF, SubstituteOf: other.CF, Role: "doctor", RedirectURI: extensionRedirect(s.caller())})
	if code != "" {
		t.Fatal(code)
	}
	got, code = s.complete(returned(s.enter(got.AuthorizeURL, "spid", s.doctor.CF)))
	if code != "" || got.SubstituteOf != other.CF || got.Doctor.CodiceFiscale != s.doctor.CF {
		t.Errorf("substitute: %s %+v", code, got)
	}
}

// The newest click counts: a login in another window takes the place of one
// that only waits, whose answer then belongs to nothing.
func TestNewerLoginTakesThePlace(t *testing.T) {
	s := newStage(t, "extension")
	old := returned(s.enter(s.begin(), "spid", s.doctor.CF))
	newer := returned(s.enter(s.begin(), "cie", s.doctor.CF))
	if _, code := s.complete(old); code != wire.ErrLoginState {
		t.Errorf("the older answer: %q", code)
	}
	if got, code := s.complete(newer); code != "" || got.Method != "CIE L3" {
		t.Errorf("the newer answer: %s %+v", code, got)
	}
}

func TestWindowClosed(t *testing.T) {
	s := newStage(t, "extension")
	u, err := url.Parse(s.begin())
	s.must(err)
	if _, code := s.complete(wire.CompleteParams{State: u.Query().Get("state"), Error: "access_denied"}); code != wire.ErrLoginCancel {
		t.Errorf("%q", code)
	}
	if got := s.e.session.Snapshot(); got.State != wire.Disconnected || got.Reason != wire.ErrLoginCancel {
		t.Errorf("%+v", got)
	}
}

// The command line, and profiles that want it, come back to a loopback address.
func TestLoopback(t *testing.T) {
	s := newStage(t, "loopback")
	got, code := s.ask(s.caller(), clinic, "session.login", wire.LoginParams{Via: "cloud", RedirectURI: extensionRedirect(s.caller())})
	if code != "" || got.AuthorizeURL != "" || len(s.opened) != 1 {
		t.Fatalf("%s %+v %v", code, got, s.opened)
	}
	back := s.enter(s.opened[0], "spid", s.doctor.CF)
	if back.Scheme != "http" || back.Hostname() != "127.0.0.1" {
		t.Fatalf("returned to %s", back)
	}
	fetch := func(address, host string) (int, string) {
		req, err := http.NewRequest(http.MethodGet, address, nil)
		s.must(err)
		req.Host = host
		resp, err := http.DefaultTransport.RoundTrip(req)
		s.must(err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		s.must(err)
		return resp.StatusCode, string(body)
	}
	forged := *back
	forged.RawQuery = strings.Replace(back.RawQuery, "state=", "state=x", 1)
	if status, _ := fetch(back.String(), "altrove.example"); status != http.StatusMisdirectedRequest {
		t.Errorf("under another name: %d", status)
	}
	if _, body := fetch(forged.String(), back.Host); !strings.Contains(body, "Accesso non riuscito") {
		t.Errorf("forged state: %s", body)
	}
	if status, body := fetch(back.String(), back.Host); status != http.StatusOK || !strings.Contains(body, "Accesso completato") {
		t.Errorf("%d %s", status, body)
	}
	if got := s.e.session.Snapshot(); got.State != wire.Connected {
		t.Errorf("%+v", got)
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}

// A refreshed access token, a session that the region forgot, a login that was
// revoked: the first two are mended unnoticed, the third wants one click.
func TestCloudSessionHeals(t *testing.T) {
	s := newStage(t, "extension")
	if _, code := s.complete(returned(s.enter(s.begin(), "spid", s.doctor.CF))); code != "" {
		t.Fatal(code)
	}
	sync := func() wire.ErrorCode {
		_, code := s.ask(s.caller(), clinic, "patient.sync", wire.SyncParams{CodiceFiscale: anagrafe.Patients()[0].CF})
		return code
	}
	if code := sync(); code != "" {
		t.Fatal(code)
	}
	s.login.ExpireTokens()
	if code := sync(); code != "" {
		t.Errorf("expired token: %q", code)
	}
	s.region.RevokeSessions()
	if code := sync(); code != "" {
		t.Errorf("session forgotten by the region: %q", code)
	}
	s.login.RevokeAll()
	if code := sync(); code != wire.ErrLoginNeeded {
		t.Errorf("revoked login: %q", code)
	}
	if got := s.e.session.Snapshot(); got.State != wire.Stale || got.Repair != "login" {
		t.Errorf("%+v", got)
	}
	if _, code := s.complete(returned(s.enter(s.begin(), "spid", s.doctor.CF))); code != "" {
		t.Fatal(code)
	}
	if code := sync(); code != "" {
		t.Errorf("after one click: %q", code)
	}
}

// A logout is a logout also when nobody answers; the region hears of it later.
func TestLogoutWhileTheRegionIsDown(t *testing.T) {
	s := newStage(t, "extension")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if _, code := s.complete(returned(s.enter(s.begin(), "spid", s.doctor.CF))); code != "" {
		t.Fatal(code)
	}
	s.login.SetDown(true)
	s.region.SetDown(true)
	got, code := s.ask(s.caller(), clinic, "session.logout", wire.NoParams{})
	if code != "" || got.State != wire.Disconnected {
		t.Fatalf("%s %+v", code, got)
	}
	s.login.SetDown(false)
	s.region.SetDown(false)
	if len(s.e.farewells.waiting) != 1 || s.region.LiveSessions() != 1 {
		t.Fatalf("%d logouts wait, %d sessions at the region", len(s.e.farewells.waiting), s.region.LiveSessions())
	}
	if left := s.e.farewells.tell(ctx); left {
		t.Error("the region could be told, and was not")
	}
}

// The window goes with the connection of the extension that opened it: nothing
// is left waiting for what nobody can hand in.
func TestConnectionOfTheWindowEnds(t *testing.T) {
	s := newStage(t, "extension")
	params, err := json.Marshal(wire.LoginParams{Via: "cloud", RedirectURI: extensionRedirect(s.caller())})
	s.must(err)
	open, end := context.WithCancel(t.Context())
	if _, fault := s.e.Do(t.Context(), Call{
		Request: wire.Request{Method: "session.login", Params: params, Origin: clinic, UserGesture: true}, Caller: s.caller(), Open: open,
	}); fault != nil {
		t.Fatal(fault)
	}
	changes, stop := s.e.session.Subscribe()
	defer stop()
	end()
	for {
		select {
		case got := <-changes:
			if got.State == wire.Disconnected && got.Reason == wire.ErrLoginCancel {
				return
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%+v", s.e.session.Snapshot())
		}
	}
}

// An agent that is killed leaves a will: the next one ends the login that
// nobody can use any more.
func TestKilledAgentLeavesAWill(t *testing.T) {
	s := newStage(t, "extension")
	if _, code := s.complete(returned(s.enter(s.begin(), "spid", s.doctor.CF))); code != "" {
		t.Fatal(code)
	}
	next := newFarewells(s.e.secrets, zerolog.Nop(), time.Now) // of the agent after the kill
	next.read(s.e.restore)
	if len(next.waiting) != 1 {
		t.Fatalf("%d logouts to be told", len(next.waiting))
	}
	if left := next.tell(t.Context()); left {
		t.Error("the login could be ended, and was not")
	}
	if _, code := s.ask(s.caller(), clinic, "patient.sync", wire.SyncParams{CodiceFiscale: anagrafe.Patients()[0].CF}); code != wire.ErrLoginNeeded {
		t.Errorf("the login of the killed agent: %q", code)
	}
	if _, code := s.ask(s.caller(), clinic, "session.logout", wire.NoParams{}); code != "" {
		t.Fatal(code)
	}
	after := newFarewells(s.e.secrets, zerolog.Nop(), time.Now)
	if after.read(s.e.restore); len(after.waiting) != 0 {
		t.Errorf("%d logouts left after a logout", len(after.waiting))
	}
}
