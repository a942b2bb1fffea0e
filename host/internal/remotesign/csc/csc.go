// Package csc speaks the API of the Cloud Signature Consortium, versions 1.0.4
// and 2.0, to one service: what it can do (info), the credentials of a user,
// their authorisation and the signing of hashes. Who is asked for PIN and
// one-time password, and where tokens come from, is its caller's business.
//
// It calls only what the standard or the region's profile names, reads answers
// of services that depart from the standard in the known ways, and repeats
// nothing. No secret, token, hash or signature is in an error or a log.
package csc

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"raccordo/host/internal/remotesign/link"
)

// Options of a Client.
type Options struct {
	Line  *link.Line
	URL   string            // base: ends with /csc/v1 or /csc/v2
	Paths map[string]string // departures: see ValidPath
	Lang  string            // of texts that the service gives; empty: not said
	Poll  time.Duration     // between two questions for an answer that is being worked on
	Wait  time.Duration     // for all of them
}

// Client is one service. It is safe for concurrent use.
type Client struct {
	opt  Options
	base string
}

// New makes a client; it asks nobody anything yet.
func New(opt Options) *Client {
	return &Client{opt: opt, base: strings.TrimRight(opt.URL, "/")}
}

// call performs one method. auth is the Authorization header; more what the
// answer may take beyond the usual. Any 2xx with a JSON object, or nothing at
// all, is an answer.
func (c *Client) call(ctx context.Context, method, auth string, in map[string]any, out any, more time.Duration) (int, error) {
	q, err := c.request(method, in)
	if err != nil {
		return 0, err
	}
	q.More = more
	if auth != "" {
		q.Header = map[string]string{"Authorization": auth}
	}
	a, err := c.opt.Line.Do(ctx, q)
	if err != nil {
		return 0, err
	}
	if a.Status < 200 || a.Status > 299 {
		return a.Status, refusal(a)
	}
	if len(strings.TrimSpace(string(a.Body))) == 0 {
		return a.Status, nil
	}
	var failed struct {
		Error text `json:"error"`
	}
	if json.Unmarshal(a.Body, &failed) == nil && failed.Error != "" { // with 200, from some
		a.Status = http.StatusBadRequest
		return a.Status, refusal(a)
	}
	if out != nil && json.Unmarshal(a.Body, out) != nil {
		return a.Status, link.BadAnswer(method + ": not JSON of the right form")
	}
	return a.Status, nil
}
