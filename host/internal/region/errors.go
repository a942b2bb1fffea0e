package region

import (
	"fmt"

	"raccordo/host/internal/wire"
)

// Error is every failure of a Client. Its text holds no address, no body and
// no personal data.
type Error struct {
	Code    wire.ErrorCode
	Detail  string        // HTTP status, TLS alert, SOAP fault code, region's own code
	Notices []wire.Notice // what the region said, in its words
	Unknown bool          // the request may have reached the region and had its effect
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

// Wire is the error as a client sees it.
func (e *Error) Wire() *wire.Error {
	w := wire.NewError(e.Code, e.Detail)
	w.Data.Notices = e.Notices
	return w
}

func misconfigured(err error) *Error {
	return &Error{Code: wire.ErrRegionConfig, Err: err}
}

func badAnswer(format string, args ...any) *Error {
	return &Error{Code: wire.ErrRegionAnswer, Unknown: true, Err: fmt.Errorf(format, args...)}
}
