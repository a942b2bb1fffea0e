package region

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"time"

	"raccordo/host/internal/wire"
)

// request is one HTTP exchange.
type request struct {
	method, url string
	action      string // SOAPAction; empty: JSON
	body        []byte
}

// answer is what came back, whatever its status.
type answer struct {
	status int
	body   []byte
}

// do performs one exchange over the connection and reads the whole answer. It
// fails only when no answer came; what a status means is the caller's.
func (c *Client) do(ctx context.Context, live *connection, q request) (answer, error) {
	// Handshake and answer are bounded apart: a slow card must not eat the
	// region's time.
	t := c.profile.Timeouts
	limited, cancel := context.WithTimeout(ctx, time.Duration(t.Connect)+time.Duration(t.Handshake)+time.Duration(t.Answer))
	defer cancel()
	answering := time.AfterFunc(time.Hour, cancel)
	defer answering.Stop()
	var arrived atomic.Bool
	traced := httptrace.WithClientTrace(limited, &httptrace.ClientTrace{
		// The transport takes another connection only when the one before carried
		// nothing, or for a GET, which has no effect to be in doubt about.
		GetConn: func(string) { arrived.Store(false) },
		GotConn: func(httptrace.GotConnInfo) {
			arrived.Store(true)
			answering.Reset(time.Duration(t.Answer))
		},
	})
	req, err := http.NewRequestWithContext(traced, q.method, q.url, bytes.NewReader(q.body))
	if err != nil {
		return answer{}, misconfigured(errors.New("address"))
	}
	q.headers(req.Header, live.session.ID)
	started := time.Now()
	resp, err := live.http.Do(req)
	if err != nil {
		if card := live.signer.take(); card != nil && !arrived.Load() {
			return answer{}, &Error{Code: wire.ErrTLS, Detail: "card", Err: card}
		}
		return answer{}, transportError(ctx, err, arrived.Load(), limited.Err() != nil)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.profile.Limits.AnswerBytes+1))
	if limited.Err() != nil {
		// Our hanging up can make the other side end its answer in good form.
		err = limited.Err()
	}
	if err != nil {
		return answer{}, transportError(ctx, err, true, limited.Err() != nil)
	}
	if int64(len(body)) > c.profile.Limits.AnswerBytes {
		return answer{}, badAnswer("longer than %d bytes", c.profile.Limits.AnswerBytes)
	}
	c.log.Debug().Str("region", c.profile.ID).Str("method", q.method).Str("action", q.action).Int("status", resp.StatusCode).Dur("took", time.Since(started)).Msg("region answered")
	return answer{resp.StatusCode, body}, nil
}

func (q request) headers(h http.Header, session string) {
	h.Set("User-Agent", "Raccordo")
	if session != "" {
		h.Set("Authorization", "Bearer "+session)
	}
	switch {
	case q.action != "":
		h.Set("Content-Type", "text/xml; charset=utf-8")
		h.Set("SOAPAction", strconv.Quote(q.action))
		h.Set("Accept", "text/xml")
	default:
		h.Set("Accept", "application/json")
		if len(q.body) > 0 {
			h.Set("Content-Type", "application/json")
		}
	}
}

// problem is the region's problem+json (RFC 9457 with Italian members).
type problem struct {
	Codice    string `json:"codice"`
	Messaggio string `json:"messaggio"`
}

// statusError is what an HTTP status means when it is no success. A redirect
// is nobody's answer here: the region's addresses are configured.
func statusError(a answer) *Error {
	var p problem
	_ = json.Unmarshal(a.body, &p) // an answer without it still has its status
	e := &Error{Detail: "HTTP " + strconv.Itoa(a.status)}
	if p.Codice != "" {
		e.Detail += " " + short(p.Codice)
		e.Notices = []wire.Notice{{Code: short(p.Codice), Text: p.Messaggio}}
	}
	switch s := a.status; {
	case s == http.StatusUnauthorized:
		e.Code = wire.ErrSessionEnded
	case s == http.StatusRequestTimeout:
		e.Code, e.Unknown = wire.ErrRegionTime, true
	case s == http.StatusTooManyRequests:
		e.Code = wire.ErrRegionBusy
	case s >= 500:
		e.Code, e.Unknown = wire.ErrRegionBusy, true
	case s >= 400:
		e.Code = wire.ErrRegionFault
	default:
		e.Code, e.Unknown = wire.ErrRegionAnswer, true
	}
	return e
}

// short bounds a code that the region chose, for logs and details.
func short(code string) string {
	if len(code) > 40 {
		return "codice non previsto"
	}
	return code
}
