package remotesign_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"raccordo/host/internal/sim/signing/vault"
)

// surf is a user who agrees to what the service's page asks, and comes back to
// the address of this PC. fill changes what he types.
func (p *place) surf(address string, fill func(url.Values)) {
	u, err := url.Parse(address)
	if err != nil {
		p.Error(err)
		return
	}
	form := url.Values{"azione": {"accetta"}, "utente": {p.cf}, "password": {vault.Password}}
	if u.Query().Get("scope") == "credential" || u.Query().Has("request_uri") {
		p.page(address, url.Values{"azione": {"invia"}})
		form = url.Values{"azione": {"accetta"}, "pin": {vault.PIN}, "otp": {p.phone()}}
	}
	if fill != nil {
		fill(form)
	}
	back := p.page(address, form)
	if back == "" {
		p.Error("the page did not send the browser back")
		return
	}
	p.visit(back)
}

// page posts a form and returns where the page sends the browser.
func (p *place) page(address string, form url.Values) string {
	browser := *p.http
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := browser.PostForm(address, form)
	if err != nil {
		p.Error(err)
		return ""
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.Header.Get("Location")
}

// visit is the browser at the address of this PC; it returns the page's text.
func (p *place) visit(address string) string {
	transport := &http.Transport{DisableKeepAlives: true}
	answer, err := (&http.Client{Transport: transport}).Get(address)
	if err != nil {
		p.Error(err)
		return ""
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	if !strings.Contains(string(text), "Raccordo – ") {
		p.Errorf("the page to come back to says %s", text)
	}
	return string(text)
}
