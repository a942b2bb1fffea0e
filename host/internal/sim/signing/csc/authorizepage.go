package csc

import (
	"bytes"
	"embed"
	"encoding/hex"
	"errors"
	"html/template"
	"net/http"
	"net/url"

	"raccordo/host/internal/sim/signing/vault"
)

//go:embed page
var pageFiles embed.FS

var pageTemplate = template.Must(template.ParseFS(pageFiles, "page/consenso.html"))

// view is what the page shows.
type view struct {
	Query       template.URL
	Credential  bool // else log in
	Signer      string
	Count       int
	Description string
	Hashes      []string // first digits of each, some
	More        int      // hashes that are not shown
	SMS         bool     // a code can be sent
	Sent        bool
	Problem     string
	Refusal     string // why nothing can be asked at all
}

const shownHashes = 5

func (s *Service) serveAuthorize(w http.ResponseWriter, q *http.Request) {
	if err := s.refusal("oauth2/authorize"); err != nil {
		s.back(w, q, q.URL.Query(), err)
		return
	}
	r, err := s.asked(q.URL.Query())
	if err != nil {
		s.back(w, q, q.URL.Query(), err)
		return
	}
	s.show(w, http.StatusOK, s.viewOf(q, r), r.redirect)
}

// serveAnswer takes the person's answer: logs in, sends a code, or refuses.
func (s *Service) serveAnswer(w http.ResponseWriter, q *http.Request) {
	q.Body = http.MaxBytesReader(w, q.Body, maxRequest)
	r, err := s.asked(q.URL.Query())
	if err == nil {
		err = q.ParseForm()
	}
	if err != nil {
		s.back(w, q, q.URL.Query(), err)
		return
	}
	page := s.viewOf(q, r)
	switch form := q.PostForm; form.Get("azione") {
	case "rifiuta":
		s.redirect(w, r.redirect, url.Values{"error": {"access_denied"}, "error_description": {"The user refused"}, "state": {r.state}})
		return
	case "invia":
		if r.scope == scopeCredential {
			_, page.Sent = s.vault.SendOTP(r.credential.User)
		}
	default:
		user, problem := s.consent(r, form)
		if problem == "" {
			s.succeed(w, r, user)
			return
		}
		page.Problem = problem
	}
	s.show(w, http.StatusOK, page, r.redirect)
}

// consent checks who the person is; problem is why not.
func (s *Service) consent(r request, form url.Values) (user, problem string) {
	if r.scope == scopeService {
		if user = form.Get("utente"); !s.vault.Login(user, form.Get("password")) {
			return "", "Utente o password errati."
		}
		return user, ""
	}
	pin, otp := form.Get("pin"), form.Get("otp")
	switch s.vault.Check(r.credential.User, &pin, &otp) {
	case vault.Locked:
		return "", "Le credenziali sono bloccate."
	case vault.WrongPIN:
		return "", "PIN errato."
	case vault.WrongOTP:
		return "", "Codice errato o scaduto."
	}
	return r.credential.User, ""
}

func (s *Service) succeed(w http.ResponseWriter, r request, user string) {
	code := random()
	s.mu.Lock()
	g := &grant{request: r, user: user, ends: s.vault.Now().Add(codeLife)}
	if r.sad != nil {
		mine := *r.sad
		g.sad = &mine
	}
	s.codes[code] = g
	s.mu.Unlock()
	s.redirect(w, r.redirect, url.Values{"code": {code}, "state": {r.state}})
}

// back tells the client what is wrong with its request, or the person when the
// client can not be trusted.
func (s *Service) back(w http.ResponseWriter, _ *http.Request, v url.Values, err error) {
	var e *Error
	if !errors.As(err, &e) || !native(v.Get("redirect_uri")) {
		s.show(w, http.StatusBadRequest, view{Refusal: err.Error()}, "")
		return
	}
	s.redirect(w, v.Get("redirect_uri"), url.Values{"error": {e.Code}, "error_description": {e.Description}, "state": {v.Get("state")}})
}

func (s *Service) redirect(w http.ResponseWriter, to string, more url.Values) {
	u, err := url.Parse(to)
	if err != nil { // native has read it
		return
	}
	v := u.Query()
	for name, value := range more {
		if value[0] != "" {
			v[name] = value
		}
	}
	u.RawQuery = v.Encode()
	w.Header().Set("Location", u.String())
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusSeeOther)
}

func (s *Service) viewOf(q *http.Request, r request) view {
	page := view{Query: template.URL(q.URL.RawQuery), Credential: r.scope == scopeCredential, Description: r.description}
	if r.sad == nil {
		return page
	}
	page.Signer, page.Count = r.credential.Cert.Subject.CommonName, r.sad.left
	page.SMS = s.vault.Settings().OTPType != vault.OTPOffline
	for _, h := range r.sad.hashes[:min(shownHashes, len(r.sad.hashes))] {
		page.Hashes = append(page.Hashes, hex.EncodeToString(h[:4]))
	}
	page.More = len(r.sad.hashes) - len(page.Hashes)
	return page
}

// show writes the page. A form's answer may lead to the redirect URI, which
// Chromium holds against form-action too.
func (s *Service) show(w http.ResponseWriter, status int, page view, redirect string) {
	var body bytes.Buffer
	if err := pageTemplate.Execute(&body, page); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	origin := ""
	if u, err := url.Parse(redirect); err == nil && u.Host != "" {
		origin = " " + u.Scheme + "://" + u.Host
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"+origin)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // a browser that went away needs no answer
}

// refusal is an error that was ordered, or nil.
func (s *Service) refusal(name string) error {
	s.mu.Lock()
	s.calls[name]++
	s.mu.Unlock()
	if o, ok := s.vault.Take(vault.Refuse, name); ok {
		return ordered(o)
	}
	return nil
}
