package engine

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"raccordo/host/internal/loopback"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

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
	s.must(s.e.secrets.Put(PinCodeName(s.doctor.CF), []byte(s.doctor.PinCode)))
	one := wire.Prescription{ClientID: "1", TipoPrescrizione: "F", CodiceAssistito: anagrafe.Patients()[0].CF, TipoVisita: "A", Dettagli: []wire.PrescriptionItem{{Quantita: 1}}}
	if _, code := s.ask(wire.Caller{Kind: "cli"}, "", "prescription.send", wire.SendParams{Prescriptions: []wire.Prescription{one}}); code != wire.ErrSubstitute {
		t.Errorf("sent as a substitute: %q", code)
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

// Two logins that meet while the first still asks for the region's address:
// the newer one is there, and nothing of the older one is left open.
func TestLoginsMeet(t *testing.T) {
	s := newStage(t, "extension")
	params := wire.LoginParams{Via: "cloud", RedirectURI: extensionRedirect(s.caller())}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { s.ask(s.caller(), clinic, "session.login", params) })
	}
	group.Wait()
	if got, code := s.complete(returned(s.enter(s.begin(), "spid", s.doctor.CF))); code != "" || got.State != wire.Connected {
		t.Errorf("%s %+v", code, got)
	}
}

func TestNoBrowserToOpen(t *testing.T) {
	s := newStage(t, "loopback")
	s.e.opt.Browse = func(string) error { return loopback.ErrNoBrowser }
	if _, code := s.ask(s.caller(), clinic, "session.login", wire.LoginParams{Via: "cloud", RedirectURI: extensionRedirect(s.caller())}); code != wire.ErrNoBrowser {
		t.Errorf("%q", code)
	}
	if now := s.e.session.Snapshot(); now.State != wire.Disconnected {
		t.Errorf("%+v", now)
	}
}
