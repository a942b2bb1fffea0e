package region_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// serves puts a server of the test's own in the place of the region's.
func (s *stage) serves(handler http.HandlerFunc) string {
	s.t.Helper()
	pair, err := s.region.ServerCA().Server("127.0.0.1")
	s.must(err)
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	server.StartTLS()
	s.t.Cleanup(server.Close)
	return server.URL
}

// TestTokensAreTheSession: a region without a session service.
func TestTokensAreTheSession(t *testing.T) {
	s := newStage(t)
	s.profile, s.client = s.load(strings.Replace(s.text, `session = "`+s.region.CloudURL()+`/sessione/v1"`, "", 1))
	d := anagrafe.Doctors()[0]
	got, err := s.enter(s.door("cie", d.CF))
	s.must(err)
	if got.CF != d.CF || got.Surname != d.Surname || got.Name != d.Name || got.Method != "CIE L3" || got.Level != "LoA4" || got.ID == "" || got.Since.IsZero() {
		t.Errorf("%+v", got)
	}
	s.must(s.client.Check(t.Context()))
	s.clock.advance(6 * time.Minute)
	s.must(s.client.Check(t.Context())) // the access token is renewed for it
	again, err := s.client.Renew(t.Context())
	s.must(err)
	if again.ID == got.ID || again.CF != got.CF || !again.Since.Equal(got.Since) {
		t.Errorf("%+v after %+v", again, got)
	}
	s.login.RevokeAll()
	_, err = s.client.Renew(t.Context())
	s.want(err, wire.ErrLoginNeeded)
	if f, err := s.client.Logout(t.Context()); f != nil || err != nil {
		t.Error(f, err)
	}
}

// TestSessionOfAnotherDoctor: what the region's session says must be what the
// ID token said.
func TestSessionOfAnotherDoctor(t *testing.T) {
	s := newStage(t)
	var ended atomic.Int32
	base := s.serves(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			ended.Add(1)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"id":"1","codice_fiscale":"`+anagrafe.Doctors()[1].CF+`","scade":"2099-01-01T00:00:00Z"}`)
	})
	s.profile, s.client = s.load(strings.Replace(s.text, s.region.CloudURL()+"/sessione", base+"/sessione", 1))
	_, err := s.enter(func(f *flow) (answer, error) { return s.client.WalkCloud(t.Context(), f, s.card) })
	s.want(err, wire.ErrIdentity)
	if ended.Load() != 1 || s.login.RevokeAll() != 0 {
		t.Error("the session, or the login, lives on")
	}
	s.want(s.client.Check(t.Context()), wire.ErrSessionNone)
}

// TestRegionDownAfterTheLogin: the doctor was let in and the region is not
// there: nothing is left open that nobody will use.
func TestRegionDownAfterTheLogin(t *testing.T) {
	s := newStage(t)
	s.region.SetDown(true)
	_, err := s.enter(s.door("cie", anagrafe.Doctors()[0].CF))
	s.want(err, wire.ErrRegionDown)
	if n := s.login.RevokeAll(); n != 0 {
		t.Errorf("%d logins live on", n)
	}
}

// TestRenewalIsNoDoubt: while the provider is down, what could not be asked for
// has not been asked for.
func TestRenewalIsNoDoubt(t *testing.T) {
	s := newStage(t)
	s.walk()
	lot, err := s.client.Lot(t.Context(), doctor(anagrafe.Doctors()[0]))
	s.must(err)
	s.clock.advance(6 * time.Minute)
	s.login.SetDown(true)
	_, err = s.client.Send(t.Context(), doctor(anagrafe.Doctors()[0]), lot.NRE(0), morning()[0], s.clock.now())
	if e := s.want(err, wire.ErrRegionDown); e.Unknown {
		t.Error("the prescription never left")
	}
	_, err = s.client.Renew(t.Context())
	s.want(err, wire.ErrRegionDown)
	s.login.SetDown(false)
	s.must(s.works())
}
