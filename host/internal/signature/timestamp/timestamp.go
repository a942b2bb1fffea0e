// Package timestamp gets time-stamps from an authority over HTTP, and looks at
// those that documents bring.
//
// It returns no token that it has not verified: status, imprint, nonce and
// policy, the token's own signature, the certificate that it names and that
// certificate's being for time-stamping alone. Whether the authority is one to
// be trusted is for package verify to say. Nothing but a digest leaves this PC.
//
// Standards: RFC 3161 (sections 2.4 and 3.4), RFC 5816.
package timestamp

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/wire"
)

// maxAnswer is far above what a token with its certificates has.
const maxAnswer = 1 << 20

// Options are what an authority may want.
type Options struct {
	Policy asn1.ObjectIdentifier // nil: the authority's usual one
}

type stamper struct {
	url    string
	client *http.Client
	opt    Options
}

var _ signature.Stamper = (*stamper)(nil)

// New is a Stamper that asks the authority at an address, which may have user
// and password in it. The client decides about proxies, redirects and time.
func New(url string, client *http.Client, opt Options) signature.Stamper {
	return &stamper{url, client, opt}
}

// Check looks at a token over data: that it is over it, and that its own
// signature holds.
func Check(token, over []byte) signature.Stamp { return cms.CheckToken(token, over) }

// Stamp gets a token over a SHA-256 digest.
func (s *stamper) Stamp(ctx context.Context, digest []byte) ([]byte, error) {
	if len(digest) != sha256.Size {
		return nil, &signature.Error{Code: wire.ErrSignAlgorithm, Detail: fmt.Sprintf("a digest of %d octets", len(digest))}
	}
	n, err := nonce()
	if err != nil {
		return nil, err
	}
	body, err := request(digest, s.opt.Policy, n)
	if err != nil {
		return nil, err
	}
	answer, err := s.ask(ctx, body)
	if err != nil {
		return nil, err
	}
	token, err := open(answer)
	if err != nil {
		return nil, &signature.Error{Code: wire.ErrTSARefused, Err: err}
	}
	if err := (question{digest, s.opt.Policy, n}).check(token); err != nil {
		return nil, &signature.Error{Code: wire.ErrTSARefused, Err: err}
	}
	return token, nil
}

// ask sends a request (RFC 3161, section 3.4).
func (s *stamper) ask(ctx context.Context, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return nil, down(errors.New("the authority's address is none")) // err has the address, and perhaps a password
	}
	req.Header.Set("Content-Type", "application/timestamp-query")
	req.Header.Set("Accept", "application/timestamp-reply")
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, interrupted(ctx, err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusRequestTimeout, resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode >= 500:
		return nil, down(fmt.Errorf("HTTP %d", resp.StatusCode))
	case resp.StatusCode != http.StatusOK:
		return nil, &signature.Error{Code: wire.ErrTSARefused, Err: fmt.Errorf("HTTP %d", resp.StatusCode)}
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, interrupted(ctx, err)
	}
	if len(answer) > maxAnswer {
		return nil, &signature.Error{Code: wire.ErrTSARefused, Err: fmt.Errorf("%w: it is larger than %d octets", errAnswer, maxAnswer)}
	}
	return answer, nil
}

func down(err error) error { return &signature.Error{Code: wire.ErrTSADown, Err: err} }

// interrupted tells an authority that is not there from a caller who gave up.
func interrupted(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	var full *url.Error
	if errors.As(err, &full) { // whose address may have a user's name in it
		err = full.Err
	}
	return down(err)
}
