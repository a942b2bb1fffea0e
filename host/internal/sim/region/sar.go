package region

import (
	"context"
	"errors"
	"net/http"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/region/faults"
)

// services are the region's doors for doctors: the same on every listener but
// for the way to tell who calls, and which session a call belongs to.
type services struct {
	*Region
	listener Service
	who      recognise
	live     func(*http.Request, caller) (session, error)
}

// sarHandler is everything behind mutual TLS: each call names its session.
func (r *Region) sarHandler() http.Handler {
	return services{r, faults.SAR, byCard, func(q *http.Request, by caller) (session, error) {
		id, ok := bearer(q)
		if !ok {
			return session{}, errNoSession
		}
		return r.sessions.find(id, by)
	}}.handler()
}

func (r services) handler() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, s Service, h http.Handler) { mux.Handle(pattern, r.disturbed(s, h, r.listener)) }
	handle("POST /sessione/v1", ServiceSession, http.HandlerFunc(r.serveOpenSession))
	handle("GET /sessione/v1/{id}", ServiceSession, http.HandlerFunc(r.serveSession))
	handle("DELETE /sessione/v1/{id}", ServiceSession, http.HandlerFunc(r.serveCloseSession))
	handle("GET /anagrafe/v1/assistiti/{cf}", ServiceRegistry, r.authorised(ServiceRegistry, http.HandlerFunc(r.servePatient), refuseLingering))
	handle("GET /fse/v1/prescrizioni/{nre}", ServiceFSE, r.authorised(ServiceFSE, http.HandlerFunc(r.serveFSEState), refuseLingering))
	for _, op := range r.operations() {
		handle(op.path, op.service, r.authorised(op.service, r.soap(op), r.refuseLingering(op)))
	}
	return mux
}

type sessionKey struct{}

func sessionOf(q *http.Request) session {
	s, _ := q.Context().Value(sessionKey{}).(session)
	return s
}

// authorised lets through requests with a live session of the same caller
// (RFC 6750 for the answer to the others). A session that lingers is refused in
// the words of the service.
func (r services) authorised(service Service, next http.Handler, lingers http.HandlerFunc) http.Handler {
	next = r.inside(next, func(w http.ResponseWriter, q *http.Request) {
		r.sessions.close(sessionOf(q).ID)
		sessionExpired(w)
	}, r.listener, service)
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		by, ok := r.who(w, q)
		if !ok {
			return
		}
		r.called(q, by.cf)
		s, err := r.live(q, by)
		if err == nil {
			s, err = r.disturbSession(s, service, faults.ExpiredSession, faults.LingeringSession)
		}
		switch {
		case errors.Is(err, errSessionEnded):
			sessionExpired(w)
		case err != nil:
			unauthorised(w, "sessione-assente", "Nessuna sessione attiva: effettuare l'accesso.")
		case s.Lingers:
			lingers(w, q)
		default:
			next.ServeHTTP(w, q.WithContext(context.WithValue(q.Context(), sessionKey{}, s)))
		}
	})
}

// disturbSession applies the faults planned for sessions to one that lives.
func (r services) disturbSession(s session, service Service, kinds ...faults.Kind) (session, error) {
	f, ok := r.faults.Take([]Service{r.listener, service}, kinds...)
	switch {
	case !ok:
		return s, nil
	case f.Kind == faults.ExpiredSession:
		r.sessions.close(s.ID)
		return session{}, errSessionEnded
	default:
		r.sessions.linger(s.ID)
		s.Lingers = true
		return s, nil
	}
}

const (
	codeLingering = "sessione-non-operativa"
	textLingering = "La sessione è aperta ma non può elaborare richieste: chiuderla e ripetere l'accesso."
)

func refuseLingering(w http.ResponseWriter, _ *http.Request) {
	problem(w, http.StatusConflict, codeLingering, textLingering)
}

func sessionExpired(w http.ResponseWriter) {
	unauthorised(w, "sessione-scaduta", "La sessione è scaduta o è stata chiusa: ripetere l'accesso.")
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
	r.called(q, by.cf)
	_, planned := r.faults.Take([]Service{r.listener, ServiceSession}, faults.RoleRefused)
	if _, clerk := anagrafe.FindClerk(by.cf); clerk || planned {
		problem(w, http.StatusForbidden, "ruolo-non-abilitato", "Il ruolo di chi accede non è abilitato alle prescrizioni.")
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
	writeJSON(w, http.StatusCreated, "application/json", r.sessionJSON(s, faults.Skew(q)))
}

// named finds the session in the path; otherwise it answers and says false.
func (r services) named(w http.ResponseWriter, q *http.Request) (session, bool) {
	by, ok := r.who(w, q)
	if !ok {
		return session{}, false
	}
	r.called(q, by.cf)
	s, err := r.sessions.find(q.PathValue("id"), by)
	if err == nil && q.Method == http.MethodGet {
		s, err = r.disturbSession(s, ServiceSession, faults.ExpiredSession)
	}
	if err != nil {
		problem(w, http.StatusNotFound, "sessione-assente", "La sessione non esiste o è terminata.")
	}
	return s, err == nil
}

func (r services) serveSession(w http.ResponseWriter, q *http.Request) {
	if s, ok := r.named(w, q); ok {
		writeJSON(w, http.StatusOK, "application/json", r.sessionJSON(s, faults.Skew(q)))
	}
}

func (r services) serveCloseSession(w http.ResponseWriter, q *http.Request) {
	if s, ok := r.named(w, q); ok {
		r.sessions.close(s.ID)
		r.log.Info().Str("doctor", s.Doctor.CF).Msg("session closed")
		w.WriteHeader(http.StatusNoContent)
	}
}

// sessionJSON is a session as a region whose clock is skewed writes it.
func (r *Region) sessionJSON(s session, skew time.Duration) map[string]string {
	return map[string]string{
		"id": s.ID, "codice_fiscale": s.Doctor.CF, "cognome": s.Doctor.Surname, "nome": s.Doctor.Name,
		"metodo": s.Caller.method, "livello": s.Caller.level, "organizzazione": s.Doctor.Region + s.Doctor.ASL, "specializzazione": s.Doctor.Specializzazione,
		"dal": s.Since.Add(skew).In(r.rome).Format(time.RFC3339), "scade": s.ValidTil.Add(skew).In(r.rome).Format(time.RFC3339),
	}
}
