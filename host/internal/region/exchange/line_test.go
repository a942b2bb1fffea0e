package exchange

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/sim/op"
	"raccordo/host/internal/wire"
)

func fine(http.ResponseWriter, *http.Request) {}

// proxied sends everything through a proxy.
func proxied(address string) func(*Options) {
	return func(o *Options) {
		u, err := url.Parse(address)
		o.Proxy = func(*http.Request) (*url.URL, error) { return u, err }
	}
}

// tunnel is a proxy that answers CONNECT with a status, and connects on 200.
func tunnel(t *testing.T, status int) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status != http.StatusOK {
			w.WriteHeader(status)
			return
		}
		to, err := net.Dial("tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.WriteHeader(http.StatusOK)
		from, read, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		go func() { _, _ = io.Copy(to, read); _ = to.Close() }() // the server may have read on already
		_, _ = io.Copy(from, to)
		_ = from.Close()
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestProxy(t *testing.T) {
	p := newPlace(t, fine)
	if _, err := p.get(p.line(proxied(tunnel(t, 200)))); err != nil {
		t.Error(err)
	}
	none, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = none.Close()
	for _, tt := range []struct {
		name   string
		proxy  func(*Options)
		code   wire.ErrorCode
		detail string
	}{
		{"wants a name and a password", proxied(tunnel(t, 407)), wire.ErrProxyAuth, ""},
		{"refuses", proxied(tunnel(t, 403)), wire.ErrProxy, "HTTP 403"},
		{"cannot reach the region", proxied(tunnel(t, 502)), wire.ErrProxy, "HTTP 502"},
		{"is not there", proxied("http://" + none.Addr().String()), wire.ErrProxy, "connection refused"},
		{"cannot be found out", func(o *Options) {
			o.Proxy = func(*http.Request) (*url.URL, error) { return nil, errors.New("PAC script failed") }
		}, wire.ErrProxy, ""},
		{"says itself what is wrong", func(o *Options) {
			o.Proxy = func(*http.Request) (*url.URL, error) { return nil, &Error{Code: wire.ErrProxyAuth} }
		}, wire.ErrProxyAuth, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := p.asked.Load()
			_, err := p.post(p.line(tt.proxy))
			if e := want(t, err, tt.code, false); e.Detail != tt.detail || p.asked.Load() != before {
				t.Errorf("%+v, asked %d", e, p.asked.Load()-before)
			}
		})
	}
	chosen := p.line(func(o *Options) { o.Proxy = func(*http.Request) (*url.URL, error) { return nil, nil } })
	if _, err := p.get(chosen); err != nil {
		t.Error("no proxy for this address:", err)
	}
}

// broken is a card that cannot sign.
type broken struct {
	crypto.Signer
	err error
}

func (b broken) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, b.err }

func TestCard(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			p := newPlace(t, fine, func(c *tls.Config) { c.MaxVersion, c.ClientAuth = version, tls.RequireAndVerifyClientCert })
			good := p.card(p.cards)
			l := p.line(func(o *Options) { o.Card = good })
			for range 3 {
				if _, err := p.post(l); err != nil {
					t.Fatal(err)
				}
				l.Rest()
			}
			if n := p.full.Load(); n != 1 {
				t.Errorf("%d full handshakes: later ones are resumed", n)
			}
			pulled := errors.New("pulled out")
			dead := p.card(p.cards)
			dead.Certificate.PrivateKey = broken{dead.Certificate.PrivateKey.(crypto.Signer), pulled}
			_, err := p.post(p.line(func(o *Options) { o.Card = dead }))
			if e := want(t, err, wire.ErrTLS, false); e.Detail != "card" || !errors.Is(err, pulled) {
				t.Error(err)
			}
			foreign := p.line(func(o *Options) { o.Card = p.card(authority(t, "altra")) })
			_, err = p.post(foreign)
			want(t, foreign.Refusal(t.Context(), p.server.URL, err), wire.ErrTLSRefused, false)
			none := p.line()
			_, err = p.post(none)
			if version == tls.VersionTLS13 { // before, there is no alert for it
				want(t, none.Refusal(t.Context(), p.server.URL, err), wire.ErrTLSRefused, false)
				return
			}
			want(t, none.Refusal(t.Context(), p.server.URL, err), wire.ErrTLS, false)
		})
	}
	p := newPlace(t, fine)
	if _, err := NewLine(Options{Card: &Credentials{Certificate: tls.Certificate{PrivateKey: "no key"}}}); err == nil {
		t.Error("a key that cannot sign is accepted")
	}
	if err := p.line().Refusal(t.Context(), p.server.URL, io.EOF); !errors.Is(err, io.EOF) {
		t.Error("somebody else's error is changed:", err)
	}
}

