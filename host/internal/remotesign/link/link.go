// Package link is one HTTP exchange with a remote signature service: bounded in
// time and size, every failure named by a code that users can be told.
//
// It never follows a redirect, never sends a request a second time (net/http
// takes another connection only when a kept one was closed before a byte had
// left), and never puts an address, a header or a body into an error or a log:
// requests carry PINs, one-time passwords and tokens.
package link

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// maxAnswer bounds what is read of an answer: two hundred signatures and a
// chain of certificates are far below it.
const maxAnswer = 4 << 20

// Line is a way to one service. It is safe for concurrent use.
type Line struct {
	http   http.Client
	log    zerolog.Logger
	answer time.Duration
}

// New makes a line on the connections of a client; answer bounds one exchange.
func New(client *http.Client, answer time.Duration, log zerolog.Logger) *Line {
	if client == nil {
		client = &http.Client{}
	}
	l := &Line{http: *client, log: log, answer: answer}
	l.http.Timeout = 0 // an exchange has its own, which knows how far it got
	l.http.Jar = nil
	l.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return l
}

// Request is what is asked.
type Request struct {
	Name        string // for the log: the method of the interface
	Method, URL string
	ContentType string // of Body
	Accept      string
	Header      map[string]string
	Body        []byte        // overwritten with zeroes when it has left
	More        time.Duration // what the answer may take beyond the usual
}

// Answer is what came back, whatever its status.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do performs one exchange and reads the whole answer.
func (l *Line) Do(ctx context.Context, q Request) (Answer, error) {
	defer clear(q.Body)
	limited, cancel := context.WithTimeout(ctx, l.answer+q.More)
	defer cancel()
	var connected atomic.Bool
	traced := httptrace.WithClientTrace(limited, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	req, err := http.NewRequestWithContext(traced, q.Method, q.URL, bytes.NewReader(q.Body))
	if err != nil {
		return Answer{}, &signature.Error{Code: wire.ErrRemoteConfig, Detail: "url"}
	}
	req.Header.Set("User-Agent", "Raccordo")
	if q.Accept != "" {
		req.Header.Set("Accept", q.Accept)
	}
	if len(q.Body) > 0 {
		req.Header.Set("Content-Type", q.ContentType)
	} else {
		req.Body = http.NoBody
	}
	for name, value := range q.Header {
		req.Header[http.CanonicalHeaderKey(name)] = []string{value}
	}
	started := time.Now()
	resp, err := l.http.Do(req)
	if err != nil {
		return Answer{}, broken(ctx, limited, err, connected.Load())
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if limited.Err() != nil {
		err = limited.Err()
	}
	if err != nil {
		return Answer{}, broken(ctx, limited, err, true)
	}
	if len(body) > maxAnswer {
		return Answer{}, BadAnswer("too long")
	}
	l.log.Debug().Str("method", q.Name).Int("status", resp.StatusCode).Dur("took", time.Since(started)).Msg("signature service answered")
	a := Answer{resp.StatusCode, resp.Header, body}
	if a.page() {
		return Answer{}, &signature.Error{Code: wire.ErrRemoteBusy, Detail: "page, HTTP " + strconv.Itoa(a.Status)}
	}
	return a, nil
}

// BadAnswer is an answer that is not the expected one.
func BadAnswer(detail string) error {
	return &signature.Error{Code: wire.ErrRemoteAnswer, Detail: detail}
}

// Refused is what an HTTP status means when the answer says no more.
func Refused(a Answer, detail string) error {
	e := &signature.Error{Code: wire.ErrRemoteRefused, Detail: "HTTP " + strconv.Itoa(a.Status)}
	if detail != "" {
		e.Detail += " " + detail
	}
	switch s := a.Status; {
	case s == http.StatusTooManyRequests || s == http.StatusRequestTimeout || s >= 500 && s != http.StatusNotImplemented:
		e.Code = wire.ErrRemoteBusy
	case s == http.StatusUnauthorized:
		e.Code = wire.ErrRemoteLogin
	case s == http.StatusProxyAuthRequired:
		e.Code = wire.ErrProxyAuth
	case s < 400:
		e.Code = wire.ErrRemoteAnswer
	}
	return e
}

// Word passes a code that the other side chose, when it looks like one.
func Word(code string) string {
	if len(code) > 40 {
		return "unknown code"
	}
	for _, c := range code {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && c != '_' && c != '-' && c != '.' {
			return "unknown code"
		}
	}
	return code
}

// page tells an HTML page, which a gateway shows to everybody while what is
// behind it is being worked on.
func (a Answer) page() bool {
	if a.Status != http.StatusOK && a.Status < 500 {
		return false
	}
	kind, _, _ := mime.ParseMediaType(a.Header.Get("Content-Type"))
	start := bytes.ToLower(bytes.TrimLeft(a.Body[:min(len(a.Body), 64)], " \t\r\n\ufeff"))
	return kind == "text/html" && len(start) > 0 && start[0] == '<' || bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}

// broken names the link that broke.
func broken(ctx, limited context.Context, err error, connected bool) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // the address may name a credential
	}
	e := &signature.Error{Code: wire.ErrRemoteDown}
	var (
		way       *exchange.Error
		untrusted *tls.CertificateVerificationError
		op        *net.OpError
		dns       *net.DNSError
	)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		e.Code = wire.ErrCancelled
	case errors.As(err, &way): // of whoever chose the proxy
		e.Code, e.Detail = way.Code, way.Detail
	case errors.As(err, &untrusted):
		e.Code, e.Detail = wire.ErrTLSServer, "signature service"
	case limited.Err() != nil:
		e.Detail = "timeout"
		if connected {
			e.Code = wire.ErrRemoteBusy
		}
	case errors.As(err, &op) && op.Op == "proxyconnect":
		e.Code = wire.ErrProxy
	case errors.As(err, &op) && op.Op == "remote error":
		e.Code, e.Detail = wire.ErrTLS, "alert"
	case errors.As(err, &dns):
		e.Detail = "name not found"
	case strings.HasPrefix(err.Error(), "failed to parse Location header"):
		return BadAnswer("redirect to nowhere")
	case connected:
		e.Code, e.Detail = wire.ErrRemoteBusy, "connection closed"
	}
	return e
}
