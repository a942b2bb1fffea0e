package oidc_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/region/oidc"
	"raccordo/host/internal/wire"
)

func TestWalk(t *testing.T) {
	to := func(address string) http.HandlerFunc {
		return func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("Location", address)
			w.WriteHeader(http.StatusFound)
		}
	}
	home := func(w http.ResponseWriter, q *http.Request, more string) {
		q.ParseForm()
		to(q.Form.Get("redirect_uri")+"?code=c&state="+url.QueryEscape(q.Form.Get("state"))+more)(w, q)
	}
	page := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	for _, row := range []struct {
		name string
		cns  http.HandlerFunc
		want wire.ErrorCode
	}{
		{"straight back", func(w http.ResponseWriter, q *http.Request) { home(w, q, "") }, ""},
		{"over three pages with a cookie", func(w http.ResponseWriter, q *http.Request) {
			c, err := q.Cookie("passo")
			switch {
			case err != nil:
				http.SetCookie(w, &http.Cookie{Name: "passo", Value: "1", Path: "/", Secure: true, HttpOnly: true})
				to("/cns?"+q.URL.RawQuery)(w, q)
			case c.Value == "1":
				http.SetCookie(w, &http.Cookie{Name: "passo", Value: "2", Path: "/", Secure: true})
				to("?"+q.URL.RawQuery)(w, q)
			default:
				home(w, q, "")
			}
		}, ""},
		{"a code at another host", to("https://altrove.invalid/ritorno?code=c"), wire.ErrLoginRefused},
		{"a code at another port", to("http://127.0.0.1:4712/ritorno?code=c"), wire.ErrLoginRefused},
		{"a code at another path", to(loopback + "/oltre?code=c"), wire.ErrLoginRefused},
		{"a code at https", to("https://127.0.0.1:4711/ritorno?code=c"), wire.ErrLoginRefused},
		{"a host that begins alike", to("http://127.0.0.1:4711@altrove.invalid/ritorno?code=c"), wire.ErrLoginRefused},
		{"another scheme", to("raccordo://ritorno?code=c"), wire.ErrLoginRefused},
		{"a file", to("file:///etc/passwd"), wire.ErrLoginRefused},
		{"http at the same host", func(w http.ResponseWriter, q *http.Request) { to("http://"+q.Host+"/cns")(w, q) }, wire.ErrLoginRefused},
		{"name and password", func(w http.ResponseWriter, q *http.Request) { to("https://a:b@"+q.Host+"/cns")(w, q) }, wire.ErrLoginRefused},
		{"in circles", func(w http.ResponseWriter, q *http.Request) { to(q.URL.String())(w, q) }, wire.ErrLoginRefused},
		{"to nowhere", to(""), wire.ErrRegionAnswer},
		{"no address", to("https://[::?code=segretissimo"), wire.ErrRegionAnswer},
		{"a long address", to("/" + strings.Repeat("x", 9<<10)), wire.ErrRegionAnswer},
		{"the code twice", func(w http.ResponseWriter, q *http.Request) { home(w, q, "&code=d") }, wire.ErrLoginState},
		{"a page to fill in", page(200, "<form method=post action=/entra>"), wire.ErrLoginRefused},
		{"a page that goes on by script", page(200, "<script>location='/avanti'</script>"), wire.ErrLoginRefused},
		{"forbidden", page(403, "<html>"), wire.ErrLoginRefused},
		{"unauthorised", page(401, "<html>"), wire.ErrLoginRefused},
		{"nginx refuses the certificate", page(400, "<html>400 The SSL certificate error"), wire.ErrTLSRefused},
		{"not found", page(404, "<html>"), wire.ErrLoginRefused},
		{"not modified", page(304, ""), wire.ErrLoginRefused},
		{"broken", page(500, "<html>"), wire.ErrRegionBusy},
		{"maintenance", page(503, "<html>"), wire.ErrRegionBusy},
		{"huge", page(200, strings.Repeat("x", 3<<20)), wire.ErrRegionAnswer},
		{"hangs up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, wire.ErrRegionDown},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := newPlace(t)
			v := newVillain(p)
			var saw *http.Request
			v.authorize = func(w http.ResponseWriter, q *http.Request) {
				if q.TLS.PeerCertificates == nil || q.Method != http.MethodGet {
					t.Errorf("%s with %d certificates", q.Method, len(q.TLS.PeerCertificates))
				}
				if saw == nil {
					saw = q
				}
				row.cns(w, q)
			}
			client := p.client(v.config())
			f := begin(t, client)
			a, err := client.Walk(t.Context(), f, p.card(p.cards, 0))
			want(t, err, row.want)
			if err != nil {
				holds(t, "error", err.Error(), "segretissimo", f.State)
			}
			if strings.HasPrefix(row.name, "a code at") || strings.HasPrefix(row.name, "http at") || strings.HasPrefix(row.name, "name and") {
				if !strings.Contains(err.Error(), "leads elsewhere") || v.called("/cns") != 1 {
					t.Errorf("%v after %d requests", err, v.called("/cns"))
				}
			}
			if u, _ := url.Parse(f.URL); saw == nil || saw.URL.RawQuery != u.RawQuery {
				t.Error("the CNS endpoint did not see the query of the page")
			}
			if row.want == "" && (a.Code != "c" || a.State != f.State) {
				t.Errorf("answer %q %q", a.Code, a.State)
			}
			if got := v.called("/cns"); got > 11 {
				t.Errorf("%d steps", got)
			}
		})
	}
}

