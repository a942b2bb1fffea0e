package a2f

import (
	"regexp"
	"strings"
	"time"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/wire"
)

// State of an ID-SESSIONE (stato of infoToken).
type State int

// The states. Valid says nothing of whether it was used already.
const (
	Valid State = iota
	Revoked
	Expired
)

// TokenState is the answer to a check. From and To may be zero when the token
// is not valid.
type TokenState struct {
	State    State
	From, To time.Time
	Notices  []wire.Notice
}

// Err is what the state means for who wanted to work with the token: nil while
// it is valid. Revoked means that a newer one was used, here or elsewhere, or
// that somebody revoked it by hand: the service does not tell which.
func (t TokenState) Err() error {
	switch t.State {
	case Revoked:
		return &exchange.Error{Code: wire.ErrDisplaced, Notices: t.Notices}
	case Expired:
		return &exchange.Error{Code: wire.ErrLoginNeeded, Notices: t.Notices}
	}
	return nil
}

// tokenState sums up infoToken and the warnings that may stand for it.
func (a answer) tokenState() (TokenState, error) {
	s := TokenState{Notices: notices(a.warnings)}
	if v := a.validity; v != nil {
		s.State, s.From, s.To = v.state, v.from, v.to
	}
	for _, w := range a.warnings {
		switch {
		case s.State != Valid:
		case w.code == codeRevoked || w.code == codeRevokedBefore:
			s.State = Revoked
		case w.code == codeExpired:
			s.State = Expired
		}
	}
	if s.State == Valid && (a.validity == nil || !a.done) {
		return TokenState{}, exchange.BadAnswer("checkToken: no infoToken")
	}
	return s, nil
}

var (
	uuid     = regexp.MustCompile(`(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`)
	plain    = regexp.MustCompile(`^[0-9A-Za-z-]{36}$`)
	wildcard = regexp.MustCompile(`^[0-9A-Z]{1,16}-20[0-9]{2}-(0[1-9]|1[0-2])(-[A-Z]{2,30}){1,4}$`)
)

// ParseToken finds the ID-SESSIONE in what a doctor pastes: the token itself, or
// the text of the mail around it. The wildcards of the ministry's test
// environment (manual, 4.1) are taken as well; only that environment accepts
// them. Anything else, or two different tokens, is wire.ErrTokenForm.
func ParseToken(text string) (string, error) {
	text = strings.TrimSpace(text)
	if plain.MatchString(text) || wildcard.MatchString(text) {
		return text, nil
	}
	token := ""
	for _, found := range uuid.FindAllString(text, -1) {
		if token != "" && !strings.EqualFold(token, found) {
			return "", notAToken()
		}
		token = found
	}
	if token == "" {
		return "", notAToken()
	}
	return token, nil
}

// Wildcard tells whether a token is one of the test environment's stand-ins:
// it works and cannot be checked or revoked.
func Wildcard(token string) bool { return !plain.MatchString(token) && wildcard.MatchString(token) }

// checkable: tokenType of the schema has 36 characters.
func checkable(token string) bool { return plain.MatchString(token) }

func notAToken() error { return &exchange.Error{Code: wire.ErrTokenForm} }
