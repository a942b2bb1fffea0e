package region

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// Session is the regional session as the region asserts it to Sistema TS: who,
// by which method and how strongly, for which organisation, since when. A zero
// ExpiresAt: nobody said.
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

// noDoctor are the region's codes for somebody who may not prescribe.
var noDoctor = []string{"ruolo-non-abilitato", "medico-sconosciuto"}

// service is the session service of a region: POST opens, GET asks, DELETE
// ends. The region ends an older session of the same doctor by itself.
type service struct {
	address string
	send    func(context.Context, Session, exchange.Request) (exchange.Answer, error)
}

func (v service) open(ctx context.Context) (Session, error) {
	a, err := v.send(ctx, Session{}, exchange.Request{Method: http.MethodPost, URL: v.address})
	if err != nil {
		return Session{}, err
	}
	if a.Status == http.StatusCreated {
		return readSession(a.Body)
	}
	e := exchange.StatusError(a)
	if a.Status == http.StatusForbidden && len(e.Notices) > 0 && slices.Contains(noDoctor, e.Notices[0].Code) {
		e.Code = wire.ErrNotDoctor
	}
	return Session{}, e
}

func readSession(body []byte) (Session, error) {
	var j sessionJSON
	if err := json.Unmarshal(body, &j); err != nil {
		return Session{}, exchange.BadAnswer("session: not the expected JSON")
	}
	if j.ID == "" || len(j.ID) > 128 || url.PathEscape(j.ID) != j.ID || j.ID == "." || j.ID == ".." || !ricetta.ValidCodiceFiscale(j.CF) || j.ExpiresAt.IsZero() {
		return Session{}, exchange.BadAnswer("session: id, codice_fiscale or scade missing")
	}
	return Session(j), nil
}

func (v service) alive(ctx context.Context, s Session) error {
	a, err := v.send(ctx, s, exchange.Request{Method: http.MethodGet, URL: v.address + "/" + s.ID})
	switch {
	case err != nil:
		return err
	case a.Status == http.StatusOK:
		return nil
	case a.Status == http.StatusNotFound:
		return &Error{Code: wire.ErrSessionEnded, Detail: "HTTP 404"}
	}
	return exchange.StatusError(a)
}

func (v service) end(ctx context.Context, s Session) error {
	a, err := v.send(ctx, s, exchange.Request{Method: http.MethodDelete, URL: v.address + "/" + s.ID})
	switch {
	case err != nil:
		return err
	case a.Status == http.StatusNoContent || a.Status == http.StatusOK || a.Status == http.StatusNotFound || a.Status == http.StatusUnauthorized:
		return nil // a session that nobody knows is over
	}
	return exchange.StatusError(a)
}

func hasCode(err error, codes ...wire.ErrorCode) bool {
	var e *Error
	return errors.As(err, &e) && slices.Contains(codes, e.Code)
}
