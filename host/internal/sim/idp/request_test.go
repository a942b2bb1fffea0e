package idp_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"raccordo/host/internal/sim/idp"
)

func TestAuthorizationRequest(t *testing.T) {
	s := start(t)
	p := s.party(t)
	set := func(name, value string) func(url.Values) { return func(v url.Values) { v.Set(name, value) } }
	for _, row := range []struct {
		name   string
		change func(url.Values)
		want   string // error at the redirect URI; "page": shown instead; "": the page of the doors
	}{
		{"good", func(url.Values) {}, ""},
		{"other client", set("client_id", "altro"), "page"},
		{"redirect elsewhere", set("redirect_uri", "https://altrove.example/"), "page"},
		{"no redirect", set("redirect_uri", ""), "page"},
		{"repeated", func(v url.Values) { v.Add("state", "x") }, "page"},
		{"implicit", set("response_type", "token"), "unsupported_response_type"},
		{"fragment", set("response_mode", "fragment"), "invalid_request"},
		{"no openid", set("scope", "profile"), "invalid_scope"},
		{"short state", set("state", "breve"), "invalid_request"},
		{"no nonce", set("nonce", ""), "invalid_request"},
		{"no challenge", set("code_challenge", ""), "invalid_request"},
		{"plain challenge", set("code_challenge_method", "plain"), "invalid_request"},
		{"silent", set("prompt", "none"), "login_required"},
		{"request object", set("request", "eyJ"), "request_not_supported"},
	} {
		t.Run(row.name, func(t *testing.T) {
			values, err := url.ParseQuery(p.query())
			if err != nil {
				t.Fatal(err)
			}
			row.change(values)
			for _, path := range []string{"/authorize", "/authorize/spid", "/authorize/cie"} {
				answer, err := p.agent.Get(s.url(path, values.Encode()))
				if row.want != "" && row.want != "page" {
					if back := p.returned(answer, err); back.Get("error") != row.want || back.Get("state") != values.Get("state") || back.Has("code") {
						t.Errorf("%s: %v", path, back)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				status, body := read(t, answer)
				refused := status == http.StatusBadRequest && strings.Contains(body, "Richiesta non valida")
				if refused != (row.want == "page") || !refused && status != http.StatusOK {
					t.Errorf("%s: %d %s", path, status, body)
				}
			}
		})
	}
}

func TestCancel(t *testing.T) {
	s := start(t)
	p := s.party(t)
	back := p.returned(p.agent.Get(s.url("/authorize/annulla", p.query())))
	if back.Get("error") != "access_denied" || back.Get("state") != p.state {
		t.Errorf("%v", back)
	}
}

func TestEnter(t *testing.T) {
	s := start(t)
	p := s.party(t)
	post := func(header http.Header, form url.Values) *http.Response {
		q, err := http.NewRequest(http.MethodPost, s.url("/authorize/spid", p.query()), s.form(form))
		if err != nil {
			t.Fatal(err)
		}
		q.Header = header
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := p.agent.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	for _, row := range []struct {
		name   string
		header http.Header
		who    string
		status int
	}{
		{"doctor", http.Header{"Sec-Fetch-Site": {"same-origin"}}, s.doctor(0), http.StatusSeeOther},
		{"nobody", http.Header{}, "", http.StatusUnprocessableEntity},
		{"unknown person", http.Header{}, "RSSMRA75C03X999X", http.StatusUnprocessableEntity},
		{"sent by another site", http.Header{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://altrove.example"}}, s.doctor(0), http.StatusForbidden},
	} {
		t.Run(row.name, func(t *testing.T) {
			answer := post(row.header, url.Values{"medico": {row.who}})
			status, body := read(t, answer)
			if status != row.status || strings.Contains(answer.Header.Get("Location"), "code=") != (status == http.StatusSeeOther) {
				t.Errorf("%d %q %s", status, answer.Header.Get("Location"), body)
			}
			if status == http.StatusUnprocessableEntity && !strings.Contains(body, "Scegliere una delle persone") {
				t.Errorf("no word of what is wrong: %s", body)
			}
		})
	}
}

func TestPageHeaders(t *testing.T) {
	s := start(t)
	p := s.party(t)
	answer, err := p.agent.Get(p.authURL())
	if err != nil {
		t.Fatal(err)
	}
	status, body := read(t, answer)
	policy := answer.Header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self' http://127.0.0.1:4711"} {
		if !strings.Contains(policy, part) {
			t.Errorf("%q is missing in %q", part, policy)
		}
	}
	if status != http.StatusOK || !strings.Contains(body, "SIMULATORE") || answer.Header.Get("Referrer-Policy") != "no-referrer" || answer.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", status, answer.Header)
	}
	hostile, err := url.ParseQuery(p.query())
	if err != nil {
		t.Fatal(err)
	}
	hostile.Set("ui_locales", `"><script>alert(1)</script>`)
	for _, query := range []string{hostile.Encode(), p.query() + `&x="><script>alert(1)</script>`} {
		q := &http.Request{Method: http.MethodGet, URL: &url.URL{Scheme: "https", Host: strings.TrimPrefix(s.Issuer(), "https://"), Path: "/authorize/spid", RawQuery: query}}
		answer, err := p.agent.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		if _, body := read(t, answer); strings.Contains(body, "<script") {
			t.Errorf("the query reaches the page as markup: %s", body)
		}
	}
}

func TestNativeRedirect(t *testing.T) {
	chromium, firefox := strings.Repeat("a", 32), strings.Repeat("0f", 20)
	for uri, want := range map[string]bool{
		"https://" + chromium + ".chromiumapp.org/":                 true,
		"https://" + chromium + ".chromiumapp.org/ritorno":          true,
		"https://" + firefox + ".extensions.allizom.org/":           true,
		"http://127.0.0.1:40123/ritorno":                            true,
		"http://127.0.0.1/mozoauth2/" + firefox:                     true,
		"":                                                          false,
		"http://" + chromium + ".chromiumapp.org/":                  false,
		"https://" + chromium + ".chromiumapp.org":                  false,
		"https://" + chromium + ".chromiumapp.org.altrove.example/": false,
		"https://altrove.example/" + chromium + ".chromiumapp.org/": false,
		"https://qqqq.chromiumapp.org/":                             false,
		"https://" + chromium + ".chromiumapp.org/?a=b":             false,
		"https://" + chromium + ".chromiumapp.org/#a":               false,
		"https://127.0.0.1:40123/":                                  false,
		"http://127.0.0.1.altrove.example/":                         false,
		"http://localhost:40123/":                                   false,
		"http://127.0.0.1:40123@altrove.example/":                   false,
		"http://127.0.0.1:40123/\nhttps://altrove.example/":         false,
	} {
		if got := idp.NativeRedirect(uri); got != want {
			t.Errorf("%q: %v", uri, got)
		}
	}
}
