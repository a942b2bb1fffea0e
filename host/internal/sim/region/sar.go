package region

import (
	"context"
	"errors"
	"net/http"
	"time"

	"raccordo/host/internal/sim/anagrafe"
)

// services are the region's doors for doctors: the same on every listener but
// for the way to tell who calls, and which session a call belongs to.
type services struct {
	*Region
	who  recognise
	live func(*http.Request, caller) (session, error)
}

// sarHandler is everything behind mutual TLS: each call names its session.
func (r *Region) sarHandler() http.Handler {
	return services{r, byCard, func(q *http.Request, by caller) (session, error) {
		id, ok := bearer(q)
		if !ok {
			return session{}, errNoSession
		}
		return r.sessions.find(id, by)
	}}.handler()
}

func (r services) handler() http.Handler {
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

// authorised lets through requests with a live session of the same caller
// (RFC 6750 for the answer to the others).
func (r services) authorised(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		by, ok := r.who(w, q)
		if !ok {
			return
		}
		s, err := r.live(q, by)
		switch {
		case errors.Is(err, errSessionEnded):
			unauthorised(w, "sessione-scaduta", "La sessione è scaduta o è stata chiusa: ripetere l'accesso.")
		case err != nil:
			unauthorised(w, "sessione-assente", "Nessuna sessione attiva: effettuare l'accesso.")
		default:
			next.ServeHTTP(w, q.WithContext(context.WithValue(q.Context(), sessionKey{}, s)))
		}
	})
}

func unauthorised(w http.ResponseWriter, code, message string) {
	w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	problem(w, http.StatusUnauthorized, code, message)
}

func (r services) serveOpenSession(w http.ResponseWriter, q *http.Request) {
	by, ok := r.who(w, q)
	if !ok {
		return
	}
	doctor, known := anagrafe.FindDoctor(by.cf)
	if !known {
		problem(w, http.StatusForbidden, "medico-sconosciuto", "Chi accede non risulta tra i medici prescrittori della regione.")
		return
	}
	s := r.sessions.open(doctor, by)
	r.log.Info().Str("doctor", doctor.CF).Str("method", by.method).Msg("session opened")
	w.Header().Set("Location", "/sessione/v1/"+s.ID)
	writeJSON(w, http.StatusCreated, "application/json", r.sessionJSON(s))
}

// named finds the session in the path; otherwise it answers and says false.
func (r services) named(w http.ResponseWriter, q *http.Request) (session, bool) {
	by, ok := r.who(w, q)
	if !ok {
		return session{}, false
	}
	s, err := r.sessions.find(q.PathValue("id"), by)
	if err != nil {
		problem(w, http.StatusNotFound, "sessione-assente", "La sessione non esiste o è terminata.")
	}
	return s, err == nil
}

func (r services) serveSession(w http.ResponseWriter, q *http.Request) {
	if s, ok := r.named(w, q); ok {
		writeJSON(w, http.StatusOK, "application/json", r.sessionJSON(s))
	}
}

func (r services) serveCloseSession(w http.ResponseWriter, q *http.Request) {
	if s, ok := r.named(w, q); ok {
		r.sessions.close(s.ID)
		r.log.Info().Str("doctor", s.Doctor.CF).Msg("session closed")
		w.WriteHeader(http.StatusNoContent)
	}
}

func (r *Region) sessionJSON(s session) map[string]string {
	return map[string]string{
		"id": s.ID, "codice_fiscale": s.Doctor.CF, "cognome": s.Doctor.Surname, "nome": s.Doctor.Name,
		"metodo": s.Caller.method, "livello": s.Caller.level, "organizzazione": s.Doctor.Region + s.Doctor.ASL, "specializzazione": s.Doctor.Specializzazione,
		"dal": s.Since.In(r.rome).Format(time.RFC3339), "scade": s.ValidTil.In(r.rome).Format(time.RFC3339),
	}
}
