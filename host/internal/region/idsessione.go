package region

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"time"

	"raccordo/host/internal/region/a2f"
	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/wire"
)

// leastLife is how long an ID-SESSIONE lives at least (MEF, "Modalità di
// accesso … ricetta dematerializzata", 3 Jun 2025, section 5).
const leastLife = 8 * time.Hour

// RequestIDSessione asks Sistema TS for an ID-SESSIONE. It goes to the doctor's
// certified mailbox; a test environment hands it out.
func (c *Client) RequestIDSessione(ctx context.Context, who a2f.Who) (a2f.Created, error) {
	if err := c.ready(ViaCloud, DriverIDSessione); err != nil {
		return a2f.Created{}, err
	}
	made, err := c.authentication().Create(ctx, who)
	if err == nil && made.Token != "" {
		c.mu.Lock()
		c.fresh = made.Token
		c.mu.Unlock()
	}
	return made, err
}

// LoginIDSessione opens a session with an ID-SESSIONE. Its state is asked for
// first, unless it has just been handed out.
func (c *Client) LoginIDSessione(ctx context.Context, who a2f.Who, token string) (Session, error) {
	if err := c.ready(ViaCloud, DriverIDSessione); err != nil {
		return Session{}, err
	}
	token, err := a2f.ParseToken(token)
	if err != nil {
		return Session{}, err
	}
	w := c.newIDSessione(who, token)
	s := Session{CF: who.CF, Method: "ID-SESSIONE", Level: "LoA3", Organisation: who.Region + who.ASL, Since: c.now()}
	c.mu.Lock()
	fresh := token == c.fresh
	c.mu.Unlock()
	if fresh {
		s.ID, s.ExpiresAt = rand.Text(), c.now().Add(leastLife)
	} else if s, err = w.again(ctx, s, false); err != nil {
		return Session{}, err
	}
	return c.begin(w, c.profile.Cloud.Endpoints, s), nil
}

func (c *Client) authentication() *a2f.Service {
	t := c.profile.Cloud.IDSessione
	return a2f.New(a2f.Options{Endpoint: t.Endpoint, Context: t.Context, Application: t.Application, Line: c.open, Seal: c.seal})
}

// idSessione is Sistema TS with its second factor: the token lives where it was
// made, and every request shows it beside the credentials.
type idSessione struct {
	service *a2f.Service
	line    *exchange.Line
	who     a2f.Who
	token   string
}

func (c *Client) newIDSessione(who a2f.Who, token string) *idSessione {
	return &idSessione{c.authentication(), c.open, who, token}
}

// do sends Basic with the first request, which Sistema TS insists on, and the
// token in a header of its own (MEF, 3 Jun 2025, section 5.1).
func (w *idSessione) do(ctx context.Context, _ Session, q exchange.Request) (exchange.Answer, error) {
	q.Authorise = func(r *http.Request) error {
		r.SetBasicAuth(w.who.User, w.who.Password)
		r.Header.Set("Authorization2F", "Bearer "+w.token)
		return nil
	}
	return w.line.Do(ctx, q)
}

// check asks for the token's state; a stand-in of the test environment has
// none.
func (w *idSessione) check(ctx context.Context) (a2f.TokenState, error) {
	if a2f.Wildcard(w.token) {
		return a2f.TokenState{}, nil
	}
	state, err := w.service.Check(ctx, w.who, w.token)
	if err != nil {
		return a2f.TokenState{}, err
	}
	return state, state.Err()
}

func (w *idSessione) alive(ctx context.Context, _ Session) error {
	_, err := w.check(ctx)
	return err
}

// again: a token that lives is all that can be had without the doctor, even
// where the session lingers.
func (w *idSessione) again(ctx context.Context, old Session, _ bool) (Session, error) {
	state, err := w.check(ctx)
	if err != nil {
		return Session{}, err
	}
	s := old
	s.ID, s.ExpiresAt = rand.Text(), state.To
	return s, nil
}

func (w *idSessione) end(ctx context.Context, _ Session) error {
	if a2f.Wildcard(w.token) {
		return nil
	}
	err := w.service.Revoke(ctx, w.who, w.token)
	if hasCode(err, wire.ErrTokenForm) {
		return nil // Sistema TS does not know it: it is over
	}
	return err
}

type keptToken struct {
	Who   a2f.Who `json:"who"`
	Token string  `json:"token"`
}

func (w *idSessione) kept() ([]byte, error) { return json.Marshal(keptToken{w.who, w.token}) }

func (w *idSessione) rest() { w.line.Rest() }
