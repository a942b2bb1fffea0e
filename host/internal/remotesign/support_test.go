package remotesign_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"raccordo/host/internal/remotesign"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/signing"
	"raccordo/host/internal/sim/signing/vault"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var oneKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// doctor is a user in front of native windows. Zero answers are the right ones.
type doctor struct {
	t     *testing.T
	cf    string
	phone func() string // the code that the phone or the generator shows

	account func(remotesign.AccountRequest) (string, string, error)
	pin     func(remotesign.SecretRequest) (string, error)
	otp     func(remotesign.OTPRequest) (string, bool, error)
	browse  func(context.Context, string) error

	mu       sync.Mutex
	accounts []remotesign.AccountRequest
	pins     []remotesign.SecretRequest
	otps     []remotesign.OTPRequest
	pages    []string
}

func (d *doctor) Account(_ context.Context, q remotesign.AccountRequest) (string, []byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.accounts = append(d.accounts, q)
	user, password := d.cf, vault.Password
	var err error
	if d.account != nil {
		user, password, err = d.account(q)
	}
	return user, []byte(password), err
}

func (d *doctor) PIN(_ context.Context, q remotesign.SecretRequest) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pins = append(d.pins, q)
	if d.pin != nil {
		pin, err := d.pin(q)
		return []byte(pin), err
	}
	return []byte(vault.PIN), nil
}

func (d *doctor) OTP(_ context.Context, q remotesign.OTPRequest) ([]byte, bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.otps = append(d.otps, q)
	if d.otp != nil {
		otp, resend, err := d.otp(q)
		return []byte(otp), resend, err
	}
	return []byte(d.phone()), false, nil
}

func (d *doctor) Browse(ctx context.Context, address string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pages = append(d.pages, address)
	if d.browse == nil {
		d.t.Error("a page was opened")
		return errors.New("no browser")
	}
	return d.browse(ctx, address)
}

// drawer is what is kept.
type drawer struct {
	mu     sync.Mutex
	values map[string][]byte
}

func newDrawer() *drawer { return &drawer{values: map[string][]byte{}} }

func (d *drawer) Get(name string) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if v, ok := d.values[name]; ok {
		return bytes.Clone(v), nil
	}
	return nil, errors.New("no such secret")
}

func (d *drawer) Put(name string, value []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.values[name] = bytes.Clone(value)
	return nil
}

func (d *drawer) Delete(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.values, name)
	return nil
}

// place is a simulated provider with a doctor's PC.
type place struct {
	*testing.T
	*signing.Provider
	*doctor
	kept *drawer
	log  *bytes.Buffer
	http *http.Client
	now  func() time.Time
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{T: t, kept: newDrawer(), log: &bytes.Buffer{}, now: time.Now}
	servers, err := testca.New("server")
	p.must(err)
	cards, err := testca.New("carte")
	p.must(err)
	key, err := oneKey()
	p.must(err)
	p.Provider, err = signing.New(signing.Options{ServerCA: servers, CA: cards, RSA: key, Log: zerolog.Nop()})
	p.must(err)
	p.must(p.Start(context.WithoutCancel(t.Context())))
	p.http = p.Client()
	t.Cleanup(func() {
		p.http.CloseIdleConnections()
		p.must(p.Close())
	})
	p.doctor = &doctor{t: t, cf: anagrafe.Doctors()[0].CF}
	p.phone = func() string {
		m, _ := p.Vault.LastOTP(p.cf)
		return m.Code
	}
	return p
}

func (p *place) must(err error) {
	if err != nil {
		p.Helper()
		p.Fatal(err)
	}
}

// The profiles of the simulated region.
func (p *place) csc1() remotesign.Profile {
	return remotesign.Profile{ID: "csc1", Name: "Firma CSC 1", Kind: remotesign.CSC, URL: p.URL() + "/csc/v1", Authorize: remotesign.ByBasic}
}

func (p *place) csc2() remotesign.Profile {
	return remotesign.Profile{ID: "csc2", Name: "Firma CSC 2", Kind: remotesign.CSC, URL: p.URL() + "/csc/v2", Authorize: remotesign.ByBasic}
}

func (p *place) arss() remotesign.Profile {
	return remotesign.Profile{ID: "arss", Name: "Firma ARSS", Kind: remotesign.ARSS, URL: p.URL() + "/arss", OTPDomain: "firma.prova", OTPSend: "SMS"}
}

// service makes one, with short waits.
func (p *place) service(profile remotesign.Profile) *remotesign.Service {
	p.Helper()
	s, err := remotesign.New(profile, p.http, p.doctor, p.kept, remotesign.Options{
		Log: zerolog.New(p.log), Now: p.now, Answer: time.Minute, Poll: time.Millisecond, Wait: time.Minute,
	})
	p.must(err)
	return s
}

func (p *place) open(s *remotesign.Service, id string) signature.Signer {
	p.Helper()
	k, err := s.Open(p.Context(), id, 0)
	p.must(err)
	p.Cleanup(func() { _ = k.Close() })
	return k
}

// hashes are n different documents' digests, as the signer wants them.
func hashes(k signature.Signer, n int) [][]byte {
	all := make([][]byte, n)
	for i := range all {
		all[i] = k.Identity().Algorithm.Digest([]byte("documento " + strconv.Itoa(i)))
	}
	return all
}

// sign has digests signed, and checks each value by itself and the order.
func sign(t *testing.T, k signature.Signer, digests [][]byte) (int, error) {
	t.Helper()
	done := 0
	err := k.SignAll(t.Context(), digests, func(i int, value []byte) {
		if i != done {
			t.Errorf("value %d comes as number %d", i, done)
		}
		done++
		if e := k.Identity().Algorithm.Check(k.Identity().Certificate.PublicKey, digests[i], value); e != nil {
			t.Errorf("value %d: %v", i, e)
		}
	})
	return done, err
}

// want holds an error against its code.
func want(t *testing.T, err error, code wire.ErrorCode) *signature.Error {
	t.Helper()
	var e *signature.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Fatalf("error is %v, not %s", err, code)
	}
	return e
}

// follow is a browser whose user agrees to everything: it ends at the address
// of this PC.
func (p *place) follow(fill func(url.Values)) func(context.Context, string) error {
	return func(_ context.Context, address string) error {
		go p.surf(address, fill)
		return nil
	}
}

func sum(text string) []byte {
	h := sha256.Sum256([]byte(text))
	return h[:]
}

// silent: nothing of what was typed or given is in the log.
func (p *place) silent(secrets ...string) {
	p.Helper()
	for _, secret := range append(secrets, vault.PIN, vault.Password, p.cf) {
		if secret != "" && strings.Contains(p.log.String(), secret) {
			p.Errorf("the log holds %q", secret)
		}
	}
}
