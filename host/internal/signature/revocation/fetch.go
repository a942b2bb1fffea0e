package revocation

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// fetch asks one address. The body of the answer has at most limit bytes.
func (c *Checker) fetch(ctx context.Context, method, address string, question []byte, limit int64) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("%w: not an address of the web", ErrNoAddress)
	}
	u.User = nil
	request, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(question))
	if err != nil {
		return nil, err
	}
	if question != nil {
		request.Header.Set("Content-Type", "application/ocsp-request")
		request.Header.Set("Accept", "application/ocsp-response")
	}
	answer, err := c.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: HTTP %d", ErrRefused, answer.StatusCode)
	}
	if answer.ContentLength > limit {
		return nil, ErrTooLarge
	}
	var body bytes.Buffer
	if answer.ContentLength > 0 {
		body.Grow(int(answer.ContentLength) + bytes.MinRead)
	}
	n, err := body.ReadFrom(io.LimitReader(answer.Body, limit+1))
	if err == nil && n > limit {
		err = ErrTooLarge
	}
	return body.Bytes(), err
}