// TestNginx: what the most usual front of a region says to a card that it does
// not know is in a page, with status 400.
func TestNginx(t *testing.T) {
	for _, version := range []string{"TLSv1.2", "TLSv1.3"} {
		t.Run(version, func(t *testing.T) {
			p := newPlace(t, fine)
			front, err := op.StartFront(context.Background(), t.TempDir(), op.FrontOptions{ServerCA: p.servers, CardCA: p.cards, Protocols: version, Log: t.Output()})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(front.Close)
			ask := func(card *Credentials) *Error {
				a, err := p.line(func(o *Options) { o.Card = card }).Do(t.Context(), Request{Method: http.MethodGet, URL: front.CNSEndpoint()})
				if err != nil {
					t.Fatal(err)
				}
				if a.Status == http.StatusFound {
					return nil
				}
				return StatusError(a)
			}
			if e := ask(p.card(p.cards)); e != nil {
				t.Errorf("a good card: %v", e)
			}
			for name, card := range map[string]*Credentials{"foreign card": p.card(authority(t, "altra")), "no card": nil} {
				if e := ask(card); e == nil || e.Code != wire.ErrTLSRefused {
					t.Errorf("%s: %v", name, e)
				}
			}
		})
	}
}

// TestClock: whose clock is wrong, by what can be seen.
func TestClock(t *testing.T) {
	year := 365 * 24 * time.Hour
	for _, tt := range []struct {
		name          string
		ours          time.Duration // how far our clock is off when it matters
		seen          time.Duration // how far the last answer's Date was ahead of ours
		before, after time.Duration // the certificate's dates, from now
		want          bool
	}{
		{"all is well", 0, 0, -year, year, false},
		{"really expired", 0, 0, -2 * year, -year, false},
		{"expired by a clock that is known to be fast", 2 * year, -2 * year, -year, year, true},
		{"expired by both clocks", 0, time.Hour, -2 * year, -year, false},
		{"from the future: the clock is slow", -2 * year, 0, -year, year, true},
		{"just made, on a server a minute ahead", 0, 0, time.Minute, year, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now := time.Now()
			c := &Clock{Now: func() time.Time { return now.Add(tt.ours) }}
			c.saw(http.Header{"Date": {now.Add(tt.ours + tt.seen).UTC().Format(http.TimeFormat)}})
			if got := c.denies(&x509.Certificate{NotBefore: now.Add(tt.before), NotAfter: now.Add(tt.after)}); got != tt.want {
				t.Errorf("%t", got)
			}
		})
	}
	c := &Clock{}
	c.saw(http.Header{"Date": {"yesterday"}})
	if c.Wrong() {
		t.Error("a Date that is none says something")
	}
	c.saw(http.Header{"Date": {time.Now().Add(-6 * time.Minute).UTC().Format(http.TimeFormat)}})
	if !c.Wrong() {
		t.Error("six minutes are not noticed")
	}
}

// TestExpiredServer goes the whole way: a handshake by a slow clock.
func TestExpiredServer(t *testing.T) {
	p := newPlace(t, fine)
	slow := &Clock{Now: func() time.Time { return time.Now().AddDate(-20, 0, 0) }}
	_, err := p.post(p.line(func(o *Options) { o.Clock = slow }))
	want(t, err, wire.ErrClock, false)
	fast := &Clock{Now: func() time.Time { return time.Now().AddDate(20, 0, 0) }}
	_, err = p.post(p.line(func(o *Options) { o.Clock = fast }))
	if e := want(t, err, wire.ErrTLSServer, false); e.Detail != "expired or not yet valid" {
		t.Error(e.Detail)
	}
}

// TestLimits: connecting, the handshake and the answer each end in time.
func TestLimits(t *testing.T) {
	p := newPlace(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	_, err := p.post(p.line())
	want(t, err, wire.ErrRegionTime, true)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = p.line().Do(ctx, Request{Method: http.MethodPost, URL: p.server.URL})
	want(t, err, wire.ErrCancelled, false)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = p.line(func(o *Options) { o.Limits.Handshake = 100 * time.Millisecond }).Do(t.Context(), Request{Method: http.MethodPost, URL: "https://" + l.Addr().String()})
	want(t, err, wire.ErrRegionTime, false)
}

func TestErrorText(t *testing.T) {
	e := &Error{Code: wire.ErrTLS, Detail: "alert", Notices: []wire.Notice{{Code: "1"}}, Unknown: true, Err: io.EOF}
	if e.Error() != "tls.failed (alert): EOF" || !errors.Is(e, io.EOF) || !e.MayHaveArrived() || e.Wire().Data.Notices[0].Code != "1" || e.Wire().Data.Detail != "alert" {
		t.Errorf("%v %+v", e, e.Wire())
	}
	if got := fmt.Sprint(BadAnswer("odd %d", 1)); got != "region.bad_answer: odd 1" || !strings.HasPrefix(got, string(wire.ErrRegionAnswer)) {
		t.Error(got)
	}
}
