package signing_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/signing"
	"raccordo/host/internal/sim/signing/vault"
	"raccordo/host/internal/sim/testca"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var oneKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// stand is a provider with a client that is a doctor's program.
type stand struct {
	*testing.T
	*signing.Provider
	http   *http.Client
	doctor anagrafe.Doctor
	token  string
	later  atomic.Int64 // how far the provider's clock is ahead, nanoseconds
}

func start(t *testing.T) *stand {
	t.Helper()
	s := &stand{T: t, doctor: anagrafe.Doctors()[0]}
	servers, err := testca.New("server")
	s.must(err)
	cards, err := testca.New("carte")
	s.must(err)
	key, err := oneKey()
	s.must(err)
	s.Provider, err = signing.New(signing.Options{ServerCA: servers, CA: cards, RSA: key, Log: zerolog.Nop(), Now: func() time.Time { return time.Now().Add(time.Duration(s.later.Load())) }})
	s.must(err)
	s.must(s.Start(t.Context()))
	s.http = s.Client()
	s.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.Cleanup(func() {
		s.http.CloseIdleConnections()
		s.must(s.Close())
	})
	return s
}

func (s *stand) must(err error) {
	if err != nil {
		s.Helper()
		s.Fatal(err)
	}
}

func (s *stand) do(q *http.Request) (int, http.Header, []byte) {
	s.Helper()
	answer, err := s.http.Do(q)
	s.must(err)
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	s.must(err)
	return answer.StatusCode, answer.Header, raw
}

func (s *stand) request(method, path, kind string, body []byte) *http.Request {
	s.Helper()
	q, err := http.NewRequestWithContext(s.Context(), method, s.URL()+path, bytes.NewReader(body))
	s.must(err)
	if kind != "" {
		q.Header.Set("Content-Type", kind)
	}
	return q
}

type object = map[string]any

// call posts JSON with the stand's token.
func (s *stand) call(path string, in object) (int, object) {
	s.Helper()
	body, err := json.Marshal(in)
	s.must(err)
	q := s.request(http.MethodPost, path, "application/json", body)
	if s.token != "" {
		q.Header.Set("Authorization", "Bearer "+s.token)
	}
	status, _, raw := s.do(q)
	var out object
	if len(raw) > 0 {
		s.must(json.Unmarshal(raw, &out))
	}
	return status, out
}

// login logs the doctor in with user and password.
func (s *stand) login(version string) {
	s.Helper()
	q := s.request(http.MethodPost, "/csc/"+version+"/auth/login", "application/json", []byte("{}"))
	q.SetBasicAuth(s.doctor.CF, vault.Password)
	status, _, raw := s.do(q)
	var out struct {
		Access string `json:"access_token"`
	}
	s.must(json.Unmarshal(raw, &out))
	if s.token = out.Access; status != http.StatusOK || s.token == "" {
		s.Fatalf("%d %s", status, raw)
	}
}

func (s *stand) get(path string) (int, http.Header, string) {
	s.Helper()
	status, header, raw := s.do(s.request(http.MethodGet, path, "", nil))
	return status, header, string(raw)
}

func (s *stand) form(path string, values url.Values) (int, http.Header, string) {
	s.Helper()
	status, header, raw := s.do(s.request(http.MethodPost, path, "application/x-www-form-urlencoded", []byte(values.Encode())))
	return status, header, string(raw)
}

// otp asks for a code and reads it on the telephone.
func (s *stand) otp() string {
	s.Helper()
	m, ok := s.Vault.SendOTP(s.doctor.CF)
	if !ok {
		s.Fatal("no such doctor")
	}
	return m.Code
}

func has(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
}
