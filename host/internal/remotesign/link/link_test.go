package link

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "otp-123456"

// place is a server and a client that trusts it.
func place(t *testing.T, serve http.HandlerFunc) (*httptest.Server, *http.Client) {
	t.Helper()
	s := httptest.NewTLSServer(serve)
	s.Config.ErrorLog = nil
	c := s.Client()
	t.Cleanup(func() {
		c.CloseIdleConnections()
		s.Close()
	})
	return s, c
}

func post(t *testing.T, l *Line, address string) (Answer, error) {
	t.Helper()
	return l.Do(t.Context(), Request{Name: "x", Method: http.MethodPost, URL: address + "/" + secret, ContentType: "application/json", Body: []byte(secret)})
}

func want(t *testing.T, err error, code wire.ErrorCode) {
	t.Helper()
	var e *signature.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Errorf("%v, not %s", err, code)
	}
	if err != nil && strings.Contains(err.Error(), secret) {
		t.Errorf("the error quotes the request: %v", err)
	}
}

func TestExchange(t *testing.T) {
	var log bytes.Buffer
	asked := 0
	s, c := place(t, func(w http.ResponseWriter, q *http.Request) {
		asked++
		body, _ := io.ReadAll(q.Body)
		if string(body) != secret || q.Header.Get("Content-Type") != "application/json" || q.Header.Get("User-Agent") != "Raccordo" || q.Header.Get("Cookie") != "" {
			t.Errorf("%s %v", body, q.Header)
		}
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		http.Redirect(w, q, "/altrove", http.StatusFound)
	})
	c.Jar, _ = cookiejar.New(nil)
	l := New(c, time.Minute, zerolog.New(&log))
	body := []byte(secret)
	for range 2 {
		a, err := l.Do(t.Context(), Request{Name: "x", Method: http.MethodPost, URL: s.URL, ContentType: "application/json", Body: body})
		if err != nil || a.Status != http.StatusFound {
			t.Fatal(a, err)
		}
		if string(body) == secret {
			t.Error("the request stays in memory")
		}
		copy(body, secret)
	}
	if asked != 2 || strings.Contains(log.String(), secret) || strings.Contains(log.String(), s.URL) {
		t.Error(asked, log.String())
	}
}

func TestFaults(t *testing.T) {
	release := make(chan struct{})
	s, c := place(t, func(w http.ResponseWriter, q *http.Request) {
		switch q.URL.Path {
		case "/hang/" + secret:
			select {
			case <-release:
			case <-q.Context().Done():
			}
		case "/drip/" + secret:
			w.WriteHeader(http.StatusOK)
			_ = http.NewResponseController(w).Flush()
			select {
			case <-release:
			case <-q.Context().Done():
			}
		case "/long/" + secret:
			_, _ = w.Write(make([]byte, maxAnswer+1))
		case "/page/" + secret:
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<h1>Torniamo presto</h1>")
		case "/cut/" + secret:
			panic(http.ErrAbortHandler)
		case "/nowhere/" + secret:
			w.Header().Set("Location", "https://%zz/"+secret)
			w.WriteHeader(http.StatusFound)
		}
	})
	s.Config.ErrorLog = nil
	defer close(release)
	short := New(c, 300*time.Millisecond, zerolog.Nop())
	_, err := post(t, short, s.URL+"/hang")
	want(t, err, wire.ErrRemoteBusy)
	_, err = post(t, short, s.URL+"/drip")
	want(t, err, wire.ErrRemoteBusy)
	l := New(c, time.Minute, zerolog.Nop())
	for path, code := range map[string]wire.ErrorCode{"/long": wire.ErrRemoteAnswer, "/page": wire.ErrRemoteBusy, "/cut": wire.ErrRemoteBusy, "/nowhere": wire.ErrRemoteAnswer} {
		_, err := post(t, l, s.URL+path)
		want(t, err, code)
	}
	_, err = post(t, l, "https://[")
	want(t, err, wire.ErrRemoteConfig)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err = l.Do(ctx, Request{Method: http.MethodPost, URL: s.URL + "/hang/" + secret})
	want(t, err, wire.ErrCancelled)
}

func TestTheWay(t *testing.T) {
	s, c := place(t, func(http.ResponseWriter, *http.Request) {})
	stranger := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}}}
	_, err := post(t, New(stranger, time.Minute, zerolog.Nop()), s.URL)
	want(t, err, wire.ErrTLSServer)
	proxied := &http.Client{Transport: &http.Transport{Proxy: func(*http.Request) (*url.URL, error) { return nil, &exchange.Error{Code: wire.ErrProxyAuth} }}}
	_, err = post(t, New(proxied, time.Minute, zerolog.Nop()), s.URL)
	want(t, err, wire.ErrProxyAuth)
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = gone.Close()
	_, err = post(t, New(c, time.Minute, zerolog.Nop()), "https://"+gone.Addr().String())
	want(t, err, wire.ErrRemoteDown)
	_, err = post(t, New(c, time.Minute, zerolog.Nop()), "https://nome.invalid")
	want(t, err, wire.ErrRemoteDown)
	_, err = post(t, New(nil, time.Minute, zerolog.Nop()), s.URL)
	want(t, err, wire.ErrTLSServer)
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes the connection and never says a word of TLS
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	_, err = post(t, New(c, 200*time.Millisecond, zerolog.Nop()), "https://"+silent.Addr().String())
	want(t, err, wire.ErrRemoteDown)
}

// TestOnce: a server that takes the request and drops the connection gets it
// once, also on a connection that was kept.
func TestOnce(t *testing.T) {
	var secrets atomic.Int32
	s, c := place(t, func(_ http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		if bytes.Contains(body, []byte(secret)) {
			secrets.Add(1)
			panic(http.ErrAbortHandler)
		}
	})
	l := New(c, time.Minute, zerolog.Nop())
	if _, err := l.Do(t.Context(), Request{Method: http.MethodPost, URL: s.URL, Body: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	_, err := post(t, l, s.URL)
	want(t, err, wire.ErrRemoteBusy)
	if n := secrets.Load(); n != 1 {
		t.Errorf("the secret went out %d times", n)
	}
}

func TestRefused(t *testing.T) {
	for status, code := range map[int]wire.ErrorCode{
		200: wire.ErrRemoteAnswer, 302: wire.ErrRemoteAnswer, 400: wire.ErrRemoteRefused, 401: wire.ErrRemoteLogin, 403: wire.ErrRemoteRefused,
		407: wire.ErrProxyAuth, 408: wire.ErrRemoteBusy, 429: wire.ErrRemoteBusy, 500: wire.ErrRemoteBusy, 501: wire.ErrRemoteRefused, 503: wire.ErrRemoteBusy,
	} {
		want(t, Refused(Answer{Status: status}, "x"), code)
	}
	for word, shown := range map[string]string{"invalid_otp": "invalid_otp", "Rossi Mario": "unknown code", strings.Repeat("a", 41): "unknown code", "": ""} {
		if got := Word(word); got != shown {
			t.Errorf("%q: %q", word, got)
		}
	}
}
