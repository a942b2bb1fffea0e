package region_test

import (
	"context"
	"testing"
	"time"

	"raccordo/host/internal/region"
	"raccordo/host/internal/region/oidc"
	"raccordo/host/internal/sim/anagrafe"
	simulated "raccordo/host/internal/sim/region"
	"raccordo/host/internal/wire"
)

// TestCloudWays: a doctor works whichever way he came, and a logout ends the
// session at the region and the login at the provider.
func TestCloudWays(t *testing.T) {
	d := anagrafe.Doctors()[0]
	for _, tt := range []struct {
		name, tokens, method, level string
		answer                      func(*stage) func(*oidc.Flow) (oidc.Answer, error)
	}{
		{"SPID", "", "SPID L2", "LoA3", func(s *stage) func(*oidc.Flow) (oidc.Answer, error) { return s.door("spid", d.CF) }},
		{"CIE", "", "CIE L3", "LoA4", func(s *stage) func(*oidc.Flow) (oidc.Answer, error) { return s.door("cie", d.CF) }},
		{"card", "", "CNS", "LoA4", nil},
		{"card, tokens bound to a key of ours", "dpop", "CNS", "LoA4", nil},
		{"card, tokens bound to its certificate", "mtls", "CNS", "LoA4", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStageWith(t, tt.tokens)
			answer := func(f *oidc.Flow) (oidc.Answer, error) { return s.client.WalkCloud(t.Context(), f, s.card) }
			if tt.answer != nil {
				answer = tt.answer(s)
			}
			got, err := s.enter(answer)
			s.must(err)
			if got.CF != d.CF || got.Surname != d.Surname || got.Method != tt.method || got.Level != tt.level || got.ID == "" || got.ExpiresAt.IsZero() {
				t.Errorf("%+v", got)
			}
			s.must(s.works())
			s.must(s.client.Check(t.Context()))
			farewell, err := s.client.Logout(t.Context())
			if err != nil || farewell != nil || s.region.LiveSessions() != 0 || s.login.RevokeAll() != 0 {
				t.Errorf("logout: %v %v, %d sessions", farewell, err, s.region.LiveSessions())
			}
			s.want(s.works(), wire.ErrSessionNone)
		})
	}
}

// TestTokensRenewThemselves: an access token lives minutes; nobody notices.
func TestTokensRenewThemselves(t *testing.T) {
	s := newStage(t)
	first := s.walk()
	s.clock.advance(6 * time.Minute)
	s.must(s.works())
	got, err := s.client.Renew(t.Context())
	if err != nil || got.ID != first.ID {
		t.Errorf("the region's session lives on: %v %v", got.ID, err)
	}
}

// TestCloudRenew: what is over is made anew with the refresh token; what only
// the user can open says so.
func TestCloudRenew(t *testing.T) {
	for _, tt := range []struct {
		name   string
		breaks func(*stage)
		code   wire.ErrorCode // of the request that finds out; empty: none does
		again  wire.ErrorCode // of the renewal; empty: it goes well
		same   bool           // the region's session is the old one
	}{
		{"session revoked", func(s *stage) { s.region.RevokeSessions() }, wire.ErrSessionEnded, "", false},
		{"access token expired before its time", func(s *stage) { s.login.ExpireTokens() }, wire.ErrSessionEnded, "", false},
		{"both", func(s *stage) { s.login.ExpireTokens(); s.region.RevokeSessions() }, wire.ErrSessionEnded, "", false},
		{"login revoked", func(s *stage) { s.login.RevokeAll() }, wire.ErrSessionEnded, wire.ErrLoginNeeded, false},
		{"login over", func(s *stage) { s.clock.advance(9 * time.Hour) }, wire.ErrLoginNeeded, wire.ErrLoginNeeded, false},
		{"nothing", func(*stage) {}, "", "", true},
		{"about to end", func(s *stage) { s.clock.advance(7*time.Hour + 55*time.Minute) }, "", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t)
			first := s.walk()
			tt.breaks(s)
			err := s.works()
			if tt.code == "" {
				s.must(err)
			} else if e := s.want(err, tt.code); e.Unknown {
				t.Error("a request that was not processed is not in doubt")
			}
			got, err := s.client.Renew(t.Context())
			if tt.again != "" {
				s.want(err, tt.again)
				return
			}
			s.must(err)
			if (got.ID == first.ID) != tt.same {
				t.Errorf("session %s after %s", got.ID, first.ID)
			}
			s.must(s.works())
			if n := s.region.LiveSessions(); n != 1 {
				t.Errorf("%d sessions live", n)
			}
		})
	}
}

