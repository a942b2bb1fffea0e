package region

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"raccordo/host/internal/sim/anagrafe"
)

// sarHandler is everything behind mutual TLS.
func (r *Region) sarHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /sessione/v1", r.disturbed(ServiceSession, http.HandlerFunc(r.serveOpenSession)))
	mux.Handle("GET /sessione/v1/{id}", r.disturbed(ServiceSession, http.HandlerFunc(r.serveSession)))
	mux.Handle("DELETE /sessione/v1/{id}", r.disturbed(ServiceSession, http.HandlerFunc(r.serveCloseSession)))
	mux.Handle("GET /anagrafe/v1/assistiti/{cf}", r.disturbed(ServiceRegistry, r.authorised(http.HandlerFunc(r.servePatient))))
	for _, op := range r.operations() {
		mux.Handle(op.path, r.disturbed(op.service, r.authorised(r.soap(op))))
	}
	return mux
}

type sessionKey struct{}

func sessionOf(q *http.Request) session {
	s, _ := q.Context().Value(sessionKey{}).(session)
	return s
}

// authorised lets through requests with a live session of the same certificate
// (RFC 6750 for the answer to the others).
func (r *Region) authorised(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		scheme, id, _ := strings.Cut(q.Header.Get("Authorization"), " ")
		err := errNoSession
		var s session
		if strings.EqualFold(scheme, "Bearer") {
			s, err = r.sessions.find(strings.TrimSpace(id), q.TLS.PeerCertificates[0])
		}
		if err != nil {
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			if errors.Is(err, errSessionEnded) {
				problem(w, http.StatusUnauthorized, "sessione-scaduta", "La sessione è scaduta o è stata chiusa: ripetere l'accesso.")
			} else {
				problem(w, http.StatusUnauthorized, "sessione-assente", "Nessuna sessione attiva: effettuare l'accesso.")
			}
			return
		}
		next.ServeHTTP(w, q.WithContext(context.WithValue(q.Context(), sessionKey{}, s)))
	})
}

func (r *Region) serveOpenSession(w http.ResponseWriter, q *http.Request) {
	cert := q.TLS.PeerCertificates[0]
	cf, _ := identity(cert)
	doctor, known := anagrafe.FindDoctor(cf)
	if !known {
		problem(w, http.StatusForbidden, "medico-sconosciuto", "Il titolare della carta non risulta tra i medici prescrittori della regione.")
		return
	}
	s := r.sessions.open(doctor, cert)
	r.log.Info().Str("doctor", doctor.CF).Msg("session opened")
	w.Header().Set("Location", "/sessione/v1/"+s.ID)
	writeJSON(w, http.StatusCreated, "application/json", r.sessionJSON(s))
}

func (r *Region) serveSession(w http.ResponseWriter, q *http.Request) {
	s, err := r.sessions.find(q.PathValue("id"), q.TLS.PeerCertificates[0])
	if err != nil {
		problem(w, http.StatusNotFound, "sessione-assente", "La sessione non esiste o è terminata.")
		return
	}
	writeJSON(w, http.StatusOK, "application/json", r.sessionJSON(s))
}

func (r *Region) serveCloseSession(w http.ResponseWriter, q *http.Request) {
	s, err := r.sessions.find(q.PathValue("id"), q.TLS.PeerCertificates[0])
	if err != nil {
		problem(w, http.StatusNotFound, "sessione-assente", "La sessione non esiste o è terminata.")
		return
	}
	r.sessions.close(s.ID)
	r.log.Info().Str("doctor", s.Doctor.CF).Msg("session closed")
	w.WriteHeader(http.StatusNoContent)
}

func (r *Region) sessionJSON(s session) map[string]string {
	return map[string]string{
		"id": s.ID, "codice_fiscale": s.Doctor.CF, "cognome": s.Doctor.Surname, "nome": s.Doctor.Name,
		"metodo": "CNS", "livello": "LoA4", "organizzazione": s.Doctor.Region + s.Doctor.ASL, "specializzazione": s.Doctor.Specializzazione,
		"dal": s.Since.In(r.rome).Format(time.RFC3339), "scade": s.ValidTil.In(r.rome).Format(time.RFC3339),
	}
}
