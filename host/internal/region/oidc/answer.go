package oidc

import (
	"net/url"

	"raccordo/host/internal/wire"
)

// maxAnswer bounds an address that comes back from a login, in bytes.
const maxAnswer = 8 << 10

// Answer is what the provider sends back through the redirect (RFC 6749,
// section 4.1.2; iss: RFC 9207).
type Answer struct{ State, Code, Iss, Error string }

// String keeps the code out of whatever prints an Answer.
func (a Answer) String() string { return "oidc.Answer" }

// GoString likewise.
func (a Answer) GoString() string { return a.String() }

// ParseAnswer reads the address that a login came back to. It must be the
// redirect URI itself: scheme, host, port and path. A parameter given twice is
// nobody's answer (RFC 6749, section 3.1).
func ParseAnswer(redirectURI, address string) (Answer, error) {
	if len(address) > maxAnswer {
		return Answer{}, fail(wire.ErrRedirect, "too long")
	}
	u, err := url.Parse(address)
	if err != nil || !comesBack(redirectURI, u) {
		return Answer{}, fail(wire.ErrRedirect, "")
	}
	return parseQuery(u.RawQuery)
}

// parseQuery reads the query of such an address.
func parseQuery(query string) (Answer, error) {
	if len(query) > maxAnswer {
		return Answer{}, fail(wire.ErrRedirect, "too long")
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return Answer{}, fail(wire.ErrLoginState, "unreadable")
	}
	for _, name := range []string{"state", "code", "iss", "error"} {
		if len(values[name]) > 1 {
			return Answer{}, fail(wire.ErrLoginState, name+" repeated")
		}
	}
	return Answer{values.Get("state"), values.Get("code"), values.Get("iss"), values.Get("error")}, nil
}

// comesBack tells whether u is the redirect URI with something added behind.
func comesBack(redirectURI string, u *url.URL) bool {
	want, err := url.Parse(redirectURI)
	return err == nil && u.Opaque == "" && u.User == nil &&
		u.Scheme == want.Scheme && u.Host == want.Host && u.EscapedPath() == want.EscapedPath()
}
