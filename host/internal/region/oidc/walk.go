package oidc

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strconv"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/wire"
)

const maxSteps = 10 // redirects from the CNS endpoint to the redirect URI

// Walk goes through the login with the card, as a user agent without a screen:
// mutual TLS at the CNS endpoint with the query of the ordinary page, cookies
// of its own, redirects within the provider's own hosts. It reads no page,
// sends no form, and never asks the redirect URI for anything.
func (p *Provider) Walk(ctx context.Context, f *Flow, card exchange.Credentials) (Answer, error) {
	if !p.HasCardWay() {
		return Answer{}, fail(wire.ErrNoWay, "card")
	}
	next, hosts, err := p.start(f)
	if err != nil {
		return Answer{}, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return Answer{}, err
	}
	line, err := p.opt.Lines(card, jar)
	if err != nil {
		return Answer{}, err
	}
	defer func() {
		if f.bound != line {
			line.Rest()
		}
	}()
	for step := range maxSteps + 1 {
		answer, err := line.Do(ctx, exchange.Request{Method: http.MethodGet, URL: next.String(), Accept: "text/html", Page: true})
		if err != nil {
			return Answer{}, line.Refusal(ctx, next.String(), err)
		}
		p.opt.Log.Debug().Int("step", step).Int("status", answer.Status).Msg("login with the card")
		if next, err = whereTo(next, answer); err != nil {
			return Answer{}, err
		}
		switch {
		case comesBack(f.RedirectURI, next):
			f.walked = true
			if p.cfg.Tokens == MTLS {
				f.bound = line
			}
			return parseQuery(next.RawQuery)
		case next.Scheme != "https" || next.User != nil || !slices.Contains(hosts, next.Host):
			return Answer{}, fail(wire.ErrLoginRefused, "the login leads elsewhere")
		}
	}
	return Answer{}, fail(wire.ErrLoginRefused, "the login leads in circles")
}

// start is where a walk begins and which hosts it may visit.
func (p *Provider) start(f *Flow) (*url.URL, []string, error) {
	first, err := url.Parse(p.cfg.CNSEndpoint)
	if err != nil || !secure(p.cfg.CNSEndpoint) {
		return nil, nil, misconfigured("cns_endpoint")
	}
	page, err := url.Parse(f.URL)
	if err != nil {
		return nil, nil, err
	}
	issuer, err := url.Parse(p.cfg.Issuer)
	if err != nil {
		return nil, nil, misconfigured("issuer")
	}
	if first.RawQuery != "" {
		first.RawQuery += "&"
	}
	first.RawQuery += page.RawQuery
	return first, []string{first.Host, page.Host, issuer.Host}, nil
}

// whereTo reads a redirect. Anything else is a page for a person, who is not
// there, or a failure.
func whereTo(from *url.URL, a exchange.Answer) (*url.URL, error) {
	switch a.Status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		location := a.Header.Get("Location")
		to, err := from.Parse(location)
		if err != nil || location == "" || len(location) > maxAnswer {
			return nil, exchange.BadAnswer("redirect to nowhere")
		}
		return to, nil
	case http.StatusOK:
		return nil, fail(wire.ErrLoginRefused, "a page instead of the way back")
	}
	e := exchange.StatusError(a)
	e.Notices = nil
	if a.Status < 500 && (e.Code == wire.ErrRegionFault || e.Code == wire.ErrSessionEnded || e.Code == wire.ErrRegionAnswer) {
		return nil, fail(wire.ErrLoginRefused, "HTTP "+strconv.Itoa(a.Status))
	}
	return nil, e
}
