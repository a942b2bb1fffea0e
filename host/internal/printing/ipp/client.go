package ipp

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

const (
	maxAnswer   = 16 << 20 // a list of a hundred printers with all their papers has 2 MiB
	idleTimeout = 20 * time.Second
)

// Place is where a print service listens.
type Place struct {
	Socket string // path of a Unix socket; else Host
	Host   string // host:port
	TLS    bool
}

// Client holds connections to a print service.
type Client struct {
	where func() Place
	user  string
	http  *http.Client
	last  atomic.Uint32
}

// Request is what is asked of which resource.
type Request struct {
	Op     Op
	Path   string // of the resource: /printers/NAME, /jobs/7, /
	Groups []Group
	Body   io.Reader // a document, or nil
	Length int64     // of Body, bytes
}

// NewClient makes one that asks where the service is before every request. user is
// whom the service is told about.
func NewClient(where func() Place, user string) *Client {
	c := &Client{where: where, user: user}
	dialer := net.Dialer{Timeout: 10 * time.Second}
	c.http = &http.Client{
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				if s, ok := strings.CutPrefix(addr, socketHost); ok {
					path, err := unhex(s)
					if err != nil {
						return nil, err
					}
					return dialer.DialContext(ctx, "unix", path)
				}
				return dialer.DialContext(ctx, network, addr)
			},
			DisableCompression: true, IdleConnTimeout: idleTimeout, MaxIdleConnsPerHost: 4,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// Close ends the connections that wait for further use.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Do asks once and never again by itself: who can not tell whether a request arrived
// must look. The error is *Error where the service said no.
func (c *Client) Do(ctx context.Context, r Request) (Message, error) {
	req, err := c.request(ctx, r)
	if err != nil {
		return Message{}, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return Message{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return Message{}, err
	case resp.StatusCode == http.StatusUnauthorized:
		return Message{}, &Error{r.Op, NotAuthenticated}
	case resp.StatusCode == http.StatusForbidden:
		return Message{}, &Error{r.Op, Forbidden}
	case resp.StatusCode == http.StatusRequestEntityTooLarge:
		return Message{}, &Error{r.Op, TooLarge}
	case resp.StatusCode != http.StatusOK:
		return Message{}, fmt.Errorf("ipp: the print service answers with HTTP status %d", resp.StatusCode)
	case len(body) > maxAnswer:
		return Message{}, fmt.Errorf("%w: more than %d bytes", ErrMessage, maxAnswer)
	}
	m, _, err := Decode(body)
	if err != nil {
		return Message{}, err
	}
	if s := Status(m.Code); !s.OK() {
		return m, &Error{r.Op, s}
	}
	return m, nil
}

// Get fetches what the service keeps at a path, at most limit bytes.
func (c *Client) Get(ctx context.Context, path string, limit int64) ([]byte, error) {
	req, err := c.build(ctx, http.MethodGet, path, http.NoBody)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	switch {
	case err != nil:
		return nil, err
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("ipp: the print service answers with HTTP status %d", resp.StatusCode)
	case int64(len(body)) > limit:
		return nil, fmt.Errorf("ipp: more than %d bytes", limit)
	}
	return body, nil
}

func (c *Client) request(ctx context.Context, r Request) (*http.Request, error) {
	head, err := Message{Major: 2, Minor: 0, Code: uint16(r.Op), ID: c.last.Add(1) & 0x7fffffff, Groups: r.Groups}.Encode()
	if err != nil {
		return nil, err
	}
	if r.Body == nil {
		r.Body, r.Length = http.NoBody, 0
	}
	req, err := c.build(ctx, http.MethodPost, r.Path, io.MultiReader(bytes.NewReader(head), r.Body))
	if err != nil {
		return nil, err
	}
	req.ContentLength = int64(len(head)) + r.Length
	req.Header.Set("Content-Type", "application/ipp")
	return req, nil
}

// build begins a request at where the service is now.
func (c *Client) build(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	at := c.where()
	u := url.URL{Scheme: "http", Host: at.Host, Path: path}
	if at.TLS {
		u.Scheme = "https"
	}
	if at.Socket != "" {
		u.Host = socketHost + hexed(at.Socket)
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "Raccordo IPP/2.0")
	if at.Socket != "" {
		req.Host = "localhost"
		// The kernel tells cupsd who is at the other end; the name must fit (cupsd, AuthType PeerCred).
		req.Header.Set("Authorization", "PeerCred "+c.user)
	}
	return req, nil
}
