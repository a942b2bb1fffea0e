package control_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/control"
	"raccordo/host/internal/sim/idp"
	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/sim/testca"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stand is a region with its login and their panel.
type stand struct {
	t      *testing.T
	region *region.Region
	login  *idp.Provider
	url    string
	http   *http.Client // a program's
	doctor *http.Client // with a card
}

func start(t *testing.T) *stand {
	t.Helper()
	ok := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	servers, err := testca.New("server")
	ok(err)
	cards, err := testca.New("carte")
	ok(err)
	plan := faults.NewPlan()
	login, err := idp.New(idp.Options{ServerCA: servers, CardCA: cards, Faults: plan, Log: zerolog.Nop()})
	ok(err)
	ok(login.Start(t.Context()))
	r, err := region.New(region.Options{ServerCA: servers, CardCA: cards, Introspector: login, Faults: plan, Log: zerolog.Nop()})
	ok(err)
	ok(r.Start(t.Context()))
	panel, err := control.Start(t.Context(), "", control.Options{Region: r, Login: login})
	ok(err)
	s := &stand{t: t, region: r, login: login, url: panel.URL(), http: &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{}}}
	s.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s.doctor = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: servers.Pool(), Certificates: []tls.Certificate{card(t, cards)}}}}
	t.Cleanup(func() {
		s.http.CloseIdleConnections()
		s.doctor.CloseIdleConnections()
		if err := panel.Close(); err != nil {
			t.Error(err)
		}
		_ = r.Close()
		_ = login.Close()
	})
	return s
}

func card(t *testing.T, ca *testca.CA) tls.Certificate {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := ca.Issue(&x509.Certificate{
		Subject: testca.Subject(anagrafe.Doctors()[0].CF + "/1.x"), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// call sends a request to the panel; header is pairs of name and value.
func (s *stand) call(method, path, body string, header ...string) (int, http.Header, string) {
	s.t.Helper()
	q, err := http.NewRequestWithContext(context.Background(), method, strings.TrimSuffix(s.url, "/")+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if q.Header.Set(header[i], header[i+1]); header[i] == "Host" {
			q.Host = header[i+1]
		}
	}
	return s.do(s.http, q)
}

func (s *stand) do(c *http.Client, q *http.Request) (int, http.Header, string) {
	s.t.Helper()
	answer, err := c.Do(q)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(raw)
}

// json posts an object, as programs do.
func (s *stand) json(path, body string) (int, string) {
	s.t.Helper()
	status, _, answer := s.call(http.MethodPost, path, body, "Content-Type", "application/json")
	return status, answer
}

// form posts a browser's form.
func (s *stand) form(path, body string, header ...string) (int, http.Header, string) {
	s.t.Helper()
	return s.call(http.MethodPost, path, body, append([]string{"Content-Type", "application/x-www-form-urlencoded"}, header...)...)
}

func (s *stand) state() (got control.State) {
	s.t.Helper()
	_, _, body := s.call(http.MethodGet, "/v1/stato", "")
	d := json.NewDecoder(bytes.NewReader([]byte(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(&got); err != nil {
		s.t.Fatal(err)
	}
	return got
}

// session opens a session with the card.
func (s *stand) session() int {
	s.t.Helper()
	q, err := http.NewRequest(http.MethodPost, s.region.SARURL()+"/sessione/v1", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	status, _, _ := s.do(s.doctor, q)
	return status
}

func has(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
}
