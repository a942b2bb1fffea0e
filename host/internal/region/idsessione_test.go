package region_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/region"
	"raccordo/host/internal/region/a2f"
	ministry "raccordo/host/internal/sim/a2f"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// sistemaTS turns a stage into one of Sistema TS without a region: the
// repository's profile, moved to the simulator's port, with the certificates.
func sistemaTS(t *testing.T) (*stage, *ministry.Service, a2f.Who) {
	t.Helper()
	s := newStage(t)
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "manifests", "regions", "sistema-ts.toml"))
	s.must(err)
	moved := strings.NewReplacer(
		"https://demservice.sanita.finanze.it", s.region.SACURL(), "https://mirservice.sanita.finanze.it", s.region.SACURL(),
		"https://servizits.sanita.finanze.it", s.region.SACURL(), "[envelope]", "[trust]\nca = [\"server-ca.crt\"]\n[envelope]",
	).Replace(string(text))
	s.must(os.WriteFile(filepath.Join(s.dir, "SanitelCF.cer"), s.region.CipherCertificatePEM(), 0o600))
	s.text = moved
	s.profile, s.client = s.load(moved)
	d := anagrafe.Doctors()[0]
	return s, s.region.SecondFactor(), a2f.Who{User: d.CF, Password: ministry.Password(d), PinCode: d.PinCode, CF: d.CF, Region: d.Region, ASL: d.ASL}
}

// prescribes sends one prescription and looks at it: Sistema TS has no registry.
func (s *stage) prescribes() error {
	d := anagrafe.Doctors()[0]
	lot, err := s.client.Lot(s.t.Context(), doctor(anagrafe.Doctors()[0]))
	if err != nil {
		return err
	}
	if _, err = s.client.Send(s.t.Context(), doctor(d), lot.NRE(0), morning()[0], s.clock.now()); err != nil {
		return err
	}
	_, err = s.client.View(s.t.Context(), doctor(d), lot.NRE(0))
	return err
}

func TestIDSessione(t *testing.T) {
	s, ts, who := sistemaTS(t)
	if w := s.profile.Wire(); w.Cloud != "id-sessione" || w.Card || w.CloudCard || len(w.Missing) != 0 {
		t.Errorf("%+v: the way without a card is ready, the other waits", w)
	}
	made, err := s.client.RequestIDSessione(t.Context(), who)
	s.must(err)
	got, err := s.client.LoginIDSessione(t.Context(), who, made.Token)
	s.must(err)
	if got.CF != who.CF || got.Method != "ID-SESSIONE" || got.Organisation != "090201" || got.ID == "" || got.ExpiresAt.Sub(got.Since).Round(time.Second) != 8*time.Hour {
		t.Errorf("%+v", got)
	}
	if phase := ts.Phase(made.Token); phase == "" || strings.Contains(strings.ToLower(phase), "attiv") {
		t.Errorf("a login does not use the token: %s", phase)
	}
	s.must(s.prescribes())
	_, err = s.client.Patient(t.Context(), anagrafe.Patients()[0].CF, region.Presence{})
	s.want(err, wire.ErrUnsupported)
	s.must(s.client.Check(t.Context()))
	again, err := s.client.Renew(t.Context())
	s.must(err)
	if again.ID == got.ID || again.CF != got.CF || !again.Since.Equal(got.Since) || again.ExpiresAt.Sub(s.clock.now()) < 15*time.Hour {
		t.Errorf("%+v: Sistema TS says 16 hours", again)
	}
	if f, err := s.client.Logout(t.Context()); f != nil || err != nil {
		t.Error(f, err)
	}
	if n := ts.RevokeAll(); n != 0 {
		t.Errorf("%d tokens live on", n)
	}
}

// TestPastedIDSessione: its state is asked for before it is believed.
func TestPastedIDSessione(t *testing.T) {
	s, ts, who := sistemaTS(t)
	got, err := s.client.LoginIDSessione(t.Context(), who, "Gentile medico, il Suo ID-SESSIONE è "+ts.Issue(who.CF)+".")
	s.must(err)
	if got.ExpiresAt.Sub(s.clock.now()) < 15*time.Hour {
		t.Errorf("%+v", got)
	}
	s.must(s.prescribes())
	for name, tt := range map[string]struct {
		token func() string
		who   func(*a2f.Who)
		code  wire.ErrorCode
	}{
		"no token":         {token: func() string { return "abc" }, code: wire.ErrTokenForm},
		"another doctor's": {token: func() string { return ts.Issue(anagrafe.Doctors()[1].CF) }, code: wire.ErrTokenForm},
		"expired":          {token: func() string { t := ts.Issue(who.CF); ts.ExpireAll(); return t }, code: wire.ErrLoginNeeded},
		"revoked":          {token: func() string { t := ts.Issue(who.CF); ts.RevokeAll(); return t }, code: wire.ErrDisplaced},
		"wrong password":   {token: func() string { return ts.Issue(who.CF) }, who: func(w *a2f.Who) { w.Password = "x" }, code: wire.ErrCredentials},
		"unknown user":     {token: func() string { return ts.Issue(who.CF) }, who: func(w *a2f.Who) { w.User = "NESSUNO" }, code: wire.ErrCredentials},
		"no pinCode":       {token: func() string { return ts.Issue(who.CF) }, who: func(w *a2f.Who) { w.PinCode = "" }, code: wire.ErrPinCode},
	} {
		t.Run(name, func(t *testing.T) {
			w := who
			if tt.who != nil {
				tt.who(&w)
			}
			_, err := s.client.LoginIDSessione(t.Context(), w, tt.token())
			s.want(err, tt.code)
		})
	}
}

