package vcard

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func call(t *testing.T, h http.Handler, method, path string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	r.Host = "localhost:8081"
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func newControl(t *testing.T) (*Card, *reader, http.Handler) {
	t.Helper()
	card, r := newCard(t), newReader(t)
	h, err := Handler(card, r.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return card, r, h
}

func TestControlMovesTheCard(t *testing.T) {
	card, r, h := newControl(t)
	state := func(w *httptest.ResponseRecorder) (s State) {
		t.Helper()
		if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%d %s: %v", w.Code, w.Body, err)
		}
		return s
	}
	if s := state(call(t, h, "POST", "/insert")); !s.Inserted || !card.Inserted() {
		t.Fatalf("%+v", s)
	}
	r.accept()
	if w := call(t, h, "POST", "/insert"); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "già nel lettore") {
		t.Fatalf("second insertion: %d %s", w.Code, w.Body)
	}
	if s := state(call(t, h, "POST", "/block")); !s.Blocked || s.TriesLeft != 0 || card.TriesLeft() != 0 {
		t.Fatalf("%+v", s)
	}
	if s := state(call(t, h, "POST", "/block-sign")); !s.Signs || !s.SignBlocked || s.SignTriesLeft != 0 || card.SignTriesLeft() != 0 {
		t.Fatalf("%+v", s)
	}
	if s := state(call(t, h, "POST", "/unblock")); s.Blocked || s.TriesLeft != 3 || s.SignBlocked || s.SignTriesLeft != 3 {
		t.Fatalf("%+v", s)
	}
	if s := state(call(t, h, "POST", "/delay?ms=600")); s.DelayMS != 600 || card.Delay() != 600*time.Millisecond {
		t.Fatalf("%+v", s)
	}
	if s := state(call(t, h, "POST", "/remove")); s.Inserted || card.Inserted() {
		t.Fatalf("%+v", s)
	}
	if s := state(call(t, h, "GET", "/state")); s.Holder != "GIULIA VERDI" || s.Serial != "6090010000000012" {
		t.Fatalf("%+v", s)
	}
}

func TestControlRefuses(t *testing.T) {
	card, r, h := newControl(t)
	for _, row := range []struct {
		name, method, path string
		change             []func(*http.Request)
		want               int
	}{
		{"a foreign page", "POST", "/insert", []func(*http.Request){header("Origin", "https://evil.example")}, http.StatusForbidden},
		{"a foreign page, by fetch metadata", "POST", "/insert", []func(*http.Request){header("Sec-Fetch-Site", "cross-site")}, http.StatusForbidden},
		{"another port of this machine", "POST", "/insert", []func(*http.Request){header("Origin", "http://localhost:9999")}, http.StatusForbidden},
		{"a null origin", "POST", "/insert", []func(*http.Request){header("Origin", "null")}, http.StatusForbidden},
		{"DNS rebinding", "POST", "/insert", []func(*http.Request){func(r *http.Request) { r.Host = "evil.example:8081" }}, http.StatusForbidden},
		{"DNS rebinding, reading", "GET", "/state", []func(*http.Request){func(r *http.Request) { r.Host = "evil.example" }}, http.StatusForbidden},
		{"DNS rebinding with its own origin", "POST", "/insert", []func(*http.Request){header("Origin", "http://evil.example"), func(r *http.Request) { r.Host = "evil.example" }}, http.StatusForbidden},
		{"a name that ends like ours", "GET", "/state", []func(*http.Request){func(r *http.Request) { r.Host = "notlocalhost" }}, http.StatusForbidden},
		{"insertion by GET", "GET", "/insert", nil, http.StatusMethodNotAllowed},
		{"unknown path", "GET", "/page/index.html", nil, http.StatusNotFound},
		{"delay of nothing", "POST", "/delay", nil, http.StatusConflict},
		{"negative delay", "POST", "/delay?ms=-1", nil, http.StatusConflict},
		{"endless delay", "POST", "/delay?ms=10001", nil, http.StatusConflict},
	} {
		t.Run(row.name, func(t *testing.T) {
			if w := call(t, h, row.method, row.path, row.change...); w.Code != row.want {
				t.Fatalf("%d %s, want %d", w.Code, w.Body, row.want)
			}
			if card.Inserted() || card.Delay() != 0 {
				t.Fatal("the card was moved")
			}
		})
	}
	r.Close()
	if w := call(t, h, "POST", "/insert"); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "lettore virtuale non risponde") {
		t.Fatalf("no reader: %d %s", w.Code, w.Body)
	}
}

func TestControlAccepts(t *testing.T) {
	for _, row := range []struct {
		name   string
		change []func(*http.Request)
	}{
		{"its own page", []func(*http.Request){header("Origin", "http://localhost:8081"), header("Sec-Fetch-Site", "same-origin")}},
		{"its own page, old browser", []func(*http.Request){header("Origin", "http://localhost:8081")}},
		{"a program", nil},
		{"by address", []func(*http.Request){func(r *http.Request) { r.Host = "127.0.0.1:8081" }}},
		{"by IPv6 address", []func(*http.Request){func(r *http.Request) { r.Host = "[::1]:8081" }}},
		{"by a name under localhost", []func(*http.Request){func(r *http.Request) { r.Host = "carta.localhost" }}},
	} {
		t.Run(row.name, func(t *testing.T) {
			card, _, h := newControl(t)
			if w := call(t, h, "POST", "/delay?ms=5", row.change...); w.Code != http.StatusOK || card.Delay() != 5*time.Millisecond {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestControlPage(t *testing.T) {
	card, _, h := newControl(t)
	page := call(t, h, "GET", "/")
	for _, want := range []string{"Inserisci", "Estrai", "Blocca il PIN", "Blocca il PIN di firma", "Sblocca i PIN", "<dd>24680</dd>", "Imposta il ritardo", "GIULIA VERDI", "fuori dal lettore", "<dd>12345</dd>", `lang="it"`} {
		if !strings.Contains(page.Body.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if policy := page.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("policy %q", policy)
	}
	card.Block()
	if body := call(t, h, "GET", "/").Body.String(); !strings.Contains(body, `<span id="blocked"> – PIN bloccato`) {
		t.Error("a blocked card is not shown as such")
	}
	for _, path := range []string{"/page.js", "/page.css"} {
		if w := call(t, h, "GET", path); w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	w := call(t, h, "POST", "/block", header("Accept", "text/html,*/*"))
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "./" {
		t.Errorf("a form without script: %d %q", w.Code, w.Header().Get("Location"))
	}
}
