package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"raccordo/host/internal/wire"
)

// Error is every failure of an exchange with a region. Its text holds no
// address, no body and no personal data.
type Error struct {
	Code    wire.ErrorCode
	Detail  string        // HTTP status, TLS alert, SOAP fault code, region's own code
	Notices []wire.Notice // what the region said, in its words
	Unknown bool          // the request may have reached the region and had its effect
	Retry   time.Duration // when the region wants to be asked again; 0: it did not say
	Err     error
}

func (e *Error) Error() string {
	text := string(e.Code)
	if e.Detail != "" {
		text += " (" + e.Detail + ")"
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// MayHaveArrived tells whether the request may have had its effect.
func (e *Error) MayHaveArrived() bool { return e.Unknown }

// RetryAfter is how long the region wants to be left alone; 0: it did not say.
func (e *Error) RetryAfter() time.Duration { return e.Retry }

// Wire is the error as a client sees it.
func (e *Error) Wire() *wire.Error {
	w := wire.NewError(e.Code, e.Detail)
	w.Data.Notices = e.Notices
	return w
}

// BadAnswer is an answer that is not the expected one; what was asked for may
// have happened.
func BadAnswer(format string, args ...any) *Error {
	return &Error{Code: wire.ErrRegionAnswer, Unknown: true, Err: fmt.Errorf(format, args...)}
}

// problem is the region's problem+json (RFC 9457 with Italian members).
type problem struct {
	Codice    string `json:"codice"`
	Messaggio string `json:"messaggio"`
}

// StatusError is what an HTTP status means when it is no success. A redirect
// is nobody's answer here: the region's addresses are configured.
func StatusError(a Answer) *Error {
	var p problem
	_ = json.Unmarshal(a.Body, &p) // an answer without it still has its status
	e := &Error{Detail: "HTTP " + strconv.Itoa(a.Status), Retry: a.retryAfter()}
	if p.Codice != "" {
		e.Detail += " " + Short(p.Codice)
		e.Notices = []wire.Notice{{Code: Short(p.Codice), Text: p.Messaggio}}
	}
	switch s := a.Status; {
	case s == http.StatusBadRequest && bytes.Contains(a.Body, []byte("SSL certificate")):
		// nginx judges a client certificate in HTTP (its codes 495 and 496).
		e.Code = wire.ErrTLSRefused
	case s == http.StatusUnauthorized:
		e.Code = wire.ErrSessionEnded
	case s == http.StatusProxyAuthRequired:
		e.Code = wire.ErrProxyAuth
	case s == http.StatusRequestTimeout:
		e.Code, e.Unknown = wire.ErrRegionTime, true
	case s == http.StatusTooManyRequests:
		e.Code = wire.ErrRegionLimit
	case s >= 500:
		e.Code, e.Unknown = wire.ErrRegionBusy, true
	case s >= 400:
		e.Code = wire.ErrRegionFault
	default:
		e.Code, e.Unknown = wire.ErrRegionAnswer, true
	}
	return e
}

// Short bounds a code that the region chose, for logs and details.
func Short(code string) string {
	if len(code) > 40 {
		return "codice non previsto"
	}
	return code
}
