package idp

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"sync"
	"time"
)

// Why an access token is not honoured.
var (
	ErrTokenUnknown = errors.New("token is unknown")
	ErrTokenEnded   = errors.New("token is expired or revoked")
)

// errGrant is every reason for invalid_grant (RFC 6749, section 5.2); the text
// goes into error_description.
type errGrant string

func (e errGrant) Error() string { return string(e) }

const codeLife = 60 * time.Second

// login is one authentication and everything issued for it.
type login struct {
	id      string // sid of the ID token
	who     person
	door    door
	request request
	since   time.Time // auth_time
	until   time.Time
	ended   bool
}

// code is an authorization code; it stays when used, to recognise a replay.
type code struct {
	login   *login
	expires time.Time
	used    bool
}

type access struct {
	login   *login
	bound   binding
	expires time.Time
}

type refresh struct {
	login *login
	bound binding
	used  bool
}

// ledger remembers who logged in and what was issued. Only it knows secrets,
// and it keeps them as they are: they open nothing but a simulator.
type ledger struct {
	mutex               sync.Mutex
	now                 func() time.Time
	accessLife, allLife time.Duration
	logins              map[*login]struct{}
	codes               map[string]*code
	accesses            map[string]*access
	refreshes           map[string]*refresh
}

func newLedger(o Options) *ledger {
	return &ledger{
		now: o.Now, accessLife: o.AccessLife, allLife: o.LoginLife,
		logins: map[*login]struct{}{}, codes: map[string]*code{}, accesses: map[string]*access{}, refreshes: map[string]*refresh{},
	}
}

// enter records a login and returns its authorization code.
func (l *ledger) enter(who person, by door, q request) string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.forget()
	now := l.now()
	in := &login{id: secret(), who: who, door: by, request: q, since: now, until: now.Add(l.allLife)}
	l.logins[in] = struct{}{}
	value := secret()
	l.codes[value] = &code{login: in, expires: now.Add(codeLife)}
	return value
}

// forget drops logins whose time has passed, with all that hangs on them.
func (l *ledger) forget() {
	now := l.now()
	past := func(in *login) bool { return now.After(in.until) }
	for value, c := range l.codes {
		if past(c.login) {
			delete(l.codes, value)
		}
	}
	for value, a := range l.accesses {
		if past(a.login) {
			delete(l.accesses, value)
		}
	}
	for value, r := range l.refreshes {
		if past(r.login) {
			delete(l.refreshes, value)
		}
	}
	for in := range l.logins {
		if past(in) {
			delete(l.logins, in)
		}
	}
}

// issued is what one visit to the token endpoint yields.
type issued struct {
	login           *login
	access, refresh string
}

// redeem trades a code for tokens. A code shown twice was stolen, from the
// owner or by one: what the first use gave ends (RFC 6749, section 4.1.2).
func (l *ledger) redeem(value, redirect, verifier string, to binding) (issued, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	c, ok := l.codes[value]
	switch {
	case !ok:
		return issued{}, errGrant("code is unknown")
	case c.used:
		c.login.ended = true
		return issued{}, errGrant("code was used")
	case !l.now().Before(c.expires):
		return issued{}, errGrant("code is expired")
	case redirect != c.login.request.redirect:
		return issued{}, errGrant("redirect_uri is another")
	case !provesChallenge(verifier, c.login.request.challenge):
		return issued{}, errGrant("code_verifier does not match")
	case c.login.request.jkt != "" && c.login.request.jkt != to.JKT:
		return issued{}, errGrant("dpop_jkt is of another key")
	case c.login.ended:
		return issued{}, errGrant("login is ended")
	}
	c.used = true
	return l.issue(c.login, to), nil
}

// renew trades a refresh token for a new pair. A used one shown again ends the
// login: one of the two holders stole it (RFC 9700, section 4.14.2).
func (l *ledger) renew(value string, to binding) (issued, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	r, ok := l.refreshes[value]
	switch {
	case !ok:
		return issued{}, errGrant("refresh token is unknown")
	case r.bound != to:
		return issued{}, errGrant("refresh token is bound to another key")
	case r.used:
		r.login.ended = true
		return issued{}, errGrant("refresh token was used")
	case r.login.ended || !l.now().Before(r.login.until):
		return issued{}, errGrant("login is ended")
	}
	r.used = true
	return l.issue(r.login, to), nil
}

func (l *ledger) issue(in *login, to binding) issued {
	i := issued{login: in, access: secret(), refresh: secret()}
	expires := l.now().Add(l.accessLife)
	if expires.After(in.until) {
		expires = in.until
	}
	l.accesses[i.access] = &access{login: in, bound: to, expires: expires}
	l.refreshes[i.refresh] = &refresh{login: in, bound: to}
	return i
}

// holder is the login that a live access token belongs to, and what it is
// bound to.
func (l *ledger) holder(token string) (*login, binding, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	a, ok := l.accesses[token]
	switch {
	case !ok:
		return nil, binding{}, ErrTokenUnknown
	case a.login.ended || !l.now().Before(a.expires):
		return nil, binding{}, ErrTokenEnded
	}
	return a.login, a.bound, nil
}

// revoke ends an access token alone, or with a refresh token the whole login.
func (l *ledger) revoke(token string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if a, ok := l.accesses[token]; ok {
		a.expires = time.Time{}
	}
	if r, ok := l.refreshes[token]; ok {
		r.login.ended = true
	}
}

// end ends the login of that id.
func (l *ledger) end(id string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for in := range l.logins {
		if in.id == id {
			in.ended = true
		}
	}
}

// living counts the logins that have not ended.
func (l *ledger) living() (n int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for in := range l.logins {
		if !in.ended && l.now().Before(in.until) {
			n++
		}
	}
	return n
}

func (l *ledger) endAll() (n int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for in := range l.logins {
		if !in.ended && l.now().Before(in.until) {
			n++
		}
		in.ended = true
	}
	return n
}

func (l *ledger) expireAccess() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, a := range l.accesses {
		a.expires = time.Time{}
	}
}

// provesChallenge is S256 of RFC 7636, section 4.6.
func provesChallenge(verifier, challenge string) bool {
	sum := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge)) == 1
}

// secret is 256 bits of chance, 43 characters.
func secret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24)
	return base64.RawURLEncoding.EncodeToString(b[:])
}
