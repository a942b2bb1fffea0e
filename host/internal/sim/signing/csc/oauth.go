package csc

import (
	"crypto/subtle"
	"net"
	"net/http"
	"net/url"
	"time"
)

// The clients that the OAuth server knows. The first is a native program, which
// has no secret (RFC 8252 section 8.4).
const (
	PublicClient       = "raccordo"
	ConfidentialClient = "raccordo-riservato"
	ClientSecret       = "segreto-di-prova"
)

const codeLife = time.Minute

// grant is an authorization code under way.
type grant struct {
	request request
	user    string
	sad     *sad // scope credential
	ends    time.Time
}

// OAuth answers below /oauth2/.
func (s *Service) OAuth() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /oauth2/authorize", s.serveAuthorize)
	mux.HandleFunc("POST /oauth2/authorize", s.serveAnswer)
	mux.HandleFunc("POST /oauth2/token", s.endpoint("oauth2/token", s.serveToken))
	mux.HandleFunc("POST /oauth2/revoke", s.endpoint("oauth2/revoke", s.serveRevoke))
	mux.HandleFunc("POST /oauth2/pushed_authorize", s.endpoint("oauth2/pushed_authorize", s.servePushed))
	return mux
}

// ServeMetadata is RFC 8414.
func (s *Service) ServeMetadata(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer": s.base, "authorization_endpoint": s.base + "/oauth2/authorize", "token_endpoint": s.base + "/oauth2/token",
		"revocation_endpoint": s.base + "/oauth2/revoke", "pushed_authorization_request_endpoint": s.base + "/oauth2/pushed_authorize",
		"response_types_supported": []string{"code"}, "grant_types_supported": []string{"authorization_code", "refresh_token", "client_credentials"},
		"code_challenge_methods_supported": []string{"S256"}, "scopes_supported": []string{scopeService, scopeCredential},
		"token_endpoint_auth_methods_supported": []string{"none", "client_secret_post", "client_secret_basic"},
		"authorization_details_types_supported": []string{"credential"},
	})
}

// endpoint reads a form, checks the client and answers JSON.
func (s *Service) endpoint(name string, answer func(w http.ResponseWriter, form url.Values, client string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		if err := s.refusal(name); err != nil {
			s.fail(w, err)
			return
		}
		q.Body = http.MaxBytesReader(w, q.Body, maxRequest)
		if err := q.ParseForm(); err != nil {
			s.fail(w, invalid("The form can not be read"))
			return
		}
		client, err := clientOf(q)
		if err == nil {
			err = answer(w, q.PostForm, client)
		}
		if err != nil {
			s.fail(w, err)
		}
	}
}

// clientOf authenticates a client (RFC 6749 section 2.3.1).
func clientOf(q *http.Request) (string, error) {
	id, secret, basic := q.BasicAuth()
	if !basic {
		id, secret = q.PostForm.Get("client_id"), q.PostForm.Get("client_secret")
	}
	switch {
	case id == PublicClient && secret == "":
		return id, nil
	case id == ConfidentialClient && subtle.ConstantTimeCompare([]byte(secret), []byte(ClientSecret)) == 1:
		return id, nil
	}
	return "", unauthorized("invalid_client", "Client authentication failed")
}

// native tells whether an address is one to which a native program may be called
// back (RFC 8252 section 7.3).
func native(redirect string) bool {
	u, err := url.Parse(redirect)
	if err != nil || u.Scheme != "http" || u.Fragment != "" || u.User != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return ip != nil && ip.IsLoopback()
}
