package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

func TestHeaders(t *testing.T) {
	var seen http.Header
	p := newPlace(t, func(_ http.ResponseWriter, r *http.Request) { seen = r.Header.Clone() })
	l := p.line()
	for _, tt := range []struct {
		name    string
		request Request
		want    map[string]string
	}{
		{"nothing to say", Request{Method: http.MethodGet}, map[string]string{"Accept": "application/json", "User-Agent": "Raccordo", "Content-Type": "", "Soapaction": ""}},
		{"JSON", Request{Method: http.MethodPost, Body: []byte("{}")}, map[string]string{"Accept": "application/json", "Content-Type": "application/json"}},
		{"SOAP", Request{Method: http.MethodPost, Action: "http://x/Y", Body: []byte("<a/>")}, map[string]string{"Accept": "text/xml", "Content-Type": "text/xml; charset=utf-8", "Soapaction": `"http://x/Y"`}},
		{"its own", Request{Method: http.MethodPost, ContentType: "application/x-www-form-urlencoded", Accept: "text/html", Body: []byte("a=b")},
			map[string]string{"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}},
		{"authorised", Request{Method: http.MethodGet, Authorise: func(r *http.Request) error {
			r.Header.Set("Authorization", r.Method+" "+r.URL.Path)
			return nil
		}}, map[string]string{"Authorization": "GET /" + secret}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.request.URL = p.server.URL + "/" + secret
			if _, err := l.Do(t.Context(), tt.request); err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for name := range tt.want {
				got[name] = seen.Get(name)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
	before := p.asked.Load()
	no := errors.New("no token")
	if _, err := l.Do(t.Context(), Request{Method: http.MethodGet, URL: p.server.URL, Authorise: func(*http.Request) error { return no }}); !errors.Is(err, no) || p.asked.Load() != before {
		t.Error("sent without the leave of who authorises:", err)
	}
	_, err := l.Do(t.Context(), Request{Method: http.MethodGet, URL: "https://[" + secret})
	want(t, err, wire.ErrRegionConfig, false)
}

// TestPages tells a page for people from an answer.
func TestPages(t *testing.T) {
	for _, tt := range []struct {
		name, kind, body string
		status           int
		code             wire.ErrorCode // empty: an answer
	}{
		{"maintenance", "text/html; charset=utf-8", "<!DOCTYPE html><html><body>Manutenzione", 200, wire.ErrMaintenance},
		{"maintenance with 503", "text/html", "\ufeff \n<html>", 503, wire.ErrMaintenance},
		{"a page that calls itself XML", "text/xml", "<!doctype HTML>", 200, wire.ErrMaintenance},
		{"a fragment", "text/html", "<h1>Torniamo presto</h1>", 502, wire.ErrMaintenance},
		{"refusal in HTML means its status", "text/html", "<html>401", 401, ""},
		{"not found in HTML", "text/html", "<html>404", 404, ""},
		{"XML that calls itself a page", "text/html", "", 200, ""},
		{"SOAP that calls itself a page", "text/html", `<?xml version="1.0"?><e:Envelope/>`, 200, ""},
		{"SOAP", "text/xml", `<?xml version="1.0"?><e:Envelope/>`, 500, ""},
		{"JSON", "application/json", "{}", 200, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlace(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tt.kind)
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			})
			l := p.line()
			a, err := p.post(l)
			if tt.code == "" {
				if err != nil || a.Status != tt.status || string(a.Body) != tt.body {
					t.Error(a, err)
				}
				return
			}
			want(t, err, tt.code, true) // what stands behind the page may have been reached
			_, err = p.get(l)
			if e := want(t, err, tt.code, false); e.Detail != fmt.Sprintf("HTTP %d", tt.status) {
				t.Error(e.Detail)
			}
			a, err = l.Do(t.Context(), Request{Method: http.MethodGet, URL: p.server.URL, Page: true})
			if err != nil || string(a.Body) != tt.body {
				t.Error("a page was asked for:", a, err)
			}
		})
	}
}

func TestStatusError(t *testing.T) {
	long := strings.Repeat("x", 60)
	for _, tt := range []struct {
		status  int
		body    string
		code    wire.ErrorCode
		unknown bool
		detail  string
	}{
		{401, `{"codice":"token-scaduto","messaggio":"Ripetere"}`, wire.ErrSessionEnded, false, "HTTP 401 token-scaduto"},
		{407, "", wire.ErrProxyAuth, false, "HTTP 407"},
		{408, "", wire.ErrRegionTime, true, "HTTP 408"},
		{429, "", wire.ErrRegionLimit, false, "HTTP 429"},
		{500, "x", wire.ErrRegionBusy, true, "HTTP 500"},
		{400, "x", wire.ErrRegionFault, false, "HTTP 400"},
		{400, "<html><head><title>400 The SSL certificate error</title></head>", wire.ErrTLSRefused, false, "HTTP 400"},
		{302, "", wire.ErrRegionAnswer, true, "HTTP 302"},
		{403, `{"codice":"` + long + `"}`, wire.ErrRegionFault, false, "HTTP 403 codice non previsto"},
	} {
		e := StatusError(Answer{Status: tt.status, Body: []byte(tt.body)})
		if e.Code != tt.code || e.Unknown != tt.unknown || e.Detail != tt.detail {
			t.Errorf("%d %.30s: %+v", tt.status, tt.body, e)
		}
	}
}

func TestRedirectsAndCookies(t *testing.T) {
	p := newPlace(t, func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("a"); err == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
		w.Header().Set("Location", r.URL.Query().Get("to"))
		w.WriteHeader(http.StatusFound)
	})
	ask := func(l *Line, to string) (Answer, error) {
		return l.Do(context.Background(), Request{Method: http.MethodGet, URL: p.server.URL + "/?to=" + to})
	}
	l := p.line()
	for range 2 { // without a jar nothing is kept
		if a, err := ask(l, "/altrove"); err != nil || a.Status != 302 || a.Header.Get("Location") != "/altrove" {
			t.Error(a, err)
		}
	}
	if n := p.asked.Load(); n != 2 {
		t.Errorf("asked %d times", n)
	}
	_, err := ask(l, "https://%5B::"+secret)
	want(t, err, wire.ErrRegionAnswer, true)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	l = p.line(func(o *Options) { o.Jar = jar })
	if _, err := ask(l, "/"); err != nil {
		t.Error(err)
	}
	if a, err := ask(l, "/"); err != nil || a.Status != http.StatusNoContent {
		t.Error("the cookie was not kept:", a, err)
	}
}

func TestTooLong(t *testing.T) {
	p := newPlace(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 1<<16+1)) })
	_, err := p.get(p.line())
	want(t, err, wire.ErrRegionAnswer, true)
}

func FuzzStatusError(f *testing.F) {
	f.Add(401, []byte(`{"codice":"x","messaggio":"y"}`))
	f.Add(200, []byte(`<html>`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		e := StatusError(Answer{Status: status, Body: body})
		if e.Code == "" || len(e.Detail) > 80 || wire.Lookup(e.Code).Code != e.Code {
			t.Errorf("%+v", e)
		}
	})
}
