package revocation

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// A real responder and a real authority (openssl ocsp, openssl ca) answer.
func TestOpenSSL(t *testing.T) {
	before := revokedAt.Add(-time.Hour)
	tests := []struct {
		name   string
		number int64
		at     time.Time
		set    func(*pki)
		state  State
		by     string
		reason int
		err    error
	}{
		{"good", numGood, now, nil, Good, "OCSP", 0, nil},
		{"good by CRL when the responder is down", numGood, now, func(p *pki) { p.noOCSP = true }, Good, "CRL", 0, nil},
		{"revoked before", numRevoked, now, nil, Revoked, "OCSP", 1, nil},
		{"revoked after", numRevoked, before, nil, Good, "OCSP", 1, nil},
		{"revoked at that very second", numRevoked, revokedAt, nil, Revoked, "OCSP", 1, nil},
		{"revoked before, CRL", numRevoked, now, func(p *pki) { p.noOCSP = true }, Revoked, "CRL", 1, nil},
		{"revoked after, CRL", numRevoked, before, func(p *pki) { p.noOCSP = true }, Good, "CRL", 1, nil},
		{"suspended", numHeld, now, nil, Revoked, "OCSP", OnHold, nil},
		{"suspended, CRL", numHeld, now, func(p *pki) { p.noOCSP = true }, Revoked, "CRL", OnHold, nil},
		{"the responder does not know it, and there is no CRL", numForgotten, now, func(p *pki) { p.noCRL = true }, Unknown, "", 0, ErrForeign},
		{"nobody answers", numGood, now, func(p *pki) { p.noOCSP, p.noCRL = true, true }, Unknown, "", 0, ErrRefused},
		{"a responder without the right", numGood, now, func(p *pki) {
			p.responder, p.noCRL = newResponder(t, p.ca, x509.ExtKeyUsageClientAuth), true
		}, Unknown, "", 0, ErrResponder},
		{"a responder of somebody else", numGood, now, func(p *pki) {
			p.responder, p.noCRL = newResponder(t, newCA(t, "Un'altra"), x509.ExtKeyUsageOCSPSigning), true
		}, Unknown, "", 0, nil},
		{"a responder of somebody of the same name", numGood, now, func(p *pki) {
			p.responder, p.noCRL = newResponder(t, newCA(t, "Autorità di prova"), x509.ExtKeyUsageOCSPSigning), true
		}, Unknown, "", 0, nil},
		{"the authority answers itself", numGood, now, func(p *pki) { p.responder = p.ca }, Good, "OCSP", 0, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPKI(t)
			if tt.set != nil {
				tt.set(p)
			}
			s := check(t, p.checker(), p.query(p.leaf(t, tt.number), tt.at))
			if s.State != tt.state || s.By != tt.by || s.Reason != tt.reason || tt.err != nil && !errors.Is(s.Err, tt.err) || s.Embedded || (s.Err == nil) != (tt.state != Unknown) {
				t.Errorf("%+v", s)
			}
			if known := tt.reason != 0; known != s.RevokedAt.Equal(revokedAt) {
				t.Errorf("revoked at %v", s.RevokedAt)
			}
		})
	}
}

func TestOneQuestionForManyDocuments(t *testing.T) {
	p := newPKI(t)
	clock := now
	c := p.checker(func(o *Options) { o.Now = func() time.Time { return clock } })
	leaf := p.leaf(t, numGood)
	ask := func(want int32) {
		t.Helper()
		if s := check(t, c, p.query(leaf, clock)); s.State != Good || p.asked.Load() != want {
			t.Fatalf("%+v after %d questions", s, p.asked.Load())
		}
	}
	ask(1)
	ask(1)
	clock = clock.Add(keepAnswer)
	ask(2)
	p.noOCSP, p.noCRL = true, true
	clock = clock.Add(keepAnswer)
	for range 3 {
		if s := check(t, c, p.query(leaf, clock)); s.State != Unknown || p.asked.Load() != 3 || p.listed.Load() != 1 {
			t.Fatalf("%+v after %d and %d questions", s, p.asked.Load(), p.listed.Load())
		}
	}
	p.noOCSP = false
	clock = clock.Add(keepFault)
	ask(4)
	if len(c.cache.rows) != 1 {
		t.Errorf("%d rows", len(c.cache.rows))
	}
	for range maxRows + 10 {
		c.cache.put(p.query(p.leaf(t, numGood), clock), clock, evidence{}, nil)
	}
	if len(c.cache.rows) > maxRows {
		t.Errorf("%d rows", len(c.cache.rows))
	}
}

