package engine

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"raccordo/host/internal/region/oidc"
	"raccordo/host/internal/texts"
)

// loopback is the one page that the agent ever serves: where a browser comes
// back to from the region's page (RFC 8252, section 7.3), on an address that
// exists for that login only.
type loopback struct {
	listener net.Listener
	address  string
	server   *http.Server
}

func listenLoopback() (*loopback, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return &loopback{listener: l, address: "http://" + l.Addr().String() + returnPath}, nil
}

// serve answers until close. Only a GET that names the loopback address itself
// is heard: a page elsewhere that lets a name resolve to 127.0.0.1 is not.
func (b *loopback) serve(done func(context.Context, oidc.Answer) error) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+returnPath, func(w http.ResponseWriter, r *http.Request) {
		if r.Host != b.listener.Addr().String() {
			http.Error(w, "", http.StatusMisdirectedRequest)
			return
		}
		q := r.URL.Query()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), 30*time.Second)
		defer cancel()
		err := done(ctx, oidc.Answer{State: q.Get("state"), Code: q.Get("code"), Iss: q.Get("iss"), Error: q.Get("error")})
		title, text := "Accesso completato", "Raccordo è collegato alla regione. Questa finestra si può chiudere."
		if err != nil {
			m := texts.Of(codeOf(err))
			title, text = "Accesso non riuscito", m.Text+" "+m.Remedy
		}
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		fmt.Fprintf(w, loopbackPage, title, text)
	})
	b.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = b.server.Serve(b.listener) }() // ends with close
}

// close lets the answer that is being written go out first.
func (b *loopback) close() {
	if b.server == nil {
		b.listener.Close()
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if b.server.Shutdown(ctx) != nil {
			b.server.Close()
		}
	}()
}

// loopbackPage holds texts of our own only; nothing of the request is shown.
const loopbackPage = `<!DOCTYPE html>
<html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Raccordo – %[1]s</title>
<style>body{font:1.125rem/1.5 system-ui,sans-serif;margin:15vh auto;max-width:34rem;padding:0 1.5rem;color:#17324d;background:#fff}h1{font-size:1.5rem}</style>
</head><body><main><h1>%[1]s</h1><p>%[2]s</p></main></body></html>
`
