package region

import (
	"crypto/sha256"
	"crypto/x509"
	"net/http"
	"strings"
	"time"
)

// caller is who speaks on a connection, as far as it is proved: by the key of a
// card on the SAR, by an access token on the cloud listener.
type caller struct {
	key           [32]byte // of the credential; the sessions it opened hang on it
	cf            string
	method, level string    // metodo, livello
	until         time.Time // when the proof ends by itself; zero: not before the session
}

// recognise finds out who sends a request; otherwise it answers and says false.
type recognise func(w http.ResponseWriter, q *http.Request) (caller, bool)

// byCard trusts the handshake: nobody gets as far without a card's key.
func byCard(_ http.ResponseWriter, q *http.Request) (caller, bool) {
	cert := q.TLS.PeerCertificates[0]
	cf, _ := identity(cert)
	return caller{key: sha256.Sum256(cert.Raw), cf: cf, method: "CNS", level: "LoA4"}, true
}

// bearer is the token of an Authorization header (RFC 6750, section 2.1).
func bearer(q *http.Request) (token string, ok bool) {
	scheme, token, _ := strings.Cut(q.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer")
}

// identity reads the codice fiscale from a CNS common name, CF/serial.hash
// (CNIPA, linee guida CNS, certificate profile).
func identity(cert *x509.Certificate) (cf string, ok bool) {
	cf, rest, found := strings.Cut(cert.Subject.CommonName, "/")
	return cf, found && rest != "" && len(cf) == 16
}
