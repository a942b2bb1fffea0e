// Package loopback is where a browser comes back to from a region's page, for
// logins that no extension watches over: a page on a loopback address of its
// own (RFC 8252, section 7.3), which exists for one login only. It also opens
// the region's page in the user's browser.
//
// It is the one thing of Raccordo that ever answers HTTP. It hears nobody but
// who names its very address, shows nothing of a request, and does nothing but
// hand on what the region's page returned; whether that is worth anything is the
// caller's to say.
package loopback

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// answerTime bounds what is done with one answer.
const answerTime = 30 * time.Second

// Page is the place to come back to.
type Page struct {
	listener net.Listener
	path     string
	server   *http.Server
	closed   sync.Once
}

// Listen takes a free port for a page at path.
func Listen(path string) (*Page, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return &Page{listener: l, path: path}, nil
}

// Address is the redirect URI.
func (p *Page) Address() string { return "http://" + p.listener.Addr().String() + p.path }

// Serve answers until Close. returned gets the query of each visit and says
// what the page is to show, in words that hold nothing of the query.
func (p *Page) Serve(returned func(ctx context.Context, query url.Values) (title, text string)) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+p.path, func(w http.ResponseWriter, r *http.Request) {
		// A page elsewhere may let its own name resolve to 127.0.0.1.
		if r.Host != p.listener.Addr().String() {
			http.Error(w, "", http.StatusMisdirectedRequest)
			return
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), answerTime)
		defer cancel()
		title, text := returned(ctx, r.URL.Query())
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		fmt.Fprintf(w, page, title, text)
	})
	p.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = p.server.Serve(p.listener) }() // ends with Close
}

// Close lets an answer that is being written go out, and returns at once.
func (p *Page) Close() {
	p.closed.Do(func() {
		_ = p.listener.Close()
		if p.server == nil {
			return
		}
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			defer cancel()
			if p.server.Shutdown(ctx) != nil {
				_ = p.server.Close()
			}
		}()
	})
}

const page = `<!DOCTYPE html>
<html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>Raccordo – %[1]s</title>
<style>body{font:1.125rem/1.5 system-ui,sans-serif;margin:15vh auto;max-width:34rem;padding:0 1.5rem;color:#17324d;background:#fff}h1{font-size:1.5rem}</style>
</head><body><main><h1>%[1]s</h1><p role="status">%[2]s</p></main></body></html>
`
