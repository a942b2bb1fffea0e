package idp

import (
	"bytes"
	_ "embed"
	"html/template"
	"log"
	"net/http"
	"net/url"

	"github.com/rs/zerolog"
)

//go:embed pages.html
var pagesHTML string

//go:embed pages.css
var pagesCSS []byte

var pageTemplates = template.Must(template.New("").Parse(pagesHTML))

const pathCSS = "/accesso.css"

// page is what the templates show; each uses what it needs.
type page struct {
	Query  template.URL // of the authorization request, as it came
	Card   string       // origin of the mutual TLS listener
	Issuer string
	Door   string // "SPID", "CIE"
	Level  string
	People []person
	Wrong  bool
	Reason string
}

func (p *Provider) pageOf(q *http.Request) page {
	return page{Query: template.URL(q.URL.RawQuery), Card: p.card, Issuer: p.issuer}
}

func (p *Provider) serveDoors(w http.ResponseWriter, q *http.Request, r request) {
	p.show(w, http.StatusOK, "porte", p.pageOf(q), r.redirect)
}

func (p *Provider) servePeople(by door) func(http.ResponseWriter, *http.Request, request) {
	return func(w http.ResponseWriter, q *http.Request, r request) { p.showPeople(w, q, by, r, http.StatusOK) }
}

func (p *Provider) showPeople(w http.ResponseWriter, q *http.Request, by door, r request, status int) {
	v := p.pageOf(q)
	v.Door, v.Level, v.People, v.Wrong = by.label, by.degree, people(), status != http.StatusOK
	p.show(w, status, "persone", v, r.redirect)
}

func (p *Provider) showNoCard(w http.ResponseWriter, q *http.Request, r request) {
	p.show(w, http.StatusForbidden, "senza-carta", p.pageOf(q), r.redirect)
}

// showRefusal tells the person what cannot be told to the client.
func (p *Provider) showRefusal(w http.ResponseWriter, reason string) {
	p.show(w, http.StatusBadRequest, "rifiuto", page{Reason: reason}, "")
}

func (p *Provider) showOut(w http.ResponseWriter, ended bool) {
	name := "uscita"
	if !ended {
		name = "nessuna-uscita"
	}
	p.show(w, http.StatusOK, name, page{}, "")
}

// show writes a page. A form's answer may lead to the redirect URI, which
// Chromium holds against form-action too.
func (p *Provider) show(w http.ResponseWriter, status int, name string, v page, redirect string) {
	var body bytes.Buffer
	if err := pageTemplates.ExecuteTemplate(&body, name, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"+origin(redirect))
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer") // the address holds state and nonce
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // a browser that went away needs no answer
}

// origin is the redirect URI's origin after a space, or nothing.
func origin(redirect string) string {
	u, err := url.Parse(redirect)
	if err != nil || u.Host == "" {
		return ""
	}
	return " " + u.Scheme + "://" + u.Host
}

func serveCSS(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(pagesCSS)
}

// quiet takes the lines of net/http: handshakes that failed, mostly.
func quiet(l zerolog.Logger) *log.Logger {
	return log.New(l.With().Str("server", "identity provider").Logger(), "", 0)
}
