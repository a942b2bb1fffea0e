package a2f

import (
	"crypto/subtle"
	"net/http"
	"strings"

	"raccordo/host/internal/sim/anagrafe"
)

// noSSA is the codSsa of who has none.
const noSSA = "000000"

// Password is the doctor's at Sistema TS, where the user name is the codice
// fiscale.
func Password(d anagrafe.Doctor) string {
	return "Prova." + strings.ToLower(d.Surname) + "." + d.Region
}

// Authenticate checks the HTTP Basic credentials of a request and answers it,
// in the words of the manual's last page, when they are not right.
func Authenticate(w http.ResponseWriter, q *http.Request) (anagrafe.Doctor, bool) {
	user, password, sent := q.BasicAuth()
	doctor, known := anagrafe.FindDoctor(user)
	switch {
	case sent && !known:
		Reject(w, http.StatusInternalServerError, "Errore generico di autenticazione")
	case !sent || subtle.ConstantTimeCompare([]byte(password), []byte(Password(doctor))) != 1:
		w.Header()["WWW-Authenticate"] = []string{"Basic realm=login"}
		Reject(w, http.StatusUnauthorized, "Rejected by policy. (from client)")
	default:
		return doctor, true
	}
	return anagrafe.Doctor{}, false
}

// Reject answers as the ministry's gateway does in place of a service.
func Reject(w http.ResponseWriter, status int, text string) {
	w.Header().Set("X-Backside-Transport", "FAIL FAIL")
	w.Header().Set("Connection", "close")
	writeFault(w, status, "Client", text)
}