// TestLingering: a session that lives and processes nothing is recognised by
// its symptom, at each service, and replaced.
func TestLingering(t *testing.T) {
	for name, enter := range map[string]func(*stage){
		"cloud": func(s *stage) { s.walk() },
		"card": func(s *stage) {
			_, err := s.client.LoginCard(s.t.Context(), s.card)
			s.must(err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			enter(s)
			d := anagrafe.Doctors()[0]
			lot, err := s.client.Lot(t.Context(), doctor(anagrafe.Doctors()[0]))
			s.must(err)
			s.region.Inject(simulated.Fault{Kind: "sessione-non-operativa", Times: 1})
			ask := map[string]func() error{
				"patient": func() error {
					_, err := s.client.Patient(t.Context(), anagrafe.Patients()[0].CF, region.Presence{})
					return err
				},
				"send": func() error {
					_, err := s.client.Send(t.Context(), doctor(d), lot.NRE(1), morning()[0], s.clock.now())
					return err
				},
				"view": func() error { _, err := s.client.View(t.Context(), doctor(d), lot.NRE(1)); return err },
				"lot":  func() error { _, err := s.client.Lot(t.Context(), doctor(anagrafe.Doctors()[0])); return err },
			}
			for service, do := range ask {
				if e := s.want(do(), wire.ErrLingering); e.Unknown {
					t.Errorf("%s: nothing happened, so nothing is in doubt", service)
				}
			}
			s.must(s.client.Check(t.Context())) // it lives
			if _, err := s.client.Repair(t.Context()); err != nil {
				t.Fatal(err)
			}
			s.must(s.works())
			if n := s.region.LiveSessions(); n != 1 || s.region.Prescriptions() != 1 {
				t.Errorf("%d sessions, %d prescriptions", n, s.region.Prescriptions())
			}
		})
	}
}

func TestCloudRefusals(t *testing.T) {
	s := newStage(t)
	forged := func(f *oidc.Flow) (oidc.Answer, error) {
		return oidc.Answer{State: "forged-forged-forged-forged-forged", Code: "x"}, nil
	}
	_, err := s.enter(forged)
	s.want(err, wire.ErrLoginState)
	_, err = s.enter(func(f *oidc.Flow) (oidc.Answer, error) {
		return oidc.Answer{State: f.State, Error: "access_denied", Iss: s.login.Issuer()}, nil
	})
	s.want(err, wire.ErrLoginCancel)
	s.region.Inject(simulated.Fault{Kind: "ruolo-non-abilitato", Times: 1})
	_, err = s.enter(s.door("spid", anagrafe.Doctors()[0].CF))
	s.want(err, wire.ErrNotDoctor)
	if n := s.login.RevokeAll(); n != 0 {
		t.Errorf("%d logins live on although they led to no session", n)
	}
	_, err = s.client.BeginCloud(t.Context(), "https://altrove.example/raccordo")
	s.want(err, wire.ErrRedirect)
	_, err = s.client.Renew(t.Context())
	s.want(err, wire.ErrSessionNone)
}

// TestFarewell: the region or the provider is down while the doctor leaves.
func TestFarewell(t *testing.T) {
	t.Run("region down", func(t *testing.T) {
		s := newStage(t)
		s.walk()
		s.region.SetDown(true)
		f, err := s.client.Logout(t.Context())
		s.want(err, wire.ErrRegionDown)
		s.want(s.works(), wire.ErrSessionNone)
		if f == nil || !f.Until.After(s.clock.now()) {
			t.Fatalf("%+v", f)
		}
		s.want(f.Tell(t.Context()), wire.ErrRegionDown)
		s.region.SetDown(false)
		s.clock.advance(6 * time.Minute) // the access token must be renewed for it
		s.must(f.Tell(t.Context()))
		if s.region.LiveSessions() != 0 || s.login.RevokeAll() != 0 {
			t.Error("something lives on")
		}
	})
	t.Run("region down for long", func(t *testing.T) {
		s := newStage(t)
		s.walk()
		s.region.SetDown(true)
		f, _ := s.client.Logout(t.Context())
		s.clock.advance(11 * time.Minute)
		s.must(f.Tell(t.Context()))
		if n := s.login.RevokeAll(); n != 0 {
			t.Errorf("%d logins wait for the region", n)
		}
	})
	t.Run("told by another process", func(t *testing.T) {
		s := newStage(t)
		s.walk()
		s.login.SetDown(true)
		f, err := s.client.Logout(t.Context())
		s.want(err, wire.ErrRegionDown)
		if s.region.LiveSessions() != 0 || f.Kept() == nil {
			t.Fatal("the region was there to be told")
		}
		again, err := region.ReadFarewell(s.profile, s.options(), f.Kept())
		s.must(err)
		if !again.Until.Equal(f.Until) || again.Kept() == nil {
			t.Errorf("%v, not %v", again.Until, f.Until)
		}
		s.want(again.Tell(t.Context()), wire.ErrRegionDown)
		s.login.SetDown(false)
		s.must(again.Tell(t.Context()))
		if n := s.login.RevokeAll(); n != 0 {
			t.Errorf("%d logins live on", n)
		}
		other := s.profile
		other.ID = "altra"
		if _, err := region.ReadFarewell(other, s.options(), f.Kept()); err == nil {
			t.Error("shown to another region")
		}
		if _, err := region.ReadFarewell(s.profile, s.options(), []byte("{")); err == nil {
			t.Error("garbage accepted")
		}
	})
	t.Run("card", func(t *testing.T) {
		s := newStage(t)
		_, err := s.client.LoginCard(t.Context(), s.card)
		s.must(err)
		s.region.SetDown(true)
		f, err := s.client.Logout(t.Context())
		s.want(err, wire.ErrRegionDown)
		if f == nil || f.Kept() != nil {
			t.Fatalf("%+v", f)
		}
		s.region.SetDown(false)
		s.must(f.Tell(t.Context()))
		if s.region.LiveSessions() != 0 {
			t.Error("the session lives on")
		}
	})
	t.Run("nobody was there", func(t *testing.T) {
		s := newStage(t)
		if f, err := s.client.Logout(context.Background()); f != nil || err != nil {
			t.Error(f, err)
		}
	})
}
