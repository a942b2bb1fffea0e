package engine

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

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

// A batch that waits for the user goes on with the doctor who began it, and
// with nobody else.
func TestPausedBatch(t *testing.T) {
	for name, back := range map[string]struct {
		doctor int
		want   wire.ErrorCode
	}{"the same doctor": {0, ""}, "another doctor": {1, wire.ErrWrongDoctor}} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, "extension")
			if _, code := s.complete(returned(s.enter(s.begin(), "spid", s.doctor.CF))); code != "" {
				t.Fatal(code)
			}
			s.login.RevokeAll()
			paused := make(chan wire.ErrorCode, 1)
			ended := make(chan []wire.PrescriptionResult, 1)
			ear := &listener{told: map[string]bool{}, notify: func(ev wire.Event) { paused <- ev.Params.(wire.BatchProgress).Paused }}
			go func() {
				ended <- s.e.patiently(t.Context(), s.doctor.CF, ear, func() []wire.PrescriptionResult {
					err := s.e.withRegion(t.Context(), func(l *link) error { _, err := l.client.Lot(t.Context(), s.e.identity(l)); return err })
					if err != nil {
						return []wire.PrescriptionResult{{State: wire.Queued, Problem: wire.NewError(codeOf(err), "")}}
					}
					return []wire.PrescriptionResult{{State: wire.Sent}}
				})
			}()
			if why := <-paused; why != wire.ErrLoginNeeded {
				t.Errorf("paused because of %q", why)
			}
			if _, code := s.complete(returned(s.enter(s.begin(), "cie", anagrafe.Doctors()[back.doctor].CF))); code != "" {
				t.Fatal(code)
			}
			got := (<-ended)[0]
			if back.want == "" && got.State != wire.Sent || back.want != "" && (got.Problem == nil || got.Problem.Data.Code != back.want) {
				t.Errorf("went on with %+v, want %q", got, back.want)
			}
		})
	}
}

// Another login takes the place of a session: the one before is over at the
// identity provider too.
func TestReplacedLoginIsEnded(t *testing.T) {
	s := newStage(t, "extension")
	if _, code := s.complete(returned(s.enter(s.begin(), "spid", s.doctor.CF))); code != "" {
		t.Fatal(code)
	}
	s.e.session.Stale(wire.ErrLoginNeeded, "login")
	if _, code := s.complete(returned(s.enter(s.begin(), "cie", s.doctor.CF))); code != "" {
		t.Fatal(code)
	}
	for end := time.Now().Add(10 * time.Second); s.login.Stats().Logins != 1; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d logins live at the provider", s.login.Stats().Logins)
		}
	}
}
