package region

import (
	"slices"
	"strings"

	"raccordo/host/internal/wire"
)

// noSecondFactor is what Sistema TS says since December 2025 where the
// ID-SESSIONE is missing, revoked or expired; no specification has it.
const noSecondFactor = "9101"

// notAuthenticated are the words of Sistema TS for credentials that it does not
// accept (manual of the ID-SESSIONE, section 5.1) and of its test system.
var notAuthenticated = []string{"errore generico di autenticazione", "credenziali invalide"}

// symptom recognises what says more of the session than of the request: codes
// of the region's own by which a session shows that it lives and processes
// nothing, and the ministry's for a session that is over. In both cases the
// request had no effect.
func (c *Client) symptom(e *Error) *Error {
	for _, n := range e.Notices {
		code := wire.ErrorCode("")
		switch {
		case slices.Contains(c.profile.Session.Lingering, n.Code):
			code = wire.ErrLingering
		case n.Code == noSecondFactor:
			code = wire.ErrSessionEnded
		case e.Code == wire.ErrRegionFault && slices.Contains(notAuthenticated, strings.ToLower(strings.TrimSpace(n.Text))):
			code = wire.ErrSessionEnded
		}
		if code != "" {
			return &Error{Code: code, Detail: n.Code, Notices: e.Notices, Err: e.Err}
		}
	}
	return e
}
