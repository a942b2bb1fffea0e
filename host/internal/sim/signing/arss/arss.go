// Package arss is a remote signature service as Aruba Remote Sign Service is
// one: SOAP 1.1 by its public WSDL (namespace http://arubasignservice.arubapec.it/)
// and the same operations in JSON. It owns signing sessions; accounts,
// credentials and what goes wrong on command are the vault's.
//
// What it offers is what signs a digest: opensession, signhash, closesession,
// with sendCredential, listCert, verifyOtp, getVersion and ping. The operations
// that take whole documents answer 0001. A one-time password is good for one
// signhash or for one session of many; after four wrong ones in a row the
// account is locked, and says so with the code of the settings.
package arss

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"sync"
	"time"

	"raccordo/host/internal/sim/signing/vault"
)

// Namespace is that of the WSDL.
const Namespace = "http://arubasignservice.arubapec.it/"

// The return codes.
const (
	codeOK          = "0000"
	codeGeneric     = "0001"
	codeParameters  = "0002"
	codeCredentials = "0003"
	codePIN         = "0004"
	codeTransport   = "0005" // no such kind of transport
	codeForbidden   = "0006" // a kind that is not allowed
)

// Service answers ARSS requests.
type Service struct {
	vault *vault.Vault

	mu       sync.Mutex
	sessions map[string]*session
	calls    map[string]int
}

// session is what one one-time password opened.
type session struct {
	user string
	made int // signatures
	ends time.Time
}

// New makes a service.
func New(v *vault.Vault) *Service {
	return &Service{vault: v, sessions: map[string]*session{}, calls: map[string]int{}}
}

// Calls counts the requests of an operation.
func (s *Service) Calls(operation string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[operation]
}

// Sessions counts those that are open.
func (s *Service) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sessions)
}

// ExpireSessions ends every session and tells how many there were.
func (s *Service) ExpireSessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.sessions)
	clear(s.sessions)
	return n
}

// fault is a refusal.
type fault struct{ code, description string }

func (f *fault) Error() string { return f.code + " " + f.description }

func refusal(code, description string) *fault { return &fault{code, description} }

// descriptions are those of refusals that were ordered without one.
var descriptions = map[string]string{
	codeGeneric:     "Errore generico nel processo di firma",
	codeParameters:  "Parametri non corretti per il tipo di trasporto indicato",
	codeCredentials: "Errore in fase di verifica delle credenziali",
	codePIN:         "Errore nel PIN",
	codeTransport:   "Tipo di trasporto non valido",
	codeForbidden:   "Tipo di trasporto non autorizzato",
}

// ordered is a refusal that was ordered for this request.
func ordered(o vault.Order) *fault {
	f := &fault{o.Error, o.Description}
	if f.code == "" {
		f.code = codeGeneric
	}
	if f.description == "" {
		f.description = descriptions[f.code]
	}
	return f
}

// account checks user and password.
func (s *Service) account(id auth) *fault {
	switch {
	case id.User == "" || id.Domain == "":
		return refusal(codeParameters, "Identità incompleta: servono user e typeOtpAuth")
	case s.vault.Locked(id.User):
		return s.locked()
	case !s.vault.Login(id.User, id.Password):
		return refusal(codeCredentials, descriptions[codeCredentials])
	}
	return nil
}

func (s *Service) locked() *fault { return refusal(s.vault.Settings().LockCode, "Utente bloccato") }

// authenticate checks user, password and one-time password, which it uses up.
func (s *Service) authenticate(id auth) *fault {
	if f := s.account(id); f != nil {
		return f
	}
	if id.OTP == "" {
		return refusal(codeParameters, "Manca otpPwd")
	}
	switch s.vault.Check(id.User, nil, &id.OTP) {
	case vault.Locked:
		return s.locked()
	case vault.WrongOTP:
		return refusal(codePIN, "Errore nel PIN: codice OTP errato")
	}
	return nil
}

// enter holds a request against its session.
func (s *Service) enter(id auth, name string) *fault {
	if f := s.account(id); f != nil {
		return f
	}
	settings := s.vault.Settings()
	s.mu.Lock()
	defer s.mu.Unlock()
	open := s.sessions[name]
	switch {
	case open == nil || open.user != id.User:
		return refusal(codeCredentials, "Sessione inesistente")
	case !s.vault.Now().Before(open.ends):
		delete(s.sessions, name)
		return refusal(codeCredentials, "Sessione scaduta")
	case settings.SessionDocuments > 0 && open.made >= settings.SessionDocuments:
		return refusal(codeGeneric, "Superato il numero di firme della sessione")
	}
	open.made++
	return nil
}

func (s *Service) open(user string) string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails (Go 1.24)
	name := hex.EncodeToString(b)
	life := time.Duration(s.vault.Settings().SessionSeconds) * time.Second
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[name] = &session{user: user, ends: s.vault.Now().Add(life)}
	return name
}

// ServeHTTP answers SOAP at the service's own address and JSON below it.
func (s *Service) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	if q.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST is wanted", http.StatusMethodNotAllowed)
		return
	}
	s.serve(w, q)
}
