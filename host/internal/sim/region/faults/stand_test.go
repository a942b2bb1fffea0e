package faults_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/sim/testca"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const greeting = "buongiorno, dottoressa"

// stand is a service that says good morning, with a plan of faults before it.
type stand struct {
	*faults.Plan
	url    string
	client *http.Client
	served atomic.Int64 // requests carried out
	known  *testca.CA
}

func start(t *testing.T, maxVersion uint16) *stand {
	t.Helper()
	ca, err := testca.New("server")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := ca.Server("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	s := &stand{Plan: faults.NewPlan(), known: ca}
	ctx, cancel := context.WithCancel(t.Context())
	guard := faults.Guard{Plan: s.Plan, Now: func() time.Time { return noon }, Stopped: ctx.Done(), Log: zerolog.Nop()}
	config := &tls.Config{Certificates: []tls.Certificate{pair}}
	faults.Hello{Plan: s.Plan, CA: ca, Hosts: []string{"127.0.0.1"}, Names: []faults.Service{faults.SAR}}.Disturb(config)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{
		ErrorLog: log.New(io.Discard, "", 0), BaseContext: func(net.Listener) context.Context { return ctx },
		Handler: guard.Around(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			s.served.Add(1)
			w.Header().Set("X-Skew", faults.Skew(q).String())
			if q.Method == http.MethodDelete {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			_, _ = io.WriteString(w, greeting)
		}), "saluto", faults.SAR),
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(tls.NewListener(faults.Listener{Listener: l}, config)) }()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: ca.Pool(), MaxVersion: maxVersion, ClientSessionCache: tls.NewLRUClientSessionCache(4)}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		cancel()
		_ = srv.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	s.url, s.client = "https://"+l.Addr().String()+"/", &http.Client{Transport: transport, Timeout: 20 * time.Second}
	return s
}

// answer is what a client saw.
type answer struct {
	status int
	header http.Header
	body   string
	err    error // before the headers or in the body
}

func (s *stand) ask(t *testing.T, method string) (a answer) {
	t.Helper()
	q, err := http.NewRequest(method, s.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.client.Do(q)
	if err != nil {
		return answer{err: err}
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	return answer{got.StatusCode, got.Header, string(body), err}
}