// Whoever is not vouched for gets no visit, and nor does anybody when there is no client.
func TestNobodyIsAsked(t *testing.T) {
	p := newPKI(t)
	leaf := p.leaf(t, numGood)
	q := p.query(leaf, now)
	q.Fetch = false
	if s := check(t, p.checker(), q); s.State != NotChecked || !errors.Is(s.Err, ErrOffline) {
		t.Errorf("%+v", s)
	}
	if s := check(t, p.checker(func(o *Options) { o.Client = nil }), p.query(leaf, now)); s.State != NotChecked || !errors.Is(s.Err, ErrOffline) {
		t.Errorf("%+v", s)
	}
	short := p.leaf(t, numForgotten, func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: assured, Value: []byte{5, 0}}}
	})
	if s := check(t, p.checker(), p.query(short, now)); s.State != Good || s.By != "short-term" {
		t.Errorf("short-term: %+v", s)
	}
	if p.asked.Load()+p.listed.Load() != 0 {
		t.Errorf("%d and %d questions", p.asked.Load(), p.listed.Load())
	}
	bare := p.leaf(t, numGood, func(c *x509.Certificate) { c.OCSPServer, c.CRLDistributionPoints = nil, nil })
	if s := check(t, p.checker(), p.query(bare, now)); s.State != Unknown || !errors.Is(s.Err, ErrNoAddress) {
		t.Errorf("no address: %+v", s)
	}
}

func TestAddresses(t *testing.T) {
	visited := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited = true }))
	defer elsewhere.Close()
	hang := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/hang", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("/long", func(w http.ResponseWriter, r *http.Request) {
		for range 4 * maxOCSP / 1024 {
			w.Write(make([]byte, 1024))
		}
	})
	mux.HandleFunc("/said", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000000")
		w.WriteHeader(http.StatusOK)
	})
	mux.HandleFunc("/junk", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("<html>")) })
	mux.HandleFunc("/later", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte{0x30, 3, 0x0a, 1, 3}) })
	server := httptest.NewServer(mux)
	defer server.Close()
	defer close(hang)
	tests := []struct {
		name, address string
		crl           bool
		err           error
	}{
		{"a redirect", server.URL + "/moved", false, ErrRefused},
		{"a redirect, CRL", server.URL + "/moved", true, ErrRefused},
		{"silence", server.URL + "/hang", false, context.DeadlineExceeded},
		{"an endless answer", server.URL + "/long", false, ErrTooLarge},
		{"an endless CRL", server.URL + "/long", true, ErrTooLarge},
		{"an answer that says it is endless", server.URL + "/said", false, ErrTooLarge},
		{"a page", server.URL + "/junk", false, nil},
		{"a page, CRL", server.URL + "/junk", true, errCRL},
		{"try later", server.URL + "/later", false, ErrRefused},
		{"a directory", "ldap://127.0.0.1/cn=x", true, ErrNoAddress},
		{"a file", "file:///etc/passwd", true, ErrNoAddress},
		{"no address at all", "http://", false, ErrNoAddress},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPKI(t)
			leaf := p.leaf(t, numGood, func(c *x509.Certificate) {
				c.OCSPServer, c.CRLDistributionPoints = []string{tt.address}, nil
				if tt.crl {
					c.OCSPServer, c.CRLDistributionPoints = nil, []string{tt.address}
				}
			})
			c := p.checker(func(o *Options) { o.Wait, o.MaxCRL = 200*time.Millisecond, 64<<10 })
			s := check(t, c, p.query(leaf, now))
			if s.State != Unknown || s.Err == nil || tt.err != nil && !errors.Is(s.Err, tt.err) {
				t.Errorf("%+v", s)
			}
		})
	}
	if visited {
		t.Error("a redirect was followed")
	}
}

// Who goes away says nothing about the responder.
func TestCancelledIsNotRemembered(t *testing.T) {
	p := newPKI(t)
	c := p.checker()
	q := p.query(p.leaf(t, numGood), now)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if s := c.Check(ctx, q); s.State != Unknown || !errors.Is(s.Err, context.Canceled) {
		t.Errorf("%+v", s)
	}
	if s := check(t, c, q); s.State != Good {
		t.Errorf("%+v", s)
	}
}
