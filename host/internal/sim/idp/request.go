package idp

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// request is a valid authorization request.
type request struct {
	redirect, state, nonce, challenge string
	jkt                               string // of dpop_jkt (RFC 9449, section 10); may be empty
	scopes                            []string
}

// refusal is an error of RFC 6749, section 4.1.2.1. Without a redirect URI to
// trust it is shown to the person instead of sent back.
type refusal struct{ redirect, state, code, text string }

func (r *refusal) Error() string { return r.code + ": " + r.text }

// minSecret is the least length of state and nonce by the SPID and CIE rules.
const minSecret = 32

var challengeForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// readRequest reads the query of an authorization request.
func (p *Provider) readRequest(q url.Values) (request, error) {
	r := request{redirect: q.Get("redirect_uri"), state: q.Get("state"), nonce: q.Get("nonce"), challenge: q.Get("code_challenge"), jkt: q.Get("dpop_jkt"), scopes: strings.Fields(q.Get("scope"))}
	for name, values := range q {
		if len(values) > 1 {
			return request{}, &refusal{code: "invalid_request", text: name + " is repeated"}
		}
	}
	switch {
	case q.Get("client_id") != p.opt.ClientID:
		return request{}, &refusal{code: "unauthorized_client", text: "client is unknown"}
	case !p.opt.RedirectURIs(r.redirect):
		return request{}, &refusal{code: "invalid_request", text: "redirect_uri is not of this client"}
	}
	if code, text := fault(q, r); code != "" {
		return request{}, &refusal{r.redirect, r.state, code, text}
	}
	return r, nil
}

// fault is what is wrong with a request whose redirect URI can be trusted.
func fault(q url.Values, r request) (code, text string) {
	switch {
	case q.Has("request") || q.Has("request_uri"):
		return "request_not_supported", "request objects are not supported"
	case q.Get("response_type") != "code":
		return "unsupported_response_type", "response_type must be code"
	case q.Has("response_mode") && q.Get("response_mode") != "query":
		return "invalid_request", "response_mode must be query"
	case !slices.Contains(r.scopes, "openid"):
		return "invalid_scope", "scope must contain openid"
	case len(r.state) < minSecret || len(r.nonce) < minSecret:
		return "invalid_request", "state and nonce must have 32 characters"
	case q.Get("code_challenge_method") != "S256" || !challengeForm.MatchString(r.challenge):
		return "invalid_request", "code_challenge with S256 is required"
	case q.Get("prompt") == "none":
		return "login_required", "every login asks again"
	}
	return "", ""
}

// answer sends the browser back to the client; iss is RFC 9207.
func (p *Provider) answer(w http.ResponseWriter, q *http.Request, redirect string, values url.Values) {
	values.Set("iss", p.issuer)
	separator := "?"
	if strings.Contains(redirect, "?") {
		separator = "&"
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, q, redirect+separator+values.Encode(), http.StatusSeeOther)
}

// The shapes of redirect a program without a server of its own may have: what
// identity.launchWebAuthFlow catches in Chromium and in Firefox, and the
// loopback interface (RFC 8252, section 7.3: any port; not ::1, which a content
// security policy cannot name).
var nativeForms = []*regexp.Regexp{
	regexp.MustCompile(`^https://[a-p]{32}\.chromiumapp\.org/[A-Za-z0-9._~/-]*$`),
	regexp.MustCompile(`^https://[0-9a-f]{40}\.extensions\.allizom\.org/[A-Za-z0-9._~/-]*$`),
	regexp.MustCompile(`^http://127\.0\.0\.1(:[1-9][0-9]{0,4})?/[A-Za-z0-9._~/-]*$`),
}

// NativeRedirect tells whether a redirect URI is one of an extension or of a
// program that listens on the loopback interface.
func NativeRedirect(uri string) bool {
	return slices.ContainsFunc(nativeForms, func(form *regexp.Regexp) bool { return form.MatchString(uri) })
}
