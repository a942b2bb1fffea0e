package region

import (
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"net/http"

	"raccordo/host/internal/sim/idp"
	"raccordo/host/internal/sim/region/faults"
)

// Introspector tells whose an access token is: the region's own identity
// provider, or a test's.
type Introspector interface {
	Introspect(token string) (idp.Access, error)
}

// openCloud is the SAR for those who come without a card: its services, its
// sessions, an access token in place of the client certificate.
func (r *Region) openCloud() (*door, error) {
	h := services{r, faults.Cloud, r.byToken, func(_ *http.Request, by caller) (session, error) { return r.sessions.of(by) }}.handler()
	return r.disturbHandshakes(r.newDoor(string(faults.Cloud), r.options.CloudAddr, h, &tls.Config{ClientAuth: tls.NoClientCert}))
}

// byToken asks the identity provider. A refreshed token is the same caller.
func (r *Region) byToken(w http.ResponseWriter, q *http.Request) (caller, bool) {
	token, ok := bearer(q)
	if !ok || token == "" {
		w.Header().Set("WWW-Authenticate", "Bearer") // no credentials, no error code (RFC 6750, section 3.1)
		problem(w, http.StatusUnauthorized, "token-assente", "Nessun accesso: effettuare l'accesso con SPID, CIE o CNS.")
		return caller{}, false
	}
	a, err := r.options.Introspector.Introspect(token)
	switch {
	case errors.Is(err, idp.ErrTokenEnded):
		unauthorised(w, "token-scaduto", "L'accesso è scaduto o è stato revocato: ripetere l'accesso.")
		return caller{}, false
	case err != nil:
		unauthorised(w, "token-non-valido", "L'accesso non è riconosciuto: ripetere l'accesso.")
		return caller{}, false
	}
	return caller{key: sha256.Sum256([]byte("login " + a.Login)), cf: a.CF, method: a.Method, level: a.Level, until: a.Until}, true
}
