package faults_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"raccordo/host/internal/sim/region/faults"
)

// TestRequests: what a plain client sees of every fault of a request, and
// whether the request was carried out.
func TestRequests(t *testing.T) {
	s := start(t, 0)
	page := func(status int, text string) func(*testing.T, answer) {
		return func(t *testing.T, a answer) {
			if a.err != nil || a.status != status || !strings.Contains(a.body, text) || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
				t.Errorf("%+v", a)
			}
		}
	}
	nothing := func(t *testing.T, a answer) {
		if a.err == nil || a.status != 0 {
			t.Errorf("an answer came: %+v", a)
		}
	}
	for _, row := range []struct {
		name   string
		fault  faults.Fault
		method string
		served int64
		see    func(*testing.T, answer)
	}{
		{"500", faults.Fault{Kind: faults.Broken}, "GET", 0, page(500, "Internal Server Error")},
		{"503", faults.Fault{Kind: faults.Unavailable}, "GET", 0, page(503, "Service Unavailable")},
		{"maintenance", faults.Fault{Kind: faults.Maintenance}, "GET", 0, page(503, "Servizio in manutenzione")},
		{"maintenance, 503", faults.Fault{Kind: faults.Maintenance, Status: 503}, "GET", 0, page(503, "Servizio in manutenzione")},
		{"maintenance, 200", faults.Fault{Kind: faults.Maintenance, Status: 200}, "GET", 0, page(200, "Servizio in manutenzione")},
		{"request lost", faults.Fault{Kind: faults.LostRequest}, "POST", 0, nothing},
		{"answer lost", faults.Fault{Kind: faults.LostAnswer}, "POST", 1, nothing},
		{"answer cut", faults.Fault{Kind: faults.CutAnswer}, "POST", 1, func(t *testing.T, a answer) {
			if a.status != 200 || a.body != greeting[:len(greeting)/2] || !errors.Is(a.err, syscall.ECONNRESET) {
				t.Errorf("%+v", a)
			}
		}},
		{"empty answer cut", faults.Fault{Kind: faults.CutAnswer}, "DELETE", 1, nothing},
		{"clock ahead", faults.Fault{Kind: faults.ClockSkew, Skew: time.Hour}, "GET", 1, func(t *testing.T, a answer) {
			if a.header.Get("Date") != "Sun, 22 Nov 2026 13:00:00 GMT" || a.header.Get("X-Skew") != "1h0m0s" || a.body != greeting {
				t.Errorf("%+v", a)
			}
		}},
		{"clock behind", faults.Fault{Kind: faults.ClockSkew, Skew: -time.Hour}, "GET", 1, func(t *testing.T, a answer) {
			if a.header.Get("Date") != "Sun, 22 Nov 2026 11:00:00 GMT" || a.header.Get("X-Skew") != "-1h0m0s" {
				t.Errorf("%+v", a)
			}
		}},
		{"of another service", faults.Fault{Kind: faults.Broken, Service: "invio"}, "GET", 1, func(t *testing.T, a answer) {
			if a.status != 200 || a.body != greeting {
				t.Errorf("%+v", a)
			}
		}},
		{"of the service", faults.Fault{Kind: faults.Broken, Service: "saluto"}, "GET", 0, page(500, "")},
		{"of the listener", faults.Fault{Kind: faults.Broken, Service: faults.SAR}, "GET", 0, page(500, "")},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := s.served.Load()
			row.fault.Times = 1
			s.Inject(row.fault)
			row.see(t, s.ask(t, row.method))
			if got := s.served.Load() - before; got != row.served {
				t.Errorf("carried out %d times, want %d", got, row.served)
			}
			s.Clear()
			if a := s.ask(t, "GET"); a.err != nil || a.body != greeting {
				t.Errorf("afterwards: %+v", a)
			}
		})
	}
}

func TestSlowAndAnother(t *testing.T) {
	s := start(t, 0)
	s.Inject(faults.Fault{Kind: faults.Slow, Times: 1, Delay: 200 * time.Millisecond})
	s.Inject(faults.Fault{Kind: faults.Broken, Times: 1})
	begun := time.Now()
	if a := s.ask(t, "GET"); a.status != 500 || time.Since(begun) < 200*time.Millisecond {
		t.Errorf("%+v after %s", a, time.Since(begun))
	}
	if a := s.ask(t, "GET"); a.status != 200 || len(s.List()) != 0 {
		t.Errorf("%+v, left %v", a, s.List())
	}
}

// TestHang: the client's patience ends it, and the server lets go.
func TestHang(t *testing.T) {
	s := start(t, 0)
	s.Inject(faults.Fault{Kind: faults.Hang, Times: 1})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, strings.NewReader("qualcosa"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.client.Do(q); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if a := s.ask(t, "GET"); a.body != greeting || s.served.Load() != 1 {
		t.Errorf("%+v, carried out %d times", a, s.served.Load())
	}
}

// TestStop: a server that stops leaves no held request behind (goleak looks).
func TestStop(t *testing.T) {
	for _, f := range []faults.Fault{{Kind: faults.Slow, Delay: time.Minute}, {Kind: faults.Hang}} {
		t.Run(string(f.Kind), func(t *testing.T) {
			s := start(t, 0)
			s.Inject(f)
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			q, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, io.LimitReader(strings.NewReader("x"), 1))
			if err != nil {
				t.Fatal(err)
			}
			if answer, err := s.client.Do(q); err == nil {
				answer.Body.Close()
				t.Error("an answer came")
			}
		})
	}
}
