// Package a2f is the simulated authentication service of Sistema TS: it gives,
// checks and revokes the ID-SESSIONE and tells the simulated prescription
// services whether one may be used. In its test environment the answer carries
// the token; in production it goes to a mailbox that only tests can read.
//
// It stands in for a system of others in tests and demonstrations: it is never
// linked into the product and knows only people who do not exist.
//
// Sources: MEF/Sogei "Web service per la gestione dell'ID-SESSIONE", 2 Sep
// 2025, with its WSDL and XSD 0.1; "Modalità di accesso tramite autenticazione
// forte", 12 Jan 2026, chapter 5 (life of a token). The manual's own examples
// break the schema (15 characters of codice fiscale, answered with code 306):
// lengths are judged by code. Which of several codes of like meaning is given
// when is this simulator's choice.
package a2f

import (
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// Path of the service, on every host of the ministry.
const Path = "/a2f-auth-ws/soap/v1/authentication-service"

// The only context that there is, and its applications.
const (
	Context    = "RICETTA-DEM"
	Prescriber = "PRESCRITTORE"
	Dispenser  = "EROGATORE"
)

// Life is how long an ID-SESSIONE lives, as in the manual's examples.
const Life = 16 * time.Hour

// Why an ID-SESSIONE may not be used.
var (
	ErrUnknown = errors.New("no such ID-SESSIONE of this doctor")
	ErrRevoked = errors.New("ID-SESSIONE revoked")
	ErrExpired = errors.New("ID-SESSIONE expired")
)

// Options of a Service. Decrypt is needed.
type Options struct {
	Decrypt func(sealed string) (string, error) // opens what was sealed with the published certificate
	Now     func() time.Time                    // nil: time.Now
	Log     zerolog.Logger
}

// Mail is what the doctor's certified mailbox received.
type Mail struct {
	Token string
	To    time.Time // end of validity, told in the mail
}

// Service is one simulated authentication service. It starts as the test
// environment.
type Service struct {
	opt Options

	mutex       sync.Mutex
	production  bool
	down        bool
	planned     []string // codes of Refuse
	tokens      map[string]*grant
	mail        map[string][]Mail
	uncertified map[string]bool // doctors without a certified mailbox
}

// New prepares a service without any token.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{opt: o, tokens: map[string]*grant{}, mail: map[string][]Mail{}, uncertified: map[string]bool{}}
}

// SetProduction switches between the environments: in production tokens leave
// by mail only, answers are terse and no wildcard is accepted.
func (s *Service) SetProduction(on bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.production = on
}

// SetDown makes the service drop every connection.
func (s *Service) SetDown(down bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.down = down
}

// Refuse plans the answer to the next request: a code of the manual's tables.
func (s *Service) Refuse(code string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.planned = append(s.planned, code)
}

// SetCertified tells whether a doctor has certified a mailbox; all have.
func (s *Service) SetCertified(cf string, certified bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.uncertified[cf] = !certified
}

// Mailbox is what a doctor received, oldest first.
func (s *Service) Mailbox(cf string) []Mail {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]Mail(nil), s.mail[cf]...)
}
