package region_test

import (
	"context"
	"crypto"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"raccordo/host/internal/region"
	"raccordo/host/internal/sim/anagrafe"
	simulated "raccordo/host/internal/sim/region"
	"raccordo/host/internal/wire"
)

// TestCardRenew: a session that is over is made anew over the handshake that is
// there; at the worst the card signs once more.
func TestCardRenew(t *testing.T) {
	for _, tt := range []struct {
		name   string
		breaks func(*stage)
		signed int32
	}{
		{"session revoked", func(s *stage) { s.region.RevokeSessions() }, 1},
		{"session expired", func(s *stage) { s.clock.advance(9 * time.Hour) }, 1},
		{"connections closed by a change of network", func(s *stage) { s.client.Rest() }, 1}, // resumed
		{"nothing", func(*stage) {}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t)
			first, err := s.client.LoginCard(t.Context(), s.card)
			s.must(err)
			tt.breaks(s)
			got, err := s.client.Renew(t.Context())
			s.must(err)
			if got.ID == first.ID || got.CF != first.CF || s.signed.Load() != tt.signed {
				t.Errorf("%+v, signed %d times", got, s.signed.Load())
			}
			s.must(s.works())
			if n := s.region.LiveSessions(); n != 1 {
				t.Errorf("%d sessions live", n)
			}
		})
	}
}

// errPulled stands for what a card says that is not there any more.
var errPulled = errors.New("pulled out")

type pulled struct{ crypto.Signer }

func (pulled) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, errPulled }

// TestCardGone: the signer's own error is inside what the login says.
func TestCardGone(t *testing.T) {
	s := newStage(t)
	gone := s.card
	gone.Certificate.PrivateKey = pulled{s.card.Certificate.PrivateKey.(crypto.Signer)}
	_, err := s.client.LoginCard(t.Context(), gone)
	s.want(err, wire.ErrTLS)
	if !errors.Is(err, errPulled) {
		t.Error(err)
	}
	_, err = s.enter(func(f *flow) (answer, error) { return s.client.WalkCloud(t.Context(), f, gone) })
	if !errors.Is(err, errPulled) {
		t.Error(err)
	}
}

// TestLogoutWhileRenewing: whoever leaves while the session is being made anew
// stays out, and the region keeps nothing.
func TestLogoutWhileRenewing(t *testing.T) {
	s := newStage(t)
	_, err := s.client.LoginCard(t.Context(), s.card)
	s.must(err)
	s.region.Inject(simulated.Fault{Kind: simulated.Slow, Service: simulated.ServiceSession, Delay: 500 * time.Millisecond, Times: 1})
	var renewed error
	var both sync.WaitGroup
	both.Go(func() { _, renewed = s.client.Renew(context.Background()) })
	for s.region.Stats().Requests[simulated.ServiceSession] < 2 {
		time.Sleep(time.Millisecond)
	}
	if _, err := s.client.Logout(t.Context()); err != nil {
		t.Error(err)
	}
	both.Wait()
	s.want(renewed, wire.ErrSessionNone)
	if n := s.region.LiveSessions(); n != 0 {
		t.Errorf("%d sessions live on", n)
	}
	s.want(s.works(), wire.ErrSessionNone)
}

