package session

import (
	"context"

	"raccordo/host/internal/wire"
)

// Keeper does what a Sentinel decides. It is called by one goroutine, one call
// at a time. ctx ends with its deadline, with the Sentinel, and as soon as the
// session has been ended or given up for another login: what must be done even
// then, as a logout at the region, wants a context of its own.
type Keeper interface {
	// Check asks the region whether the session lives, by the least request it
	// answers. Empty when it does; else what is wrong. It changes nothing.
	Check(ctx context.Context) wire.ErrorCode

	// Renew puts a new session in the place of the one that the order is about;
	// when that one is no longer the Machine's, it does nothing. It tells the
	// Machine how it went, and returns what went wrong, or nothing.
	//
	// A session that still lives (no Why) is replaced by Machine.Renewed; if that
	// fails it stays as it was. Any other goes through Machine.Reconnect to
	// Connect, Stale or End.
	Renew(ctx context.Context, o Order) wire.ErrorCode
}

// Order is what Renew is to do.
type Order struct {
	Session uint64         // Machine.Number of the session to be replaced
	Why     wire.ErrorCode // what is wrong with it; empty: its end is near
	// Visible tells that the user is there and asked for it. Otherwise nothing
	// may appear on the screen: what needs a PIN or a page fails with
	// session.login_needed.
	Visible bool
}

// meaning is what an error says of the session in which it occurred.
type meaning int

const (
	doubtful meaning = iota // nothing: the region could not be asked, or something else is wrong
	over                    // the region honours it no longer; a new one may be opened
	user                    // the same, and only the user can open a new one
)

var meanings = map[wire.ErrorCode]meaning{
	wire.ErrSessionEnded: over, // 401, or Authorization2F expired or revoked
	wire.ErrSessionNone:  over,
	wire.ErrLingering:    over,
	wire.ErrTLSRefused:   over, // the connection was cut by an alert about the certificate
	wire.ErrLoginNeeded:  user,
	wire.ErrDisplaced:    user, // a new ID-SESSIONE would throw out the other program's
	wire.ErrCredentials:  user,
	wire.ErrTokenForm:    user,
	wire.ErrTokenMail:    user,
	wire.ErrA2F:          user,
}
