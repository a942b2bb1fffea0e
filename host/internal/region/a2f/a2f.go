// Package a2f speaks the authentication service of Sistema TS: it asks for an
// ID-SESSIONE, the second factor of those who prescribe without a TS-CNS, checks
// it and revokes it, and explains every code of the manual in Italian.
//
// It keeps no token and no secret, decides nothing about when to ask, never
// repeats a request (each create ends the token that was not used yet and sends
// another mail, and who asks too often may be suspended), and puts no personal
// data into an error. The pinCode leaves sealed, the Basic credentials leave
// with the first request, as they must, and nothing leaves but over TLS.
//
// Sources: MEF/Sogei, "Web service per la gestione dell'ID-SESSIONE", version
// 1.2 of 2 Sep 2025, with its WSDL and XSD 0.1; "Modalità di accesso tramite
// autenticazione forte", 1.1 of 12 Jan 2026, chapter 5.
package a2f

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/region/sac"
	"raccordo/host/internal/wire"
)

// Options of a Service: all are needed but Application.
type Options struct {
	Endpoint    string // https://…/a2f-auth-ws/soap/v1/authentication-service
	Context     string // contesto: RICETTA-DEM
	Application string // applicazione: PRESCRITTORE
	Line        *exchange.Line
	Seal        func(clear string) (string, error) // with the region's certificate
}

// Service is one authentication service. It is safe for concurrent use.
type Service struct{ opt Options }

// New makes a service; it connects to nobody yet.
func New(opt Options) *Service { return &Service{opt} }

// Who asks: the doctor's account at Sistema TS and where he belongs.
type Who struct {
	User, Password string // of HTTP Basic
	UserID         string // userId, when User is a nickname; empty: User
	PinCode        string // in clear; leaves sealed
	CF             string
	Region, ASL    string // three characters each; ASL "000" where there is none
	SSA            string // five or six; empty: "000000", no SSA
	Structure      string // codiceStruttura; empty: left out
}

// Created is the answer to a request for an ID-SESSIONE.
type Created struct {
	Token   string // in test environments only
	Mailed  bool   // it went to the doctor's certified mailbox
	Notices []wire.Notice
}

// Create asks for an ID-SESSIONE. One that is in use goes on until the first
// use of the new one.
func (s *Service) Create(ctx context.Context, w Who) (Created, error) {
	a, err := s.call(ctx, w, create, "")
	if err != nil {
		return Created{}, err
	}
	if len(a.errors) > 0 || !a.done && a.token == "" && a.info["emailStatus"] == "" {
		return Created{}, refused(a)
	}
	if a.token != "" && !checkable(a.token) {
		return Created{}, exchange.BadAnswer("create: not a token")
	}
	return Created{Token: a.token, Mailed: a.token == "", Notices: notices(a.warnings)}, nil
}

// Check asks for the state of an ID-SESSIONE. One that Sistema TS does not know
// for this doctor is wire.ErrTokenForm. A wildcard cannot be checked and is
// not.
func (s *Service) Check(ctx context.Context, w Who, token string) (TokenState, error) {
	if !checkable(token) {
		return TokenState{}, notAToken()
	}
	a, err := s.call(ctx, w, checkToken, token)
	if err != nil {
		return TokenState{}, err
	}
	if len(a.errors) > 0 {
		return TokenState{}, refused(a)
	}
	return a.tokenState()
}

// Revoke ends an ID-SESSIONE. One that has ended already is a success.
func (s *Service) Revoke(ctx context.Context, w Who, token string) error {
	if !checkable(token) {
		return notAToken()
	}
	a, err := s.call(ctx, w, revoke, token)
	if err != nil {
		return err
	}
	if len(a.errors) > 0 || !a.done && len(a.warnings) == 0 {
		return refused(a)
	}
	return nil
}

// call performs one operation.
func (s *Service) call(ctx context.Context, w Who, op operation, token string) (answer, error) {
	if !strings.HasPrefix(s.opt.Endpoint, "https://") {
		return answer{}, &exchange.Error{Code: wire.ErrRegionConfig, Detail: "endpoint"}
	}
	body, err := s.encode(w, op, token)
	if err != nil {
		return answer{}, err
	}
	a, err := s.opt.Line.Do(ctx, exchange.Request{
		Method: http.MethodPost, URL: s.opt.Endpoint, Action: op.action, Body: body,
		Authorise: func(q *http.Request) error {
			q.SetBasicAuth(w.User, w.Password)
			return nil
		},
	})
	if err != nil {
		return answer{}, err
	}
	if a.Status == http.StatusUnauthorized {
		return answer{}, unauthorised("HTTP 401", "401")
	}
	parsed, err := decode(a.Body, op)
	var f *sac.Fault
	switch {
	case errors.As(err, &f):
		return answer{}, faulted(f, a.Status)
	case a.Status != http.StatusOK:
		return answer{}, exchange.StatusError(a)
	case err != nil:
		return answer{}, exchange.BadAnswer("%s: %w", op.request, err)
	}
	return parsed, nil
}

// faulted tells the gateway's refusals of a user from the rest: "Errore
// generico di autenticazione" is the manual's, "Credenziali invalide" the test
// system's.
func faulted(f *sac.Fault, status int) error {
	text := strings.ToLower(strings.Join(strings.Fields(f.Text), " "))
	for _, sign := range []string{"errore generico di autenticazione", "credenziali invalide", "credenziali non valide", "rejected by policy"} {
		if strings.Contains(text, sign) {
			return unauthorised(fmt.Sprintf("HTTP %d %s", status, exchange.Short(f.Code)), "500")
		}
	}
	e := &exchange.Error{Code: wire.ErrRegionFault, Detail: "soap " + exchange.Short(f.Code), Err: errors.New("soap fault")}
	if !f.Client() {
		e.Code, e.Unknown = wire.ErrRegionBusy, true
		e.Detail = "HTTP " + strconv.Itoa(status) + " soap " + exchange.Short(f.Code)
	}
	return e
}
