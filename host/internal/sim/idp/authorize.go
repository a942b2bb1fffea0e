package idp

import (
	"errors"
	"net/http"
	"net/url"

	"raccordo/host/internal/sim/region/faults"
)

// pages is everything without a client certificate.
func (p *Provider) pages() http.Handler {
	mux := http.NewServeMux()
	disturbed := p.disturbed(faults.Login)
	mux.Handle("GET "+pathDiscovery, disturbed(ServiceDiscovery, p.serveDiscovery))
	mux.Handle("GET "+pathKeys, disturbed(ServiceDiscovery, p.serveKeys))
	mux.Handle("POST "+pathToken, disturbed(ServiceToken, p.serveToken))
	mux.Handle(pathUserinfo, disturbed(ServiceUserinfo, p.serveUserinfo))
	mux.Handle("POST "+pathRevoke, disturbed(ServiceLogout, p.serveRevoke))
	mux.Handle("GET "+pathLogout, disturbed(ServiceLogout, p.serveLogout))
	mux.Handle("POST "+pathLogout, disturbed(ServiceLogout, p.serveLogout))
	mux.HandleFunc("GET "+pathCSS, serveCSS)
	mux.Handle("GET "+pathAuthorize, disturbed(ServiceAuthorize, p.asked(p.serveDoors)))
	mux.Handle("GET "+pathAuthorize+"/annulla", disturbed(ServiceAuthorize, p.asked(p.serveCancel)))
	// Another site must not log the browser in as somebody of its choice.
	own := http.NewCrossOriginProtection()
	for _, by := range []door{doorSPID, doorCIE} {
		mux.Handle("GET "+pathAuthorize+"/"+by.name, disturbed(ServiceAuthorize, p.asked(p.servePeople(by))))
		mux.Handle("POST "+pathAuthorize+"/"+by.name, own.Handler(disturbed(ServiceAuthorize, p.asked(p.serveEnter(by)))))
	}
	return mux
}

// cardPages is everything on the listener with mutual TLS.
func (p *Provider) cardPages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+pathCSS, serveCSS)
	disturbed := p.disturbed(faults.LoginCard)
	mux.Handle("GET "+pathCNS, disturbed(ServiceAuthorize, p.asked(p.serveCNS)))
	if p.opt.Tokens == TokensMTLS {
		mux.Handle("POST "+pathToken, disturbed(ServiceToken, p.serveToken))
		mux.Handle(pathUserinfo, disturbed(ServiceUserinfo, p.serveUserinfo))
		mux.Handle("POST "+pathRevoke, disturbed(ServiceLogout, p.serveRevoke))
	}
	return mux
}

// asked reads the authorization request of a page: the query travels whole from
// page to page, so that the provider remembers nobody before the login.
func (p *Provider) asked(next func(http.ResponseWriter, *http.Request, request)) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		values, err := url.ParseQuery(q.URL.RawQuery)
		if err != nil {
			p.showRefusal(w, "query is unreadable")
			return
		}
		r, err := p.readRequest(values)
		var no *refusal
		switch {
		case errors.As(err, &no) && no.redirect != "":
			p.log.Warn().Err(err).Msg("authorization refused")
			p.refuse(w, q, *no)
		case err != nil:
			p.log.Warn().Err(err).Msg("authorization refused")
			p.showRefusal(w, err.Error())
		default:
			next(w, q, r)
		}
	}
}

func (p *Provider) refuse(w http.ResponseWriter, q *http.Request, no refusal) {
	values := url.Values{"error": {no.code}, "error_description": {no.text}}
	if no.state != "" {
		values.Set("state", no.state)
	}
	p.answer(w, q, no.redirect, values)
}

// enter ends a successful login: back to the client with a code.
func (p *Provider) enter(w http.ResponseWriter, q *http.Request, who person, by door, r request) {
	code := p.ledger.enter(who, by, r)
	p.log.Info().Str("person", who.CF).Str("method", by.method).Msg("logged in")
	p.answer(w, q, r.redirect, url.Values{"code": {code}, "state": {r.state}})
}

func (p *Provider) serveCancel(w http.ResponseWriter, q *http.Request, r request) {
	p.refuse(w, q, refusal{r.redirect, r.state, "access_denied", "the person cancelled"})
}

func (p *Provider) serveEnter(by door) func(http.ResponseWriter, *http.Request, request) {
	return func(w http.ResponseWriter, q *http.Request, r request) {
		q.Body = http.MaxBytesReader(w, q.Body, maxForm)
		who, known := findPerson(q.PostFormValue("medico"))
		if !known {
			p.showPeople(w, q, by, r, http.StatusUnprocessableEntity)
			return
		}
		p.enter(w, q, who, by, r)
	}
}

// serveCNS logs in whoever the card belongs to: the handshake has proved the
// key, there is nothing to ask.
func (p *Provider) serveCNS(w http.ResponseWriter, q *http.Request, r request) {
	if len(q.TLS.PeerCertificates) == 0 || p.ofCard(q.TLS.PeerCertificates[0]) != nil {
		p.showNoCard(w, q, r)
		return
	}
	who, ok := holder(q.TLS.PeerCertificates[0])
	if !ok {
		p.refuse(w, q, refusal{r.redirect, r.state, "access_denied", "the certificate is not of a CNS"})
		return
	}
	p.enter(w, q, who, doorCNS, r)
}
