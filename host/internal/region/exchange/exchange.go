// Package exchange is one HTTP exchange with a region's server: with the
// certificate of a card or without, through the proxy of the place, bounded in
// time and size, every failure named by the link that broke.
//
// It never follows a redirect, never repeats a request that has an effect
// (only a GET whose kept connection the server had closed goes out once more:
// RFC 9110, section 9.2.2; net/http does so by itself), and never puts an
// address or a body into an error or a log. What an answer means beyond its
// status is the caller's.
package exchange

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"time"

	"raccordo/host/internal/wire"
)

// Request is what is asked.
type Request struct {
	Method, URL string
	Action      string // SOAPAction; empty: no SOAP
	ContentType string // of Body; empty: text/xml with an Action, else application/json
	Accept      string // empty: likewise
	Body        []byte
	// Authorise adds who asks; it sees the method and the address.
	Authorise func(*http.Request) error
	// Page: an HTML page is what is asked for, and no sign of maintenance.
	Page bool
}

// Answer is what came back, whatever its status.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do performs one exchange and reads the whole answer. It fails when no answer
// came, or a page for people where none was asked for.
func (l *Line) Do(ctx context.Context, q Request) (Answer, error) {
	turn := l.turn(ctx)
	defer turn.end()
	// Handshake and answer are bounded apart: a slow card must not eat the
	// region's time.
	t := l.opt.Limits
	limited, cancel := context.WithTimeout(ctx, t.Connect+t.Handshake+t.Answer)
	defer cancel()
	answering := time.AfterFunc(time.Hour, cancel)
	defer answering.Stop()
	var way trail
	traced := httptrace.WithClientTrace(limited, &httptrace.ClientTrace{
		// The transport takes another connection only when the one before carried
		// nothing, or for a GET, which has no effect to be in doubt about.
		GetConn: func(string) { way.arrived.Store(false) },
		GotConn: func(c httptrace.GotConnInfo) {
			way.arrived.Store(true)
			way.kept.Store(c.Reused)
			answering.Reset(t.Answer)
			turn.connected(c.Reused)
		},
		GotFirstResponseByte: turn.end,
	})
	req, err := q.build(traced)
	if err != nil {
		return Answer{}, err
	}
	started := time.Now()
	resp, err := l.http.Do(req)
	if err != nil {
		l.heard(time.Time{})
		if card := l.signer.take(); card != nil && !way.arrived.Load() {
			return Answer{}, &Error{Code: wire.ErrTLS, Detail: "card", Err: card}
		}
		return Answer{}, l.transportError(ctx, err, &way, limited.Err() != nil)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, t.AnswerBytes+1))
	if limited.Err() != nil {
		// Our hanging up can make the other side end its answer in good form.
		err = limited.Err()
	}
	if err != nil {
		return Answer{}, l.transportError(ctx, err, &way, limited.Err() != nil)
	}
	if int64(len(body)) > t.AnswerBytes {
		return Answer{}, BadAnswer("longer than %d bytes", t.AnswerBytes)
	}
	l.opt.Log.Debug().Str("method", q.Method).Str("action", q.Action).Int("status", resp.StatusCode).Dur("took", time.Since(started)).Msg("region answered")
	l.opt.Clock.saw(resp.Header)
	l.heard(time.Now())
	a := Answer{resp.StatusCode, resp.Header, body}
	if !q.Page && a.page() {
		return Answer{}, &Error{Code: wire.ErrMaintenance, Detail: "HTTP " + strconv.Itoa(a.Status), Unknown: q.Method != http.MethodGet, Retry: a.retryAfter()}
	}
	return a, nil
}

// trail is how far a request got: on a connection, so that it may have left;
// on one that had carried others before.
type trail struct{ arrived, kept atomic.Bool }

func (q Request) build(ctx context.Context) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, q.Method, q.URL, bytes.NewReader(q.Body))
	if err != nil {
		return nil, &Error{Code: wire.ErrRegionConfig, Err: errors.New("address")}
	}
	kind, accept := "application/json", "application/json"
	if q.Action != "" {
		kind, accept = "text/xml; charset=utf-8", "text/xml"
		req.Header.Set("SOAPAction", strconv.Quote(q.Action))
	}
	if q.ContentType != "" {
		kind = q.ContentType
	}
	if q.Accept != "" {
		accept = q.Accept
	}
	req.Header.Set("User-Agent", "Raccordo")
	req.Header.Set("Accept", accept)
	if len(q.Body) > 0 {
		req.Header.Set("Content-Type", kind)
	}
	if q.Authorise != nil {
		if err := q.Authorise(req); err != nil {
			return nil, err
		}
	}
	return req, nil
}

// page tells an HTML page, which a gateway shows to everybody while what is
// behind it is being worked on. A 401 or 404 of a server that explains itself in
// HTML means its status, and SOAP is SOAP whatever it calls itself.
func (a Answer) page() bool {
	if a.Status != http.StatusOK && a.Status < 500 {
		return false
	}
	kind, _, _ := mime.ParseMediaType(a.Header.Get("Content-Type"))
	start := bytes.ToLower(bytes.TrimLeft(a.Body[:min(len(a.Body), 256)], " \t\r\n\ufeff"))
	return kind == "text/html" && len(start) > 0 && start[0] == '<' && !bytes.Contains(start, []byte("envelope")) ||
		bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}
