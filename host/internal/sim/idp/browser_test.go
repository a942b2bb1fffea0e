package idp_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/sim/browser"
)

// -shots keeps a picture of each page, to be looked at.
var shots = flag.String("shots", "", "folder for screenshots")

// window is a Chromium before the provider's pages, with a program on the
// loopback interface that waits for the redirect.
type window struct {
	*party
	ctx     context.Context
	page    *browser.Page
	arrived chan url.Values
}

func open(t *testing.T, s *stage) *window {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	w := &window{party: s.party(t), ctx: ctx, arrived: make(chan url.Values, 8)}
	back := httptest.NewServer(http.HandlerFunc(func(a http.ResponseWriter, q *http.Request) {
		if q.URL.Path == "/ritorno" {
			w.arrived <- q.URL.Query()
		}
		a.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = a.Write([]byte(`<!DOCTYPE html><html lang="it"><link rel="icon" href="data:,"><title>Ritorno</title><p>Tornare all'applicazione.`))
	}))
	t.Cleanup(back.Close)
	w.config.RedirectURL = back.URL + "/ritorno"
	b, err := browser.Start(ctx, browser.Options{
		Headless: true, UserDataDir: filepath.Join(t.TempDir(), "profilo"), TrustSPKI: []string{browser.SPKI(s.Certificate())},
	})
	w.must(err)
	t.Cleanup(func() { _ = b.Close() })
	w.page, err = b.Open(ctx, w.authURL())
	w.must(err)
	w.must(w.page.Resize(ctx, browser.Size{Width: 800, Height: 640}))
	return w
}

func (w *window) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *window) shoot(name string) {
	w.t.Helper()
	if *shots != "" {
		w.must(w.page.Screenshot(w.ctx, filepath.Join(*shots, name+".png")))
	}
}

// heading waits for a page by its heading.
func (w *window) heading(name string) {
	w.t.Helper()
	_, err := w.page.WaitAX(w.ctx, "heading", "^"+name+"$")
	w.must(err)
}

func (w *window) click(role, name string) {
	w.t.Helper()
	w.must(w.page.ClickAX(w.ctx, role, "^"+name+"$"))
}

func (w *window) back() url.Values {
	w.t.Helper()
	select {
	case got := <-w.arrived:
		return got
	case <-w.ctx.Done():
		w.t.Fatalf("nothing came back: %v", w.page.Problems())
		return nil
	}
}

func (w *window) quiet() {
	w.t.Helper()
	if problems := w.page.Problems(); len(problems) > 0 {
		w.t.Errorf("the page complains: %q", problems)
	}
}

// TestPages goes through the pages with the mouse.
func TestPages(t *testing.T) {
	s := start(t)
	for _, row := range []struct{ door, who string }{{"SPID", "Giulia Verdi"}, {"CIE", "Paolo Neri"}} {
		t.Run(row.door, func(t *testing.T) {
			w := open(t, s)
			w.heading("Scegliere come accedere")
			w.shoot("porte")
			w.click("link", "Entra con "+row.door)
			w.heading("Accesso con " + row.door)
			w.must(w.page.ClickAX(w.ctx, "radio", row.who))
			w.shoot("persone-" + strings.ToLower(row.door))
			w.click("button", "Entra")
			back := w.back()
			if back.Get("state") != w.state || back.Get("iss") != s.Issuer() {
				t.Errorf("%v", back)
			}
			token, err := w.exchange(back.Get("code"))
			w.must(err)
			if _, claims := w.claims(token); fmt.Sprint(claims["given_name"], " ", claims["family_name"]) != strings.ToUpper(row.who) {
				t.Errorf("%v", claims)
			}
			w.quiet()
		})
	}
}

// TestKeyboard goes through the pages without a mouse.
func TestKeyboard(t *testing.T) {
	s := start(t)
	w := open(t, s)
	w.must(w.page.Press(w.ctx, "Tab"))
	w.shoot("fuoco")
	w.must(w.page.Press(w.ctx, "Enter"))
	w.heading("Accesso con SPID")
	w.must(w.page.Press(w.ctx, "Tab"))
	w.must(w.page.Press(w.ctx, "ArrowDown"))
	w.shoot("fuoco-persone")
	w.must(w.page.Press(w.ctx, "Tab"))
	w.must(w.page.Press(w.ctx, "Enter"))
	token, err := w.exchange(w.back().Get("code"))
	w.must(err)
	if _, claims := w.claims(token); claims["fiscal_number"] != "TINIT-"+s.doctor(1) {
		t.Errorf("%v", claims)
	}
	w.quiet()
}

// TestOtherPages: what goes wrong and what ends is said in words.
func TestOtherPages(t *testing.T) {
	s := start(t)
	w := open(t, s)
	w.click("link", "Entra con CNS") // this browser knows no card
	w.heading("Carta non presentata")
	w.shoot("senza-carta")
	w.click("link", "Torna alla scelta")
	w.heading("Scegliere come accedere")
	w.must(w.page.Resize(w.ctx, browser.Size{Width: 400, Height: 700}))
	w.shoot("porte-stretta")
	var wide bool
	w.must(w.page.Eval(w.ctx, "document.documentElement.scrollWidth > innerWidth", &wide))
	if wide {
		t.Error("the narrow page scrolls sideways")
	}
	w.click("link", "Annulla e torna all'applicazione")
	if back := w.back(); back.Get("error") != "access_denied" || back.Get("state") != w.state {
		t.Errorf("%v", back)
	}
	w.must(w.page.Resize(w.ctx, browser.Size{Width: 800, Height: 640}))
	w.must(w.page.Navigate(w.ctx, s.url("/logout", "")))
	w.heading("Nessun accesso da chiudere")
	w.shoot("nessuna-uscita")
	hint, _ := w.tokens("spid", s.doctor(0)).Extra("id_token").(string)
	w.must(w.page.Navigate(w.ctx, s.url("/logout", "id_token_hint="+hint)))
	w.heading("Uscita eseguita")
	w.shoot("uscita")
	w.config.RedirectURL = "https://altrove.example/"
	w.must(w.page.Navigate(w.ctx, w.authURL()))
	w.heading("Richiesta non valida")
	w.shoot("rifiuto")
}

// TestExtensionRedirect: the policy of the page lets the form's answer go where
// identity.launchWebAuthFlow waits. Nothing listens there, so that what counts
// is that the browser tried.
func TestExtensionRedirect(t *testing.T) {
	s := start(t)
	w := open(t, s)
	host := strings.Repeat("a", 32) + ".chromiumapp.org"
	w.config.RedirectURL = "https://" + host + "/"
	w.must(w.page.Navigate(w.ctx, w.authURL()))
	w.click("link", "Entra con SPID")
	w.heading("Accesso con SPID")
	w.click("button", "Entra")
	w.must(w.page.WaitFor(w.ctx, `location.protocol === "chrome-error:"`))
	for _, problem := range w.page.Problems() {
		if strings.Contains(problem, "Content Security Policy") {
			t.Error(problem)
		}
	}
}
