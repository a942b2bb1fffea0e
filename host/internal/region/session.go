package region

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// Session is the regional session as the region asserts it to Sistema TS: who,
// by which method and how strongly, for which organisation, since when.
type Session struct {
	ID, CF, Surname, Name, Method, Level, Organisation, Specializzazione string
	Since, ExpiresAt                                                     time.Time
}

type sessionJSON struct {
	ID               string    `json:"id"`
	CF               string    `json:"codice_fiscale"`
	Surname          string    `json:"cognome"`
	Name             string    `json:"nome"`
	Method           string    `json:"metodo"`
	Level            string    `json:"livello"`
	Organisation     string    `json:"organizzazione"`
	Specializzazione string    `json:"specializzazione"`
	Since            time.Time `json:"dal"`
	ExpiresAt        time.Time `json:"scade"`
}

// Login opens a session with the card. The region ends an older one of the
// same doctor. When the card itself failed, the signer's own error is inside
// the Error.
func (c *Client) Login(ctx context.Context, cr Credentials) (Session, error) {
	live, err := c.connect(cr)
	if err != nil {
		return Session{}, misconfigured(err)
	}
	s, err := c.open(ctx, live)
	if err != nil {
		live.transport.CloseIdleConnections()
		return Session{}, err
	}
	live.session = s
	c.replace(live)
	return s, nil
}

func (c *Client) open(ctx context.Context, live *connection) (Session, error) {
	a, err := c.do(ctx, live, request{method: http.MethodPost, url: c.profile.Endpoints.Session})
	if err != nil {
		return Session{}, c.refusal(ctx, live, err)
	}
	if a.status != http.StatusCreated {
		return Session{}, statusError(a)
	}
	return readSession(a.body)
}

func readSession(body []byte) (Session, error) {
	var j sessionJSON
	if err := json.Unmarshal(body, &j); err != nil {
		return Session{}, badAnswer("session: not the expected JSON")
	}
	if j.ID == "" || len(j.ID) > 128 || url.PathEscape(j.ID) != j.ID || !ricetta.ValidCodiceFiscale(j.CF) || j.ExpiresAt.IsZero() {
		return Session{}, badAnswer("session: id, codice_fiscale or scade missing")
	}
	return Session(j), nil
}

// Check asks whether the session still lives; wire.ErrSessionEnded when not.
func (c *Client) Check(ctx context.Context) error {
	a, err := c.ask(ctx, http.MethodGet)
	if err != nil {
		return err
	}
	switch a.status {
	case http.StatusOK:
		return nil
	case http.StatusNotFound:
		return &Error{Code: wire.ErrSessionEnded, Detail: "HTTP 404"}
	}
	return statusError(a)
}

// Logout ends the session at the region and here. Here it ends in any case: a
// doctor who leaves must not stay connected because a line is down.
func (c *Client) Logout(ctx context.Context) error {
	a, err := c.ask(ctx, http.MethodDelete)
	c.replace(nil)
	var e *Error
	switch {
	case errors.As(err, &e) && e.Code == wire.ErrSessionNone:
		return nil
	case err != nil:
		return err
	case a.status == http.StatusNoContent || a.status == http.StatusOK || a.status == http.StatusNotFound || a.status == http.StatusUnauthorized:
		return nil
	}
	return statusError(a)
}

func (c *Client) ask(ctx context.Context, method string) (answer, error) {
	live, err := c.current()
	if err != nil {
		return answer{}, err
	}
	return c.do(ctx, live, request{method: method, url: c.profile.Endpoints.Session + "/" + live.session.ID})
}
