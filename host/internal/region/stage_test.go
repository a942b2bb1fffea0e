package region_test

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"raccordo/host/internal/region"
	"raccordo/host/internal/region/oidc"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/idp"
	"raccordo/host/internal/sim/kit"
	simulated "raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/wire"
)

// redirect is where the region's page returns to in these tests.
const redirect = "http://127.0.0.1:1/raccordo"

// stage is the simulated region with its identity provider, and a client of the
// repository's own profile, moved to their ports.
type stage struct {
	t       *testing.T
	dir     string
	login   *idp.Provider
	region  *simulated.Region
	text    string // of the profile
	profile region.Profile
	client  *region.Client
	card    region.Credentials
	signed  atomic.Int32 // signatures of the card
	clock   *clock
	record  string // folder of the exchanges; empty: nobody has the schemas
}

// counted is a card's key that counts.
type counted struct {
	crypto.Signer
	n *atomic.Int32
}

func (c counted) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	c.n.Add(1)
	return c.Signer.Sign(r, digest, opts)
}

// clock is the wall clock with an offset.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

func newStage(t *testing.T, change ...func(text string) string) *stage {
	t.Helper()
	return newStageWith(t, "", change...)
}

func newStageWith(t *testing.T, tokens string, change ...func(text string) string) *stage {
	t.Helper()
	s := &stage{t: t, dir: t.TempDir(), clock: &clock{}}
	servers, err := testca.LoadOrNew(s.dir, "server-ca", "CA server")
	s.must(err)
	cards, err := testca.LoadOrNew(s.dir, "card-ca", "CA carte")
	s.must(err)
	s.login, err = idp.New(idp.Options{ServerCA: servers, CardCA: cards, Tokens: tokens, Log: zerolog.Nop(), Now: s.clock.now})
	s.must(err)
	s.must(s.login.Start(context.Background()))
	t.Cleanup(func() { _ = s.login.Close() })
	if os.Getenv(kit.Variable) != "" {
		s.record = filepath.Join(s.dir, "scambi")
	}
	s.region, err = simulated.New(simulated.Options{Dir: s.dir, Record: s.record, ServerCA: servers, CardCA: cards, Introspector: s.login, Tokens: tokens, Log: zerolog.Nop(), Now: s.clock.now})
	s.must(err)
	s.must(s.region.Start(context.Background()))
	t.Cleanup(func() { _ = s.region.Close() })
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "manifests", "regions", "simulata.toml"))
	s.must(err)
	moved := strings.NewReplacer(
		"https://127.0.0.1:8444", s.region.SARURL(), "https://127.0.0.1:8447", s.region.CloudURL(),
		"https://127.0.0.1:8448", s.login.Issuer(), "https://127.0.0.1:8449/authorize/cns", s.login.CNSEndpoint(),
	).Replace(string(text))
	if tokens != "" {
		moved = strings.Replace(moved, `tokens = "bearer"`, fmt.Sprintf("tokens = %q", tokens), 1)
	}
	for _, c := range change {
		moved = c(moved)
	}
	s.text = moved
	s.profile, s.client = s.load(moved)
	s.card = card(t, cards, anagrafe.Doctors()[0])
	s.card.Certificate.PrivateKey = counted{s.card.Certificate.PrivateKey.(crypto.Signer), &s.signed}
	return s
}

// load writes a profile and makes a client of it.
func (s *stage) load(text string) (region.Profile, *region.Client) {
	s.t.Helper()
	s.must(os.WriteFile(filepath.Join(s.dir, "simulata.toml"), []byte(text), 0o600))
	profiles, err := region.LoadProfiles(nil, s.dir)
	s.must(err)
	c, err := region.New(profiles["simulata"], s.options())
	s.must(err)
	s.t.Cleanup(c.Close)
	return profiles["simulata"], c
}

func (s *stage) options() region.Options {
	return region.Options{Log: zerolog.Nop(), Now: s.clock.now}
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// want checks an error's code, and that nothing is in doubt.
func (s *stage) want(err error, code wire.ErrorCode) *region.Error {
	s.t.Helper()
	var e *region.Error
	if !errors.As(err, &e) || e.Code != code {
		s.t.Fatalf("error %v, want %s", err, code)
	}
	return e
}

// walk logs in at the region's page with the card.
func (s *stage) walk() region.Session {
	s.t.Helper()
	got, err := s.enter(func(f *oidc.Flow) (oidc.Answer, error) { return s.client.WalkCloud(s.t.Context(), f, s.card) })
	s.must(err)
	return got
}

// enter logs in at the region's page however answer gets through it.
func (s *stage) enter(answer func(*oidc.Flow) (oidc.Answer, error)) (region.Session, error) {
	s.t.Helper()
	f, err := s.client.BeginCloud(s.t.Context(), redirect)
	if err != nil {
		return region.Session{}, err
	}
	a, err := answer(f)
	if err != nil {
		return region.Session{}, err
	}
	return s.client.CompleteCloud(s.t.Context(), f, a)
}

// door fills in the page of SPID or CIE as a browser would.
func (s *stage) door(name, cf string) func(*oidc.Flow) (oidc.Answer, error) {
	return func(f *oidc.Flow) (oidc.Answer, error) {
		jar, err := cookiejar.New(nil)
		if err != nil {
			return oidc.Answer{}, err
		}
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.region.ServerCA().Pool()}}
		defer transport.CloseIdleConnections()
		browser := &http.Client{Transport: transport, Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		answer, err := browser.PostForm(strings.Replace(f.URL, "/authorize?", "/authorize/"+name+"?", 1), url.Values{"medico": {cf}})
		if err != nil {
			return oidc.Answer{}, err
		}
		defer func() { _ = answer.Body.Close() }()
		return oidc.ParseAnswer(redirect, answer.Header.Get("Location"))
	}
}

// works asks for a patient and sends a prescription.
func (s *stage) works() error {
	d := anagrafe.Doctors()[0]
	if _, err := s.client.Patient(s.t.Context(), anagrafe.Patients()[0].CF, region.Presence{}); err != nil {
		return err
	}
	lot, err := s.client.Lot(s.t.Context(), doctor(anagrafe.Doctors()[0]))
	if err != nil {
		return err
	}
	_, err = s.client.Send(s.t.Context(), doctor(d), lot.NRE(0), morning()[0], s.clock.now())
	return err
}

// Names of the package's own, for the other files.
type (
	flow   = oidc.Flow
	answer = oidc.Answer
)

func diff(want, got any) string { return cmp.Diff(want, got) }

func cipherEnd(t *testing.T, s *stage) time.Time {
	t.Helper()
	block, _ := pem.Decode(s.region.CipherCertificatePEM())
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return cert.NotAfter
}
