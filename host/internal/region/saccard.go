package region

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/region/sac"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// sacCard is mutual TLS with the card straight to Sistema TS, which needs no
// second factor (MEF, "Modalità di accesso … ricetta dematerializzata", 3 Jun
// 2025, section 3) and has no session: the handshake is the login.
type sacCard struct {
	address string // of a service
	leaf    []byte
	now     func() time.Time
	basic   func() (user, password string)
	made    func() (*exchange.Line, error)
	line    atomic.Pointer[exchange.Line]
}

func newSACCard(c *Client, cr Credentials, line *exchange.Line, made func() (*exchange.Line, error)) *sacCard {
	w := &sacCard{address: c.profile.Card.Endpoints.Prescriptions + sac.View.Path, now: c.now, basic: c.opt.Basic, made: made}
	if len(cr.Certificate.Certificate) > 0 {
		w.leaf = cr.Certificate.Certificate[0]
	}
	w.line.Store(line)
	return w
}

func (w *sacCard) do(ctx context.Context, _ Session, q exchange.Request) (exchange.Answer, error) {
	q.Authorise = func(r *http.Request) error {
		if w.basic == nil {
			return nil
		}
		if user, password := w.basic(); user != "" {
			r.SetBasicAuth(user, password)
		}
		return nil
	}
	return w.line.Load().Do(ctx, q)
}

// enter makes the handshake by asking a SOAP service for nothing (GET, which
// has no effect): whatever it answers, it has let the card in.
func (w *sacCard) enter(ctx context.Context) (Session, error) {
	s, err := fromCard(w.leaf, w.now())
	if err != nil {
		return Session{}, err
	}
	line := w.line.Load()
	a, err := w.do(ctx, s, exchange.Request{Method: http.MethodGet, URL: w.address, Page: true})
	if err != nil {
		return Session{}, line.Refusal(ctx, w.address, err)
	}
	switch e := exchange.StatusError(a); {
	case e.Code == wire.ErrTLSRefused:
		return Session{}, e
	case a.Status == http.StatusUnauthorized && w.basic != nil:
		e.Code = wire.ErrCredentials
		return Session{}, e
	case a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden:
		e.Code = wire.ErrTLSRefused
		return Session{}, e
	case a.Status == http.StatusProxyAuthRequired || a.Status == http.StatusTooManyRequests || a.Status > http.StatusInternalServerError:
		e.Unknown = false
		return Session{}, e
	}
	return s, nil
}

// fromCard reads the doctor from the card's certificate, whose common name is
// "CF/card.hash" (AgID, CNS certificate profile 1.1). Weak keys are a level
// less (MEF, "Modalità autenticazione WS 2 fattori", 12 Jan 2026, section 4).
func fromCard(der []byte, now time.Time) (Session, error) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return Session{}, &Error{Code: wire.ErrTLS, Detail: "card", Err: errors.New("certificate of the card cannot be read")}
	}
	cf, _, _ := strings.Cut(cert.Subject.CommonName, "/")
	if !ricetta.ValidCodiceFiscale(cf) {
		return Session{}, &Error{Code: wire.ErrIdentity, Detail: "certificate without codice fiscale"}
	}
	s := Session{ID: rand.Text(), CF: cf, Method: "CNS", Level: "LoA4", Since: now}
	if key, ok := cert.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() < 2048 {
		s.Level = "LoA3"
	}
	for _, name := range cert.Subject.Names {
		text, _ := name.Value.(string)
		switch name.Type.String() {
		case "2.5.4.4":
			s.Surname = text
		case "2.5.4.42":
			s.Name = text
		}
	}
	return s, nil
}

// alive: there is nothing that could have ended.
func (w *sacCard) alive(context.Context, Session) error { return nil }

func (w *sacCard) again(ctx context.Context, _ Session, _ bool) (Session, error) {
	line, err := w.made()
	if err != nil {
		return Session{}, misconfigured(err)
	}
	w.line.Swap(line).Rest()
	return w.enter(ctx)
}

// end: Sistema TS keeps nothing; closing the connection is all.
func (w *sacCard) end(context.Context, Session) error {
	w.rest()
	return nil
}

func (w *sacCard) kept() ([]byte, error) { return nil, nil }

func (w *sacCard) rest() { w.line.Load().Rest() }
