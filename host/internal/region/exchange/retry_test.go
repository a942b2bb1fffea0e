package exchange

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"raccordo/host/internal/wire"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	in := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for _, tt := range []struct {
		name, header string
		want         time.Duration
	}{
		{"not told", "", 0},
		{"seconds", "120", 2 * time.Minute},
		{"spaces", "  30 ", 30 * time.Second},
		{"at once", "0", time.Second},
		{"a year", "31536000", 24 * time.Hour},
		{"more than any number", "99999999999999999999", 24 * time.Hour},
		{"negative", "-5", 0},
		{"a fraction", "1.5", 0},
		{"words", "soon", 0},
		{"date", in(90 * time.Second), 90 * time.Second},
		{"date in the past", in(-time.Hour), time.Second},
		{"date next week", in(7 * 24 * time.Hour), 24 * time.Hour},
		{"old form of a date (RFC 850)", now.Add(time.Minute).Format("Monday, 02-Jan-06 15:04:05 GMT"), time.Minute},
		{"date that is none", "Mon, 32 Nov 2026 08:00:00 GMT", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := http.Header{"Date": {in(0)}}
			if tt.header != "" {
				h.Set("Retry-After", tt.header)
			}
			for _, status := range []int{429, 503} {
				if got := StatusError(Answer{Status: status, Header: h}).RetryAfter(); got != tt.want {
					t.Errorf("HTTP %d: %s, want %s", status, got, tt.want)
				}
			}
		})
	}
	soon := Answer{Status: 429, Header: http.Header{"Retry-After": {time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)}}}
	if got := StatusError(soon).RetryAfter(); got < 59*time.Minute || got > time.Hour {
		t.Errorf("a date without the server's own: %s", got)
	}
}

// TestBusyPage: the page that a gateway shows while it works tells when, too.
func TestBusyPage(t *testing.T) {
	p := newPlace(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Retry-After", "300")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "<html>")
	})
	_, err := p.post(p.line())
	if e := want(t, err, wire.ErrMaintenance, true); e.RetryAfter() != 5*time.Minute {
		t.Error(e.RetryAfter())
	}
	var told interface{ RetryAfter() time.Duration }
	if !errors.As(err, &told) {
		t.Error("who sends asks for it by this method")
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"", "120", "-1", "Mon, 23 Nov 2026 08:00:00 GMT", "9223372036854775807", "1e3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := Answer{Header: http.Header{"Retry-After": {text}}}.retryAfter()
		if got != 0 && (got < leastRetry || got > mostRetry) {
			t.Errorf("%q: %s", text, got)
		}
	})
}
