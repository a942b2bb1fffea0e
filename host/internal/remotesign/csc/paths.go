package csc

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"raccordo/host/internal/remotesign/link"
)

// The methods that are used.
const (
	mInfo      = "info"
	mLogin     = "auth/login"
	mRevoke    = "auth/revoke"
	mList      = "credentials/list"
	mCred      = "credentials/info"
	mAuthorize = "credentials/authorize"
	mCheck     = "credentials/authorizeCheck"
	mSendOTP   = "credentials/sendOTP"
	mChallenge = "credentials/getChallenge"
	mExtend    = "credentials/extendTransaction"
	mSign      = "signatures/signHash"
	mPoll      = "signatures/signPolling"
)

// Methods are the names of the methods that are used, as in the standard.
func Methods() []string {
	return []string{mInfo, mLogin, mRevoke, mList, mCred, mAuthorize, mCheck, mSendOTP, mChallenge, mExtend, mSign, mPoll}
}

// Known tells the name of a method that is used.
func Known(method string) bool { return slices.Contains(Methods(), method) }

// departure is "GET credentials/{credentialID}": verb, which may be left out,
// and a path below the base, in which parameters of the request may stand.
var departure = regexp.MustCompile(`^((GET|POST) )?[A-Za-z0-9._-]+(/([A-Za-z0-9._-]+|\{[A-Za-z]+\}))*$`)

// ValidPath tells whether text can say where a method departs from the standard.
func ValidPath(text string) bool {
	return departure.MatchString(text) && !slices.Contains(strings.FieldsFunc(text, func(r rune) bool { return r == '/' || r == ' ' }), "..")
}

// request builds the call of a method.
func (c *Client) request(method string, in map[string]any) (link.Request, error) {
	verb, path := http.MethodPost, method
	if other, ok := c.opt.Paths[method]; ok {
		path = other
		if v, rest, found := strings.Cut(other, " "); found {
			verb, path = v, rest
		}
	}
	left := map[string]any{}
	for name, value := range in {
		place := "{" + name + "}"
		if text := fmt.Sprint(value); strings.Contains(path, place) {
			path = strings.ReplaceAll(path, place, url.PathEscape(text))
			continue
		}
		left[name] = value
	}
	q := link.Request{Name: method, Method: verb, URL: c.base + "/" + path, Accept: "application/json"}
	if verb == http.MethodGet {
		query := url.Values{}
		for name, value := range left {
			query.Set(name, fmt.Sprint(value))
		}
		if len(query) > 0 {
			q.URL += "?" + query.Encode()
		}
		return q, nil
	}
	body, err := json.Marshal(left)
	if err != nil {
		return q, err
	}
	q.Body, q.ContentType = body, "application/json"
	return q, nil
}
