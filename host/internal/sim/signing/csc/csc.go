// Package csc is a remote signature service as the Cloud Signature Consortium
// describes it, API versions 1.0.4.0 and 2.0.0.0 side by side over the same
// credentials, with the OAuth 2.0 server that both lean on. It owns service
// tokens and signature activation data (SAD); accounts, credentials and what
// goes wrong on command are the vault's.
//
// It is strict where the documents are: types of parameters, which of them must
// be absent, a SAD for the hashes that were shown and no others (SCAL 2), one
// signHash for each SAD. Errors carry the documents' own error and
// error_description.
//
// Sources: CSC API 1.0.4.0 and 2.0.0.2 as public implementations have them;
// RFC 6749, 7636, 7009, 8252, 8414, 9126.
package csc

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"raccordo/host/internal/sim/signing/vault"
)

// Options of a service.
type Options struct {
	Vault *vault.Vault
	Base  string // https://HOST:PORT, once it is known
}

// Service answers both versions of the API and OAuth.
type Service struct {
	vault *vault.Vault
	base  string

	mu       sync.Mutex
	tokens   map[string]*token // bearer tokens, those with scope credential too
	refresh  map[string]*token // by refresh token
	sads     map[string]*sad
	handles  map[string]*pending // v2: what is not ready yet
	codes    map[string]*grant   // authorization codes
	requests map[string]request  // pushed authorization requests
	calls    map[string]int      // by "v1 credentials/list"
}

// New makes a service.
func New(o Options) *Service {
	return &Service{
		vault: o.Vault, base: strings.TrimSuffix(o.Base, "/"), tokens: map[string]*token{}, refresh: map[string]*token{},
		sads: map[string]*sad{}, handles: map[string]*pending{}, codes: map[string]*grant{}, requests: map[string]request{}, calls: map[string]int{},
	}
}

// Calls counts requests by version and method: "v1 signatures/signHash".
func (s *Service) Calls(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[method]
}

// ExpireSADs ends every authorisation.
func (s *Service) ExpireSADs() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, a := range s.sads {
		if !a.ends.IsZero() {
			a.ends, n = time.Time{}, n+1
		}
	}
	return n
}

// ExpireTokens ends every service token; refresh tokens live on.
func (s *Service) ExpireTokens() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, t := range s.tokens {
		if !t.ends.IsZero() {
			t.ends, n = time.Time{}, n+1
		}
	}
	return n
}

// method is one of the API. It gets a call whose body was read.
type method struct {
	open   bool // needs no token
	answer func(*Service, *call) (any, error)
}

// call is one request.
type call struct {
	q     *http.Request
	v2    bool
	body  body
	token *token
}

// empty is answered with 204, or as the settings want it with an empty object.
type empty struct{}

// pendingAnswer is answered with 202.
type pendingAnswer struct{ body any }

// Handler answers one version of the API below its base.
func (s *Service) Handler(v2 bool) http.Handler {
	known, version := methods(v2), "v1"
	if v2 {
		version = "v2"
	}
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		name := strings.Trim(q.URL.Path, "/")
		s.mu.Lock()
		s.calls[version+" "+name]++
		s.mu.Unlock()
		answer, err := s.dispatch(known, name, &call{q: q, v2: v2}, w)
		if err != nil {
			s.fail(w, err)
			return
		}
		s.write(w, answer)
	})
}

func (s *Service) dispatch(known map[string]method, name string, c *call, w http.ResponseWriter) (any, error) {
	m, ok := known[name]
	if !ok || !s.offered(name) {
		return nil, &Error{Status: http.StatusNotImplemented, Code: "access_denied", Description: "Method " + name + " is not implemented"}
	}
	// info by GET is answered too, as some do.
	if c.q.Method != http.MethodPost && (name != "info" || c.q.Method != http.MethodGet) {
		w.Header().Set("Allow", http.MethodPost)
		return nil, &Error{Status: http.StatusMethodNotAllowed, Code: "invalid_request", Description: "POST is wanted"}
	}
	if o, ok := s.vault.Take(vault.Refuse, name); ok {
		return nil, ordered(o)
	}
	if c.q.Method == http.MethodPost {
		var err error
		if c.body, err = readBody(w, c.q); err != nil {
			return nil, err
		}
	}
	if !m.open {
		var err error
		if c.token, err = s.bearer(c.q); err != nil {
			return nil, err
		}
		if c.token.sad != nil && !c.v2 { // in v1 it is a SAD and no bearer token
			return nil, unauthorized("invalid_token", "The access token has not the scope service")
		}
	}
	if _, err := c.body.text("clientData"); err != nil {
		return nil, invalid("Invalid parameter clientData")
	}
	return m.answer(s, c)
}

func (s *Service) write(w http.ResponseWriter, answer any) {
	w.Header().Set("Cache-Control", "no-store")
	switch a := answer.(type) {
	case empty:
		if s.vault.Settings().EmptyObjects {
			writeJSON(w, http.StatusOK, a)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	case pendingAnswer:
		writeJSON(w, http.StatusAccepted, a.body)
	default:
		writeJSON(w, http.StatusOK, answer)
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a client that went away is no error of ours
}