// TestIncomplete: a region whose values are still to come shows itself, says
// what is missing, and lets nobody in by that way.
func TestIncomplete(t *testing.T) {
	s := newStage(t)
	for _, tt := range []struct {
		name, text string
		card, page wire.ErrorCode
		detail     string
		wire       wire.Region
	}{
		{"nothing known of either way", `name = "R"
code = "030"
status = "adhesion"
[card]
policies = ["1.3.76.16.2.1"]
[cloud]
`, wire.ErrIncomplete, wire.ErrIncomplete, "card.driver, card.endpoints.prescriptions, card.endpoints.lots, envelope.kind",
			wire.Region{ID: "simulata", Name: "R", Missing: []string{"card.driver", "card.endpoints.lots", "card.endpoints.prescriptions", "cloud.driver", "cloud.endpoints.lots", "cloud.endpoints.prescriptions", "envelope.kind"}}},
		{"no card", `name = "R"
code = "030"
nre = "region"
status = "adhesion"
envelope = {kind = "sac", cipher = "server-ca.crt.missing"}
[cloud]
driver = "oidc"
endpoints.prescriptions = "https://r.example/dem"
oidc = {issuer = "https://r.example", redirect = "loopback", cns_endpoint = "https://r.example/cns"}
`, wire.ErrNoWay, wire.ErrIncomplete, "card",
			wire.Region{ID: "simulata", Name: "R", Missing: []string{"cloud.oidc.client_id", "envelope.cipher"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, c := s.load(tt.text)
			if d := diff(tt.wire, p.Wire()); d != "" {
				t.Error(d)
			}
			_, err := c.LoginCard(t.Context(), s.card)
			if e := s.want(err, tt.card); e.Detail != tt.detail {
				t.Error(e.Detail)
			}
			_, err = c.BeginCloud(t.Context(), redirect)
			s.want(err, tt.page)
		})
	}
	p, _ := s.load(`name = "R"
code = "030"
nre = "region"
envelope = {kind = "sac", cipher = "cifratura.crt"}
trust.ca = ["server-ca.crt"]
[cloud]
driver = "oidc"
endpoints.prescriptions = "https://r.example/dem"
oidc = {issuer = "https://r.example", client_id = "x", redirect = "loopback", cns_endpoint = "https://r.example/cns"}
`)
	if d := diff(wire.Region{ID: "simulata", Name: "R", Cloud: "oidc", CloudCard: true}, p.Wire()); d != "" || !p.Loopback() {
		t.Error(d)
	}
	if d := diff([]string{"1.3.76.16.2.1", "1.3.76.47.4"}, p.CardPolicies()); d != "" {
		t.Error(d)
	}
}

func TestWarnings(t *testing.T) {
	s := newStage(t)
	_, err := s.client.LoginCard(t.Context(), s.card)
	s.must(err)
	if w := s.client.Warnings(); len(w) != 0 {
		t.Error(w)
	}
	for _, tt := range []struct {
		days int
		want wire.ErrorCode
	}{{-59, wire.ErrCipherSoon}, {1, wire.ErrRegionCipher}} {
		end := cipherEnd(t, s)
		s.clock.ahead.Store(int64(time.Until(end.AddDate(0, 0, tt.days))))
		if d := diff([]wire.ErrorCode{tt.want}, s.client.Warnings()); d != "" {
			t.Errorf("%d days after the end: %s", tt.days, d)
		}
	}
}

// TestClock: the region's answers show that this PC's clock is wrong.
func TestClock(t *testing.T) {
	s := newStage(t)
	own := &clock{}
	options := region.Options{Log: s.options().Log, Now: own.now}
	client := func() *region.Client {
		c, err := region.New(s.profile, options)
		s.must(err)
		t.Cleanup(c.Close)
		return c
	}
	c := client()
	_, err := c.LoginCard(t.Context(), s.card)
	s.must(err)
	own.advance(-10 * time.Minute)
	if _, err := c.Patient(t.Context(), anagrafe.Patients()[0].CF, region.Presence{}); err != nil {
		t.Fatal(err)
	}
	if d := diff([]wire.ErrorCode{wire.ErrClock}, c.Warnings()); d != "" {
		t.Error(d)
	}
	own.ahead.Store(int64(-10 * 365 * 24 * time.Hour))
	_, err = client().LoginCard(t.Context(), s.card)
	s.want(err, wire.ErrClock) // a certificate from the future
	own.ahead.Store(int64(10 * 365 * 24 * time.Hour))
	_, err = client().LoginCard(t.Context(), s.card)
	s.want(err, wire.ErrTLSServer) // one that has ended, as far as anybody can tell
	own.ahead.Store(0)
	c = client()
	_, err = c.LoginCard(t.Context(), s.card)
	s.must(err)
	own.ahead.Store(int64(10 * 365 * 24 * time.Hour))
	if _, err := c.Patient(t.Context(), anagrafe.Patients()[0].CF, region.Presence{}); err != nil {
		t.Fatal(err) // over the connection that is there; its Date is seen
	}
	_, err = c.LoginCard(t.Context(), s.card)
	s.want(err, wire.ErrClock)
}

// TestRenewTogether: of many who find the session over, one makes it anew.
func TestRenewTogether(t *testing.T) {
	s := newStage(t)
	_, err := s.client.LoginCard(t.Context(), s.card)
	s.must(err)
	s.region.RevokeSessions()
	s.region.Inject(simulated.Fault{Kind: simulated.Slow, Service: simulated.ServiceSession, Delay: 500 * time.Millisecond, Times: 1})
	before := s.region.Stats().Requests[simulated.ServiceSession]
	ids := make(chan string, 8)
	for range cap(ids) {
		go func() {
			got, err := s.client.Renew(context.Background())
			if err != nil {
				t.Error(err)
			}
			ids <- got.ID
		}()
	}
	first := <-ids
	for range cap(ids) - 1 {
		if id := <-ids; id != first {
			t.Errorf("sessions %s and %s", first, id)
		}
	}
	if n := s.region.Stats().Requests[simulated.ServiceSession] - before; n != 1 {
		t.Errorf("the region was asked %d times", n)
	}
	s.must(s.works())
}