func TestWalkWithoutWay(t *testing.T) {
	p := newPlace(t)
	v := newVillain(p)
	for name, row := range map[string]struct {
		endpoint string
		want     wire.ErrorCode
	}{
		"no endpoint":   {"", wire.ErrNoWay},
		"http endpoint": {"http://127.0.0.1/cns", wire.ErrRegionConfig},
	} {
		cfg := v.config()
		cfg.CNSEndpoint = row.endpoint
		client := p.client(cfg)
		_, err := client.Walk(t.Context(), begin(t, client), p.card(p.cards, 0))
		if code(t, err) != row.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	client := oidc.New(v.config(), oidc.Options{Line: p.line(nil, nil)})
	_, err := client.Walk(t.Context(), begin(t, client), p.card(p.cards, 0))
	want(t, err, wire.ErrNoWay)
}

// A provider that never answers is left after the line's own time, and at once
// when the user gives up.
func TestWalkSlow(t *testing.T) {
	for name, row := range map[string]struct {
		cancel bool
		want   wire.ErrorCode
	}{"never answers": {false, wire.ErrRegionTime}, "given up": {true, wire.ErrCancelled}} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			if !row.cancel {
				p.limits.Answer = 300 * time.Millisecond
			}
			v := newVillain(p)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			v.authorize = func(_ http.ResponseWriter, q *http.Request) {
				if row.cancel {
					cancel()
				}
				<-q.Context().Done()
			}
			client := p.client(v.config())
			_, err := client.Walk(ctx, begin(t, client), p.card(p.cards, 0))
			want(t, err, row.want)
		})
	}
}

func TestParseAnswer(t *testing.T) {
	for _, row := range []struct {
		address string
		want    wire.ErrorCode
	}{
		{loopback + "?code=c&state=s&iss=i&session_state=x", ""},
		{loopback + "?error=access_denied&state=s", ""},
		{loopback, ""},
		{loopback + "?code=c&code=d", wire.ErrLoginState},
		{loopback + "?state=a&state=a", wire.ErrLoginState},
		{loopback + "?code=%zz", wire.ErrLoginState},
		{loopback + "/?code=c", wire.ErrRedirect},
		{"http://127.0.0.1:4711/Ritorno?code=c", wire.ErrRedirect},
		{"http://127.0.0.1:4711/ritorn%6f?code=c", wire.ErrRedirect},
		{"http://127.0.0.1/ritorno?code=c", wire.ErrRedirect},
		{"https://127.0.0.1:4711/ritorno?code=c", wire.ErrRedirect},
		{"http://x@127.0.0.1:4711/ritorno?code=c", wire.ErrRedirect},
		{"http://altrove.invalid/ritorno?code=c", wire.ErrRedirect},
		{"", wire.ErrRedirect},
		{"%", wire.ErrRedirect},
		{loopback + "?x=" + strings.Repeat("x", 9<<10), wire.ErrRedirect},
	} {
		a, err := oidc.ParseAnswer(loopback, row.address)
		if code(t, err) != row.want {
			t.Errorf("%.60s: %v", row.address, err)
		}
		if err != nil && a != (oidc.Answer{}) {
			t.Errorf("%.60s: an answer with an error", row.address)
		}
	}
}
