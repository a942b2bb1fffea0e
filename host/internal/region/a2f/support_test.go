package a2f

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/region/sac"
	sim "raccordo/host/internal/sim/a2f"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 22, 11, 20, 4, 123e6, time.UTC) // 12:20:04 in Rome

// stand is a simulated Sistema TS and a client of it.
type stand struct {
	*Service
	ts     *sim.Service
	who    Who
	mutex  sync.Mutex
	now    time.Time
	cipher *sac.Cipher
	server *httptest.Server
}

func (s *stand) pass(d time.Duration) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.now = s.now.Add(d)
}

func keys(t testing.TB, bits int) (*sac.Cipher, *rsa.PrivateKey) {
	t.Helper()
	ca, err := testca.New("Prova")
	if err != nil {
		t.Fatal(err)
	}
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	der, err := ca.Issue(&x509.Certificate{Subject: testca.Subject("Cifra")}, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	c, err := sac.ParseCipher(der)
	if err != nil {
		t.Fatal(err)
	}
	return c, key
}

func whoIs(d anagrafe.Doctor) Who {
	return Who{User: d.CF, Password: sim.Password(d), PinCode: d.PinCode, CF: d.CF, Region: d.Region, ASL: d.ASL}
}

func newStand(t *testing.T) *stand {
	t.Helper()
	cipher, key := keys(t, 1024)
	s := &stand{now: noon, cipher: cipher, who: whoIs(anagrafe.Doctors()[0])}
	s.ts = sim.New(sim.Options{
		Now: func() time.Time {
			s.mutex.Lock()
			defer s.mutex.Unlock()
			return s.now
		},
		Decrypt: func(sealed string) (string, error) {
			raw, err := base64.StdEncoding.DecodeString(sealed)
			if err != nil {
				return "", err
			}
			//lint:ignore SA1019 the ministry seals with PKCS #1 v1.5
			clear, err := rsa.DecryptPKCS1v15(nil, key, raw)
			return string(clear), err
		},
	})
	s.Service, s.server = serve(t, s.ts, func(text string) (string, error) { return cipher.Seal(text, time.Now()) })
	return s
}

// serve puts a handler behind TLS and a client before it.
func serve(t *testing.T, h http.Handler, seal func(string) (string, error)) (*Service, *httptest.Server) {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	line, err := exchange.NewLine(exchange.Options{Roots: roots, Limits: exchange.Limits{Connect: 5 * time.Second, Handshake: 5 * time.Second, Answer: 10 * time.Second, AnswerBytes: 1 << 20}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(line.Rest)
	return New(Options{Endpoint: server.URL + sim.Path, Context: sim.Context, Application: sim.Prescriber, Line: line, Seal: seal}), server
}

// code is the error's, and its first notice.
func code(err error) (wire.ErrorCode, wire.Notice) {
	var e *exchange.Error
	if !errors.As(err, &e) {
		return "", wire.Notice{}
	}
	if len(e.Notices) == 0 {
		return e.Code, wire.Notice{}
	}
	return e.Code, e.Notices[0]
}

func (s *stand) create(t *testing.T) string {
	t.Helper()
	c, err := s.Create(t.Context(), s.who)
	if err != nil || c.Mailed || !checkable(c.Token) {
		t.Fatalf("%+v %v", c, err)
	}
	return c.Token
}
