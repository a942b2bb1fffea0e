package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/wire"
)

const (
	// unsaidLife is assumed of an access token whose life is not told (RFC 6749,
	// section 5.1, leaves that open).
	unsaidLife = 5 * time.Minute
	maxLife    = 24 * time.Hour
	maxToken   = 64 << 10 // bytes
)

// grant is what the token endpoint gives.
type grant struct {
	access, kind, refresh, id string
	life                      time.Duration
	asked                     time.Time
}

// refusal is an error of the token endpoint (RFC 6749, section 5.2).
type refusal struct {
	code     string
	clockOff bool // the server's clock and ours disagree
}

func (r *refusal) Error() string { return standard(r.code) }

// ask sends form to the token endpoint. A server that first wants its nonce
// in the proof has not looked at the rest (RFC 9449, section 8).
func (t *Tokens) ask(ctx context.Context, form url.Values) (grant, error) {
	meta, err := t.p.metadata(ctx)
	if err != nil {
		return grant{}, err
	}
	if t.p.cfg.Resource != "" {
		form.Set("resource", t.p.cfg.Resource)
	}
	for again := false; ; again = true {
		now := t.p.opt.Now()
		answer, err := t.post(ctx, t.line(), meta.Token, form)
		if err != nil {
			return grant{}, err
		}
		g, err := parseGrant(answer.Status, answer.Body)
		var no *refusal
		if errors.As(err, &no) {
			if no.code == "use_dpop_nonce" && t.prover != nil && !again {
				continue
			}
			date, dateErr := http.ParseTime(answer.Header.Get("Date"))
			no.clockOff = dateErr == nil && date.Sub(now).Abs() > tolerance
		}
		if err != nil {
			return grant{}, err
		}
		if dpop := strings.EqualFold(g.kind, "DPoP"); dpop != (t.prover != nil) || !dpop && !strings.EqualFold(g.kind, "Bearer") {
			return grant{}, exchange.BadAnswer("tokens are not of the kind that was asked for")
		}
		g.asked = now
		return g, nil
	}
}

// post sends a form as the public client that we are.
func (t *Tokens) post(ctx context.Context, line *exchange.Line, address string, form url.Values) (exchange.Answer, error) {
	form.Set("client_id", t.p.cfg.ClientID)
	q := exchange.Request{Method: http.MethodPost, URL: address, ContentType: "application/x-www-form-urlencoded", Body: []byte(form.Encode())}
	if t.prover != nil {
		q.Authorise = func(r *http.Request) error { return t.prover.prove(r, "") }
	}
	answer, err := line.Do(ctx, q)
	switch {
	case err != nil && line == t.bound:
		err = line.Refusal(ctx, address, err)
	case err == nil && t.prover != nil:
		t.prover.heard(address, answer.Header)
	}
	return answer, err
}

// line is the way to where tokens are given and taken: with the card where they
// are bound to it.
func (t *Tokens) line() *exchange.Line {
	if t.bound != nil {
		return t.bound
	}
	return t.p.opt.Line
}

// parseGrant reads an answer of the token endpoint.
func parseGrant(status int, body []byte) (grant, error) {
	if len(body) > maxDocument {
		return grant{}, exchange.BadAnswer("token answer longer than %d bytes", maxDocument)
	}
	var a struct {
		Access  string          `json:"access_token"`
		Kind    string          `json:"token_type"`
		Refresh string          `json:"refresh_token"`
		ID      string          `json:"id_token"`
		Expires json.RawMessage `json:"expires_in"`
		Error   string          `json:"error"`
	}
	err := json.Unmarshal(body, &a)
	switch {
	case status >= 500 || status == http.StatusTooManyRequests:
		return grant{}, exchange.StatusError(exchange.Answer{Status: status})
	case err == nil && a.Error != "":
		return grant{}, &refusal{code: a.Error}
	case status != http.StatusOK:
		e := exchange.StatusError(exchange.Answer{Status: status, Body: body})
		if e.Code == wire.ErrSessionEnded { // of a client, not of a session
			e.Code = wire.ErrRegionFault
		}
		return grant{}, e
	case err != nil:
		return grant{}, exchange.BadAnswer("token answer is not JSON of the right form")
	}
	g := grant{access: a.Access, kind: a.Kind, refresh: a.Refresh, id: a.ID}
	for _, token := range []string{g.access, g.refresh, g.id} {
		if !printable(token) || len(token) > maxToken {
			return grant{}, exchange.BadAnswer("a token holds what no token holds")
		}
	}
	if g.access == "" {
		return grant{}, exchange.BadAnswer("no access token")
	}
	if g.life, err = life(a.Expires); err != nil {
		return grant{}, err
	}
	return g, nil
}

// life reads expires_in, which some providers put in quotes.
func life(raw json.RawMessage) (time.Duration, error) {
	text := strings.Trim(string(raw), `"`)
	if text == "" || text == "null" {
		return unsaidLife, nil
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || !(seconds > 0) {
		return 0, exchange.BadAnswer("expires_in is no length of time")
	}
	return time.Duration(min(seconds, maxLife.Seconds()) * float64(time.Second)), nil
}

// printable: VSCHAR (RFC 6749, appendix A), without the space, so that a token
// is one word of a header.
func printable(token string) bool {
	for i := range len(token) {
		if token[i] <= ' ' || token[i] > '~' {
			return false
		}
	}
	return true
}

// refusedAs gives a refusal of the token endpoint its code: of the grant's end
// unless it says more.
func (t *Tokens) refusedAs(err error, code wire.ErrorCode) error {
	var no *refusal
	if !errors.As(err, &no) {
		return err
	}
	switch no.code {
	case "temporarily_unavailable", "server_error":
		code = wire.ErrRegionBusy
	case "invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "invalid_target":
		code = wire.ErrRegionConfig
	case "invalid_dpop_proof":
		code = wire.ErrLoginRefused
		if no.clockOff {
			code = wire.ErrClock
		}
	}
	return fail(code, standard(no.code))
}
