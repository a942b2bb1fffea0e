package region

import (
	"slices"

	"raccordo/host/internal/wire"
)

// symptom recognises, by the codes of the region's own that its profile lists,
// a session that lives and processes nothing: the request had no effect, and a
// new session will take it.
func (c *Client) symptom(e *Error) *Error {
	for _, n := range e.Notices {
		if slices.Contains(c.profile.Session.Lingering, n.Code) {
			return &Error{Code: wire.ErrLingering, Detail: n.Code, Notices: e.Notices, Err: e.Err}
		}
	}
	return e
}