// TestIDSessioneEnds: what the services and the renewal say when the second
// factor is gone.
func TestIDSessioneEnds(t *testing.T) {
	for _, tt := range []struct {
		name  string
		end   func(*stage, *ministry.Service, a2f.Who)
		again wire.ErrorCode
	}{
		{"expired", func(_ *stage, ts *ministry.Service, _ a2f.Who) { ts.ExpireAll() }, wire.ErrLoginNeeded},
		{"a newer one was used elsewhere", func(_ *stage, ts *ministry.Service, who a2f.Who) {
			if err := ts.Use(ts.Issue(who.CF), who.CF); err != nil {
				panic(err)
			}
		}, wire.ErrDisplaced},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, ts, who := sistemaTS(t)
			_, err := s.client.LoginIDSessione(t.Context(), who, ts.Issue(who.CF))
			s.must(err)
			s.must(s.prescribes())
			before := s.region.Prescriptions()
			tt.end(s, ts, who)
			d, nre := doctor(anagrafe.Doctors()[0]), "0900A0000009900"
			_, lotErr := s.client.Lot(t.Context(), doctor(anagrafe.Doctors()[0]))
			_, sendErr := s.client.Send(t.Context(), d, nre, morning()[0], s.clock.now())
			_, viewErr := s.client.View(t.Context(), d, nre)
			_, cancelErr := s.client.Cancel(t.Context(), d, nre)
			for service, err := range map[string]error{"lot": lotErr, "send": sendErr, "view": viewErr, "cancel": cancelErr} {
				if e := s.want(err, wire.ErrSessionEnded); e.Unknown || len(e.Notices) == 0 {
					t.Errorf("%s: %+v", service, e)
				}
			}
			if n := s.region.Prescriptions(); n != before {
				t.Errorf("%d prescriptions, before %d", n, before)
			}
			_, err = s.client.Renew(t.Context())
			s.want(err, tt.again)
			s.want(s.client.Check(t.Context()), tt.again)
		})
	}
}

func TestIDSessioneFarewell(t *testing.T) {
	s, ts, who := sistemaTS(t)
	_, err := s.client.LoginIDSessione(t.Context(), who, ts.Issue(who.CF))
	s.must(err)
	ts.SetDown(true)
	f, err := s.client.Logout(t.Context())
	s.want(err, wire.ErrRegionDown)
	again, err := region.ReadFarewell(s.profile, s.options(), f.Kept())
	s.must(err)
	ts.SetDown(false)
	s.must(again.Tell(t.Context()))
	if n := ts.RevokeAll(); n != 0 {
		t.Errorf("%d tokens live on", n)
	}
	s.must(f.Tell(t.Context())) // told twice does no harm
}

// TestSACCard: the card straight to Sistema TS. The handshake is the login.
func TestSACCard(t *testing.T) {
	s := newStage(t)
	text := func(base string) string {
		return `name = "Sistema TS"
code = "090"
trust = {ca = ["server-ca.crt"]}
envelope = {kind = "sac", cipher = "cifra.crt"}
[card]
driver = "sac"
policies = ["1.3.76.16.2.1"]
[card.endpoints]
prescriptions = "` + base + `/DemRicettaPrescrittoServicesWeb/services"
lots = "` + base + `/ricettaElettronicaServicesWeb/services/nreRichiestaLottoPort"
`
	}
	s.must(os.WriteFile(filepath.Join(s.dir, "cifra.crt"), s.region.CipherCertificatePEM(), 0o600))
	s.profile, s.client = s.load(text(s.region.SACURL()))
	d := anagrafe.Doctors()[0]
	got, err := s.client.LoginCard(t.Context(), s.card)
	s.must(err)
	if got.CF != d.CF || got.Method != "CNS" || got.Level != "LoA4" || got.ID == "" || !got.ExpiresAt.IsZero() {
		t.Errorf("%+v", got)
	}
	s.must(s.prescribes())
	s.must(s.client.Check(t.Context()))
	if n := s.signed.Load(); n != 1 {
		t.Errorf("the card signed %d times", n)
	}
	again, err := s.client.Renew(t.Context())
	s.must(err)
	if again.ID == got.ID || s.signed.Load() != 2 {
		t.Errorf("%+v, signed %d times", again, s.signed.Load())
	}
	s.must(s.prescribes())
	if f, err := s.client.Logout(t.Context()); f != nil || err != nil {
		t.Error(f, err)
	}
	s.want(s.prescribes(), wire.ErrSessionNone)
	withBasic := s.options()
	withBasic.Basic = func() (string, string) { return d.CF, ministry.Password(d) }
	c, err := region.New(s.profile, withBasic)
	s.must(err)
	t.Cleanup(c.Close)
	if _, err := c.LoginCard(t.Context(), s.card); err != nil {
		t.Error("with the credentials beside the card:", err)
	}
	withBasic.Basic = func() (string, string) { return d.CF, "x" }
	c, err = region.New(s.profile, withBasic)
	s.must(err)
	t.Cleanup(c.Close)
	_, err = c.LoginCard(t.Context(), s.card)
	s.want(err, wire.ErrCredentials)
	stranger := d
	stranger.CF = anagrafe.Patients()[0].CF
	_, err = s.client.LoginCard(t.Context(), card(t, s.region.CardCA(), stranger))
	s.want(err, wire.ErrTLSRefused)
	_, err = s.client.LoginCard(t.Context(), card(t, s.region.ServerCA(), d))
	s.want(err, wire.ErrTLSRefused)
	nobody := d
	nobody.CF = "NESSUNO"
	_, err = s.client.LoginCard(t.Context(), card(t, s.region.CardCA(), nobody))
	s.want(err, wire.ErrIdentity)
	_, err = s.client.BeginCloud(t.Context(), redirect)
	s.want(err, wire.ErrNoWay)
}
