package region

import (
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"net/http"
	"strings"

	"raccordo/host/internal/sim/idp"
	"raccordo/host/internal/sim/idp/dpop"
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
	config := &tls.Config{ClientAuth: tls.NoClientCert}
	if r.options.Tokens == idp.TokensMTLS { // any: the token says which
		config.ClientAuth = tls.RequestClientCert
	}
	return r.disturbHandshakes(r.newDoor(string(faults.Cloud), r.options.CloudAddr, h, config))
}

// byToken asks the identity provider. A refreshed token is the same caller.
func (r *Region) byToken(w http.ResponseWriter, q *http.Request) (caller, bool) {
	scheme, token := idp.Authorization(q)
	if token == "" || !strings.EqualFold(scheme, "Bearer") && !strings.EqualFold(scheme, "DPoP") {
		w.Header().Set("WWW-Authenticate", idp.Challenge(r.options.Tokens, "", ""))
		problem(w, http.StatusUnauthorized, "token-assente", "Nessun accesso: effettuare l'accesso con SPID, CIE o CNS.")
		return caller{}, false
	}
	a, err := r.options.Introspector.Introspect(token)
	if err == nil {
		err = a.Presented(q, "https://"+q.Host+q.URL.EscapedPath(), r.proofs)
	}
	var proof dpop.Error
	switch {
	case errors.As(err, &proof):
		r.log.Warn().Err(err).Msg("proof refused")
		r.refuseToken(w, err, "prova-non-valida", "La prova di possesso dell'accesso non è valida.")
		return caller{}, false
	case errors.Is(err, idp.ErrTokenEnded):
		r.refuseToken(w, err, "token-scaduto", "L'accesso è scaduto o è stato revocato: ripetere l'accesso.")
		return caller{}, false
	case err != nil:
		r.refuseToken(w, err, "token-non-valido", "L'accesso non è riconosciuto: ripetere l'accesso.")
		return caller{}, false
	}
	return caller{key: sha256.Sum256([]byte("login " + a.Login)), cf: a.CF, method: a.Method, level: a.Level, until: a.Until}, true
}

// refuseToken answers for a token that does not count.
func (r *Region) refuseToken(w http.ResponseWriter, err error, code, message string) {
	w.Header().Set("WWW-Authenticate", idp.Challenge(r.options.Tokens, idp.Fault(err), ""))
	problem(w, http.StatusUnauthorized, code, message)
}
